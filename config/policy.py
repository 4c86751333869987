"""Who answers what, and how: what can be changed while the house runs, as frozen values."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.calls import CallKnobs
from config.openings import Opening
from config.rules import RuleEntry
from config.saved import DeskKnobs, SavedEntry
from config.spans import Day, Duration, Phone, Spoken, Whole, Word, Zone
from config.tiers import AnsweringKnobs, TierEntry

KEPT = ("key", "name", "email", "slack_id", "role", "zone")


class Team(BaseModel):
    """Agents who share a queue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Word = Field(description="A short word in small letters that never changes, like 'support'.")
    name: str = Field(min_length=1, description="What agents see, like 'Support'.")
    slack_channel: str = Field(
        default="",
        pattern=r"^([CG][A-Z0-9]{2,20})?$",
        description="Its Slack channel's id: in Slack, channel details, at the bottom; it starts with C.",
    )
    zone: Zone = Field(default="UTC", description="The zone of its hours, like 'Europe/Lisbon'.")
    hours: tuple[Opening, ...] | None = Field(
        default=None, description="When it is there, like ['mon-fri 9:00-18:00']; leave out for always."
    )
    holidays: str = Field(
        default="",
        pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$",
        description="The country or region whose public holidays it keeps, like 'PT' or 'US-CA'.",
    )
    closed: tuple[Day, ...] = Field(default=(), description="Days on which it is not there, like 2026-12-24.")
    opened: tuple[Day, ...] = Field(default=(), description="Holidays on which it is there all the same.")
    lead: Word | None = Field(default=None, description="The agent who is told what comes late: a key.")
    reassign_after: Duration | None = Field(
        default=None, description="Open time without an answer until another agent gets it, like '30m'."
    )
    away: dict[Spoken, str] | None = Field(
        default=None, description="What is said while it is closed, like away.en; leave out for our words."
    )
    safe_mode: bool = Field(
        default=False, description="Whether nothing typed in Slack leaves before Send is pressed."
    )
    hold_seconds: float | None = Field(
        default=None,
        ge=0,
        le=30,
        description="How long a reply can still be taken back; leave out for what [slack] says.",
    )
    reactions: bool = Field(
        default=False, description="Whether agents' reactions are carried to customers where it can be done."
    )


class AgentEntry(BaseModel):
    """One of us who answers, as the operator wrote it; no *teams* means all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Word = Field(description="A short word in small letters that never changes, like 'ana'.")
    name: str = Field(min_length=1, description="What customers and colleagues see, like 'Ana'.")
    email: str = Field(default="", pattern=r"^(\S+@\S+)?$", description="Where a sign-in link may be sent.")
    slack_id: str = Field(
        default="",
        pattern=r"^([UW][A-Z0-9]{2,20})?$",
        description="The member id in Slack: profile, the three dots, Copy member ID; it starts with U.",
    )
    role: Literal["admin", "lead", "agent"] = Field(
        default="agent",
        description="'agent'; 'lead' may also merge and change others; 'admin' also sees what is owed.",
    )
    teams: tuple[str, ...] = Field(default=(), description="Keys of the agent's teams; leave out for all.")
    zone: Zone = Field(default="UTC", description="The agent's time zone, like 'Europe/Lisbon'.")
    languages: tuple[Spoken, ...] = Field(
        default=(), description="Languages the agent answers in, like ['pt', 'en']; leave out for any."
    )
    skills: tuple[str, ...] = Field(default=(), description="What the agent knows, as rules ask for it.")
    capacity: Whole = Field(
        default=5, ge=1, le=500, description="How many open conversations the agent is given at most."
    )
    shifts: tuple[Opening, ...] | None = Field(
        default=None,
        description="When the agent is there, like ['mon-thu 9:00-17:00']; leave out for always.",
    )
    watch_presence: bool = Field(
        default=False, description="Whether somebody who is away in Slack is given nothing."
    )
    phone: Phone = Field(
        default="",
        description="The phone that rings first when the agent calls a customer, like '+351 912 345 678'.",
    )

    @property
    def kept(self) -> dict[str, Any]:
        """What the table `agents` keeps of what was written."""
        return {name: getattr(self, name) for name in KEPT} | {"teams": list(self.teams)}


SUPPORT = Team(key="support", name="Support")
FIRST = AgentEntry(key="first", name="Agent", role="admin")


class Policy(BaseModel):
    """Teams and agents that fit together, what is decided by them, and what they may say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    teams: tuple[Team, ...] = Field(default=(SUPPORT,), description="[[teams]]: who shares a queue.")
    agents: tuple[AgentEntry, ...] = Field(default=(FIRST,), description="[[agents]]: who answers.")
    rules: tuple[RuleEntry, ...] = Field(default=(), description="[[rules]]: who gets what.")
    tiers: dict[Word, TierEntry] = Field(
        default_factory=dict, description="[tiers.<key>]: who is served first, and how soon."
    )
    answering: AnsweringKnobs = Field(
        default=AnsweringKnobs(), description="[answering]: how long we wait for somebody."
    )
    saved_replies: tuple[SavedEntry, ...] = Field(
        default=(), description="[[saved_replies]]: words that are said often."
    )
    desk: DeskKnobs = Field(default=DeskKnobs(), description="[desk]: what agents choose from.")
    calls: CallKnobs = Field(
        default=CallKnobs(), description="[calls]: who rang in vain, and where we meet by video."
    )

    def team(self, key: str) -> Team:
        """Find a team; KeyError where there is none."""
        return next((team for team in self.teams if team.key == key), None) or _none(key)

    def agent(self, key: str) -> AgentEntry | None:
        """Find an agent by their key."""
        return next((agent for agent in self.agents if agent.key == key), None)

    def saved_reply(self, key: str) -> SavedEntry | None:
        """Find a saved reply of the configuration."""
        return next((one for one in self.saved_replies if one.key == key), None)

    @property
    def first_team(self) -> Team:
        """The team that gets what no rule gives to another."""
        return self.teams[0]


def _none(key: str) -> Team:
    raise KeyError(f"there is no team {key!r}")


def settled(policy: Policy) -> Policy:
    """Put agents who name no team into every team."""
    everywhere = tuple(team.key for team in policy.teams)
    agents = tuple(a if a.teams else a.model_copy(update={"teams": everywhere}) for a in policy.agents)
    return policy.model_copy(update={"agents": agents})
