"""Who answers, as values: what waits, who could take it, what the house decided, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

UNKNOWN: Final = ""
"""The language of somebody whose words are too few to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Open from *start* to *end*, minutes of the day (0 to 1440), on *weekday* (Monday is 0)."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody is there, on the clock of *zone*; no spans: always.

    Nobody is there on the public holidays of *country* (ISO 3166-1) and *region* (the `holidays`
    library's subdivision), nor on the *closed* days; the *opened* days are as usual all the same.
    """

    zone: str = "UTC"
    spans: tuple[Span, ...] = ()
    country: str = ""
    region: str = ""
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How soon we answer, in business time; None promises nothing."""

    first_reply: timedelta | None = None
    next_reply: timedelta | None = None
    resolution: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A place in the pyramid: the lower its *rank*, the sooner served; *channels* may have other targets.

    What a channel's target leaves out is the tier's.
    """

    key: str
    rank: int
    target: Target = Target()
    channels: Mapping[str, Target] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What a rule asks for: every part that is not empty must hold; one of each part's words is enough.

    *words* are whole words or phrases of what the customer said, case and accents ignored. *within* and
    *outside* ask the clock. *stages* are prospect, new, regular, lapsed.
    """

    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    within: Hours | None = None
    outside: Hours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who gets what *when* describes; *reply* is an answer of our own by language, sent once."""

    key: str
    when: When = When()
    team: str = ""
    priority: int = 0  # the higher, the sooner, within the same tier
    tags: tuple[str, ...] = ()
    skill: str = ""
    reply: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    patience: timedelta | None = None  # how long it waits for the account manager; None: the house's
    reassign_after: timedelta | None = None  # business time without an answer; None: the team's


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRules:
    """A team: when it is there, who leads it (an agent's key), what it says while closed, by language."""

    key: str
    name: str
    hours: Hours = Hours()
    lead: str = ""
    reassign_after: timedelta | None = None
    away: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the operator decided about answering; without tiers and rules everybody is equal."""

    teams: Mapping[str, TeamRules]
    first_team: str
    rules: tuple[Rule, ...] = ()
    tiers: Mapping[str, Tier] = field(default_factory=lambda: MappingProxyType({}))
    unknown_tier: str = "lead"  # of customers whose tier nobody has said
    patience: timedelta = timedelta(minutes=10)
    bound: float = 3.0  # past so many times the longest first-reply target one goes before all tiers
    warn_share: float = 0.75  # of a target that has passed when the owner is warned


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """An agent as decisions see one: *load* is how many open conversations they own, of at most *capacity*.

    *present* is whether they take conversations now; *back_at* is when they will, if that is known.
    *languages* and *skills* are words; no languages: any.
    """

    id: int
    key: str
    name: str
    teams: frozenset[str]
    present: bool
    load: int
    capacity: int
    idle_since: datetime
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A conversation that nobody has, with what is known of its customer, as decisions see it.

    *language* is a BCP 47 tag or `UNKNOWN`; *manager* the account manager's key; *last_agent* the id of
    who last answered this customer; *refused* the ids of those who gave this conversation back.
    *answered* says that an agent has answered in it before, *placed* that one put it in its team, so
    that no rule moves it.
    """

    id: int
    team: str
    channel: str
    words: str = ""
    language: str = UNKNOWN
    tier: str = ""
    tags: frozenset[str] = frozenset()
    stage: str = "prospect"
    manager: str = ""
    last_agent: int | None = None
    opened_at: datetime
    waiting_since: datetime
    answered: bool = False
    placed: bool = False
    refused: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a decision and what it said, in a sentence for agents; *step* is its key.

    Steps are rule, hours (who is there), refused, manager, last_agent, skill, language, capacity, pick.
    """

    step: str
    said: str

    def told(self) -> dict[str, str]:
        """Write it as it is kept with the conversation."""
        return {"step": self.step, "said": self.said}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What the rules say of a matter: its team, priority, tags, skill, and an answer of our own."""

    team: str
    rule: str = ""
    priority: int = 0
    tags: tuple[str, ...] = ()
    skill: str = ""
    reply: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    patience: timedelta
    reassign_after: timedelta | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Who gets a matter (*agent_id*), or nobody, and every step that led there.

    *waits_for* is an agent who is away and worth waiting for until *waits_until*.
    """

    matter_id: int
    agent_id: int | None
    sorted: Sorted
    steps: tuple[Step, ...]
    waits_for: int | None = None
    waits_until: datetime | None = None

    @property
    def told(self) -> list[dict[str, str]]:
        """Write the steps as they are kept with the conversation."""
        return [step.told() for step in self.steps]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """By when a conversation is to be answered and resolved; None where nothing is promised."""

    reply: str = ""  # first or next
    reply_due_at: datetime | None = None
    warn_at: datetime | None = None
    resolve_due_at: datetime | None = None


Facts = Mapping[str, Any]
"""What `tidings route try` reads: a matter, agents and an instant, as JSON."""
