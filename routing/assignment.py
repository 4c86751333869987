"""Who answers: an available agent of the team, fewest open conversations, longest idle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An agent as the decision sees one: *load* is how many open conversations they own."""

    id: int
    name: str
    teams: Sequence[str]
    available: bool
    load: int
    idle_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A conversation that waits for an agent."""

    id: int
    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who gets it, or nobody, and why: sentences that an agent can read."""

    agent_id: int | None
    reasons: tuple[str, ...]


def choose(waiting: Waiting, candidates: Sequence[Candidate]) -> Decision:
    """Pick the agent for one conversation; equal ones are told apart by their key, so it is repeatable."""
    team = [one for one in candidates if waiting.team in one.teams]
    if not team:
        return Decision(agent_id=None, reasons=(f"nobody is in the team {waiting.team}",))
    present = [one for one in team if one.available]
    if not present:
        away = ", ".join(sorted(one.name for one in team))
        return Decision(agent_id=None, reasons=(f"everybody in {waiting.team} is away: {away}",))
    chosen = min(present, key=lambda one: (one.load, one.idle_since, one.id))
    return Decision(agent_id=chosen.id, reasons=_reasons(waiting, chosen, present))


def _reasons(waiting: Waiting, chosen: Candidate, present: Sequence[Candidate]) -> tuple[str, ...]:
    if len(present) == 1:
        return (f"{chosen.name} is the only one available in {waiting.team}",)
    load = f"fewest open conversations in {waiting.team} ({chosen.load})"
    equal = sum(one.load == chosen.load for one in present)
    return (load, "longest without a new one") if equal > 1 else (load,)
