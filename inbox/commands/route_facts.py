"""A file of facts for `tidings route try`: a matter, agents, an instant; what is left out is not known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from config.answering import AgentRules, agents_of
from config.errors import meant
from config.filling import Source, fill
from config.policy import Policy
from routing.answering import Answerer, House, Matter
from routing.hours import is_open, next_open


class MatterWritten(BaseModel):
    """What somebody says and who they are; *waited* is minutes before the instant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str = Field(default="webchat", description="The channel, or its kind.")
    team: str = Field(default="", description="The team it waits in; left out, the first.")
    words: str = Field(default="", description="What the customer said.")
    language: str = Field(default="", description="Their language, like 'pt-BR'; left out: unknown.")
    tier: str = Field(default="", description="Their place in the pyramid; left out, nobody has said.")
    tags: tuple[str, ...] = Field(default=(), description="Their tags.")
    stage: str = Field(
        default="prospect",
        pattern="^(prospect|new|regular|lapsed)$",
        description="prospect, new, regular or lapsed.",
    )
    manager: str = Field(default="", description="The key of their account manager.")
    last_agent: str = Field(default="", description="The key of the agent who answered them last.")
    refused: tuple[str, ...] = Field(default=(), description="Keys of the agents who gave it back.")
    answered: bool = Field(default=False, description="Whether an agent has answered in it.")
    placed: bool = Field(default=False, description="Whether an agent put it in its team.")
    waited: float = Field(default=0, ge=0, le=1e6, description="Minutes that the customer has waited.")


class AgentWritten(BaseModel):
    """How an agent is at the instant; the rest is what the configuration says of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(description="The agent's key in the configuration.")
    present: bool | None = Field(default=None, description="Whether they are there; else their shift says.")
    load: int = Field(default=0, ge=0, description="How many open conversations they own.")
    idle: float = Field(default=0, ge=0, le=1e6, description="Minutes since they were given one.")
    back_at: AwareDatetime | None = Field(default=None, description="When they are back, if that is known.")


class FactsWritten(BaseModel):
    """The whole file; without *agents* all of the configuration are there, on shift and free."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    now: AwareDatetime = Field(description="The instant, like '2026-11-24T10:00:00Z'.")
    matter: MatterWritten = Field(description="What somebody says and who they are.")
    agents: tuple[AgentWritten, ...] | None = Field(default=None, description="Who is there, and how busy.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is decided about."""

    now: datetime
    matter: Matter
    agents: tuple[Answerer, ...]


def facts_of(written: Mapping[str, Any], policy: Policy, house: House, source: Source) -> Facts:
    """Read facts; raises Mistake where something is named that the policy does not have."""
    facts = fill(FactsWritten, written, source)
    known = agents_of(policy)
    ids = {key: number for number, key in enumerate(known, 1)}
    asked = facts.agents if facts.agents is not None else tuple(AgentWritten(key=key) for key in known)
    _check(facts.matter, asked, known, house, source)
    now = facts.now.astimezone(UTC)
    answerers = tuple(_answerer(one, known[one.key], ids[one.key], now) for one in asked)
    return Facts(now=now, matter=_matter(facts.matter, ids, house, now), agents=answerers)


def _check(
    said: MatterWritten,
    asked: Sequence[AgentWritten],
    known: Mapping[str, AgentRules],
    house: House,
    source: Source,
) -> None:
    named: list[tuple[str, str, str, Collection[str]]] = [
        *(("agents", "agent", one.key, known) for one in asked),
        *(("matter.refused", "agent", key, known) for key in said.refused),
        ("matter.manager", "agent", said.manager, known),
        ("matter.last_agent", "agent", said.last_agent, known),
        ("matter.team", "team", said.team, house.teams),
        ("matter.tier", "tier", said.tier, house.tiers),
    ]
    for place, noun, word, words in named:
        if word and word not in words:
            raise source.mistake((), f"{place}: there is no {noun} {word!r}.", meant(word, [*words]))


def _matter(said: MatterWritten, ids: Mapping[str, int], house: House, now: datetime) -> Matter:
    since = now - timedelta(minutes=said.waited)
    return Matter(
        id=1,
        team=said.team or house.first_team,
        channel=said.channel,
        words=said.words,
        language=said.language,
        tier=said.tier,
        tags=frozenset(said.tags),
        stage=said.stage,
        manager=said.manager,
        last_agent=ids.get(said.last_agent),
        opened_at=since,
        waiting_since=since,
        answered=said.answered,
        placed=said.placed,
        refused=frozenset(ids[key] for key in said.refused),
    )


def _answerer(one: AgentWritten, rules: AgentRules, agent_id: int, now: datetime) -> Answerer:
    on_shift = is_open(rules.hours, now)
    present = on_shift if one.present is None else one.present
    back_at = one.back_at or (next_open(rules.hours, now) if not present and not on_shift else None)
    return rules.answerer(
        agent_id,
        present=present,
        load=one.load,
        idle_since=now - timedelta(minutes=one.idle),
        back_at=None if present else back_at,
    )
