"""The policy as the values that routing decides on: the house, and what is fixed of each agent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from config.openings import spans
from config.policy import AgentEntry, Policy, Team
from config.rules import RuleEntry, WhenEntry
from config.saved import AWAY
from config.tiers import NEVER, TierEntry, whole_tiers
from routing.answering import Answerer, Hours, House, Rule, Target, TeamRules, Tier, When

Kinds = Mapping[str, str]
"""Kinds of our channels, by the channel's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRules:
    """What the operator says of an agent.

    *hours* are the shifts; *watch_presence* lets Slack say when they are away.
    """

    key: str
    name: str
    role: str
    teams: frozenset[str]
    hours: Hours
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    capacity: int = 5
    watch_presence: bool = False

    def answerer(
        self,
        agent_id: int,
        *,
        present: bool,
        load: int,
        idle_since: datetime,
        back_at: datetime | None = None,
    ) -> Answerer:
        """Give the agent as decisions see one at a moment."""
        return Answerer(
            id=agent_id,
            key=self.key,
            name=self.name,
            teams=self.teams,
            present=present,
            load=load,
            capacity=self.capacity,
            idle_since=idle_since,
            languages=self.languages,
            skills=self.skills,
            back_at=back_at,
        )


def house_of(policy: Policy, kinds: Kinds | None = None) -> House:
    """Give what routing decides on; a kind of channel stands for every channel of ours of that kind."""
    kinds, teams = kinds or {}, policy.teams
    own = {team.key: _hours_of(team) for team in teams}
    return House(
        teams={team.key: _team(team, own[team.key]) for team in teams},
        first_team=teams[0].key,
        rules=tuple(_rule(entry, policy, own, kinds) for entry in policy.rules),
        tiers={key: _tier(key, entry, kinds) for key, entry in whole_tiers(policy.tiers).items()},
        unknown_tier=policy.answering.unknown_tier,
        patience=policy.answering.patience,
        bound=policy.answering.bound,
        warn_share=policy.answering.warn_share,
    )


def agents_of(policy: Policy) -> dict[str, AgentRules]:
    """Give what the policy says of each agent, by key."""
    everywhere = [team.key for team in policy.teams]
    return {entry.key: _agent(entry, everywhere) for entry in policy.agents}


def _agent(entry: AgentEntry, everywhere: Iterable[str]) -> AgentRules:
    return AgentRules(
        key=entry.key,
        name=entry.name,
        role=entry.role,
        teams=frozenset(entry.teams or everywhere),
        hours=Hours(zone=entry.zone, spans=spans(entry.shifts or ())),
        languages=frozenset(entry.languages),
        skills=frozenset(entry.skills),
        capacity=entry.capacity,
        watch_presence=entry.watch_presence,
    )


def _hours_of(team: Team) -> Hours:
    country, _, region = team.holidays.partition("-")
    return Hours(
        zone=team.zone,
        spans=spans(team.hours or ()),
        country=country,
        region=region,
        closed=frozenset(team.closed),
        opened=frozenset(team.opened),
    )


def _team(team: Team, hours: Hours) -> TeamRules:
    return TeamRules(
        key=team.key,
        name=team.name,
        hours=hours,
        lead=team.lead or "",
        reassign_after=team.reassign_after,
        away=MappingProxyType(dict(AWAY if team.away is None else team.away)),
    )


def _rule(entry: RuleEntry, policy: Policy, own: Mapping[str, Hours], kinds: Kinds) -> Rule:
    return Rule(
        key=entry.key,
        when=_when(entry.when, policy.first_team.zone, own, kinds),
        team=entry.team or "",
        priority=entry.priority,
        tags=entry.tags,
        skill=entry.skill,
        reply=MappingProxyType(dict(entry.reply)),
        patience=entry.patience,
        reassign_after=entry.reassign_after,
    )


def _when(entry: WhenEntry, zone: str, own: Mapping[str, Hours], kinds: Kinds) -> When:
    zone = entry.zone or zone
    within = Hours(zone=zone, spans=spans(entry.within)) if entry.within else None
    outside = Hours(zone=zone, spans=spans(entry.outside)) if entry.outside else None
    return When(
        channels=tuple(name for word in entry.channels or () for name in _channels(word, kinds)),
        languages=entry.languages or (),
        words=entry.words or (),
        tiers=entry.tiers or (),
        tags=entry.tags or (),
        stages=entry.stages or (),
        teams=entry.teams or (),
        within=own[entry.within_team] if entry.within_team else within,
        outside=own[entry.outside_team] if entry.outside_team else outside,
    )


def _tier(key: str, entry: TierEntry, kinds: Kinds) -> Tier:
    named = {word: target for word, target in entry.channels.items() if word in kinds}
    by_kind = {
        name: target
        for word, target in entry.channels.items()
        for name in _channels(word, kinds)
        if name not in named
    }
    return Tier(
        key=key,
        rank=entry.rank or 0,
        target=Target(
            first_reply=_promised(entry.first_reply),
            next_reply=_promised(entry.next_reply),
            resolution=_promised(entry.resolution),
        ),
        channels=MappingProxyType(
            {name: Target(**dict(target)) for name, target in (by_kind | named).items()}
        ),
    )


def _promised(written: timedelta | None) -> timedelta | None:
    return None if written == NEVER else written


def _channels(word: str, kinds: Kinds) -> tuple[str, ...]:
    """Name the channels that a word means: itself, and all of that kind."""
    return tuple(dict.fromkeys((word, *(name for name, kind in kinds.items() if kind == word))))
