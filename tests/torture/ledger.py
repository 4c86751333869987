"""What the world outside knows: said, asked, given, reported. The checker holds the database against it."""

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(slots=True, kw_only=True)
class Said:
    """A customer's message: the *number*-th of *address*, in the order in which its provider sends them."""

    channel: str
    address: str
    number: int
    text: str
    at: float
    accepted_at: float = 0.0  # the first 200 of its hook; 0: none yet
    sends: int = 0


@dataclass(slots=True, kw_only=True)
class Replied:
    """What an agent wrote to *address* at the desk; its *text* is unlike any other."""

    channel: str
    address: str
    text: str
    at: float
    accepted_at: float = 0.0
    sends: int = 0


@dataclass(slots=True, kw_only=True)
class Given:
    """What a provider took from us."""

    channel: str
    address: str
    text: str
    external_id: str
    at: float


@dataclass(slots=True, kw_only=True)
class Reported:
    """A status that the provider told us, and we accepted."""

    channel: str
    external_id: str
    status: str
    accepted_at: float = 0.0


@dataclass(slots=True, kw_only=True)
class Failed:
    """A hook that a node did not take, and why."""

    at: float
    node: str
    why: str


@dataclass(slots=True, kw_only=True)
class Harm:
    """One fault: when, what, and how long everything took to come to rest after it."""

    name: str
    detail: str
    began: float
    ended: float = 0.0
    drained: float = 0.0  # seconds until nothing was owed any more
    hooks_may_fail: bool = True
    broken: str = ""  # why it could not be done or healed


@dataclass(slots=True, kw_only=True)
class Weighed:
    """How much memory a node had (MiB), *life* counting its starts."""

    node: str
    life: int
    at: float
    megabytes: float


@dataclass(slots=True, kw_only=True)
class Ledger:
    """All of it."""

    said: list[Said] = field(default_factory=list)
    replied: list[Replied] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    harms: list[Harm] = field(default_factory=list)
    weighed: list[Weighed] = field(default_factory=list)

    def keep(self, path: Path) -> None:
        """Write it down, to be looked at after a run that failed."""
        path.write_text(json.dumps(asdict(self), indent=1))

    def accepted(self) -> list[Said]:
        """List what was answered 200."""
        return [one for one in self.said if one.accepted_at]


def now() -> float:
    """Give this moment in seconds of the epoch."""
    return time.time()


def longest(numbers: Iterable[float]) -> float:
    """Give the largest, 0 where there is none."""
    return max(numbers, default=0.0)
