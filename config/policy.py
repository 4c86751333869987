"""Who answers: teams and agents, as frozen values."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _known_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {zone!r}") from error
    return zone


Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Zone = Annotated[str, AfterValidator(_known_zone)]
Misfit = tuple[tuple[str | int, ...], str]


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
    role: Literal["admin", "agent"] = Field(
        default="agent", description="'admin' also sees what is owed and may change others; or 'agent'."
    )
    teams: tuple[str, ...] = Field(default=(), description="Keys of the agent's teams; leave out for all.")
    zone: Zone = Field(default="UTC", description="The agent's time zone, like 'Europe/Lisbon'.")


SUPPORT = Team(key="support", name="Support")
FIRST = AgentEntry(key="first", name="Agent", role="admin")


class Policy(BaseModel):
    """Teams and agents that fit together: every agent's team is there and every key is its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    teams: tuple[Team, ...] = Field(default=(SUPPORT,), description="[[teams]]: who shares a queue.")
    agents: tuple[AgentEntry, ...] = Field(default=(FIRST,), description="[[agents]]: who answers.")

    def team(self, key: str) -> Team:
        """Find a team; KeyError where there is none."""
        return next((team for team in self.teams if team.key == key), None) or _none(key)

    @property
    def first_team(self) -> Team:
        """The team that gets what no rule gives to another."""
        return self.teams[0]


def _none(key: str) -> Team:
    raise KeyError(f"there is no team {key!r}")


def misfits(policy: Policy) -> list[Misfit]:
    """List what does not fit together, each with the place it stands and a sentence."""
    return [
        *_repeated("teams", [team.key for team in policy.teams]),
        *_repeated("agents", [agent.key for agent in policy.agents]),
        *_teamless(policy),
    ]


def settled(policy: Policy) -> Policy:
    """Put agents who name no team into every team."""
    everywhere = tuple(team.key for team in policy.teams)
    agents = tuple(a if a.teams else a.model_copy(update={"teams": everywhere}) for a in policy.agents)
    return policy.model_copy(update={"agents": agents})


def _repeated(noun: str, keys: list[str]) -> list[Misfit]:
    return [
        ((noun, number, "key"), f"the key {key!r} is already taken")
        for number, key in enumerate(keys)
        if key in keys[:number]
    ]


def _teamless(policy: Policy) -> list[Misfit]:
    known = {team.key for team in policy.teams}
    return [
        (("agents", number, "teams"), f"agent {agent.key!r} is in a team {key!r} that is not written")
        for number, agent in enumerate(policy.agents)
        for key in agent.teams
        if key not in known
    ]
