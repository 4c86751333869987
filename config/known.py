"""What entries of a policy may name, and what is said where they name something else."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from config.errors import meant
from config.filled import faults
from config.policy import Policy
from config.tiers import whole_tiers
from config.where import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that cannot be: at which *place*, *what*, and its *remedy*."""

    place: Place
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What entries may name; *channels* is None where nobody knows them."""

    policy: Policy
    channels: Collection[str] | None
    teams: Sequence[str] = field(init=False)
    agents: Sequence[str] = field(init=False)
    tiers: Sequence[str] = field(init=False)
    skills: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        """List the keys once."""
        policy, put = self.policy, object.__setattr__
        put(self, "teams", [team.key for team in policy.teams])
        put(self, "agents", [agent.key for agent in policy.agents])
        put(self, "tiers", [*whole_tiers(policy.tiers)])
        put(self, "skills", sorted({skill for agent in policy.agents for skill in agent.skills}))


def unknown(place: Place, noun: str, named: Sequence[str], known: Collection[str]) -> Iterator[Wrong]:
    """Say which of the words *named* is none of the *known*."""
    for word in named:
        if word not in known:
            remedy = meant(word, [*known]) if known else f"No {noun} is written."
            yield Wrong(place=place, what=f"there is no {noun} {word!r}", remedy=remedy)


def misread(place: Place, written: str, allowed: Collection[str]) -> Iterator[Wrong]:
    """Say what cannot be meant in a text that may name the *allowed* variables."""
    for fault in faults(written, allowed):
        yield Wrong(place=place, what=fault.what, remedy=fault.remedy)
