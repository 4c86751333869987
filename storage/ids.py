"""Keys that grow with time: 41 bits of milliseconds since 2020, 22 bits that tell nodes apart and count."""

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01
_LOW = 22
_APART = 1 << (_LOW - 1)  # blocks of many begin above where single keys do
_COUNT = 13  # bits of a node's own keys within a millisecond
NODES: Final = 1 << (_LOW - 2 - _COUNT)
"""How many nodes can make keys that surely differ."""
MOST: Final = 1 << 20
"""How many keys a block may have."""
A_DAY: Final = 86_400_000 << _LOW
"""How much keys grow in a day: what is older than a key less this was made a day before it."""


def first_at(at: datetime) -> int:
    """Say the least key that is made at an aware instant: what was made before it is less."""
    return max(0, round(at.timestamp() * 1000) - _EPOCH_MS) << _LOW


def made_at(key: int) -> datetime:
    """Say when a key was made, to the millisecond; what was begun before 2020 counts as of then."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=(key >> _LOW) + _EPOCH_MS)


class Ids:
    """A source of keys, unique in this process; never another node's where each has its number.

    Without a number (a command beside a running house) it is improbable to meet another's.
    """

    def __init__(self) -> None:
        """Begin after no key, with a number that others hardly have."""
        self._last = 0
        self.node = random.randrange(NODES)  # noqa: S311 - no secret

    def after(self, key: int) -> None:
        """Make no key up to *key*: the clock may have stepped back while we were not there."""
        self._last = max(self._last, key)

    def next(self) -> int:
        """Return a 63-bit key, larger than every one returned before, even if the clock steps back."""
        milliseconds = time.time_ns() // 1_000_000 - _EPOCH_MS
        candidate = self._own(milliseconds)
        if candidate <= self._last:
            candidate = self._last + 1
            if candidate >> _COUNT != self._own(candidate >> _LOW) >> _COUNT:  # that is another node's
                candidate = self._own((self._last >> _LOW) + 1)
        self._last = candidate
        return candidate

    def _own(self, milliseconds: int) -> int:
        """Give one of this node's keys of that moment."""
        return (milliseconds << _LOW) | (self.node << _COUNT) | random.getrandbits(_COUNT - 1)

    def many(self, count: int) -> range:
        """Return *count* keys, at most `MOST`, in order; larger than every one returned before."""
        if not 0 <= count <= MOST:
            raise ValueError(f"{count} keys are too many at once")
        milliseconds = time.time_ns() // 1_000_000 - _EPOCH_MS
        first = (milliseconds << _LOW) + _APART + random.getrandbits(_LOW - 2)
        first = max(first, self._last + 1)
        if count:
            self._last = first + count - 1
        return range(first, first + count)
