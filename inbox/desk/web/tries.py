"""Who comes with links that are no good waits, and longer each time."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

FREE: Final = 20
FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=1)
FORGOTTEN: Final = timedelta(days=1)
MOST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """How often a place failed, and when last."""

    times: int
    last: datetime


@dataclass(slots=True)
class Tries:
    """What this process knows of places on the network; who failed longest ago is forgotten first.

    After `FREE` failures a minute passes before the next try is looked at, then two, then four, up to
    an hour. A sign-in that works, or a day of quiet, forgives.
    """

    _failed: "OrderedDict[str, Failed]" = field(default_factory=OrderedDict)

    def check(self, place: str, now: datetime) -> None:
        """Refuse with 429 a place that has to wait."""
        failed = self._failed.get(place)
        if failed is None:
            return
        if now - failed.last >= FORGOTTEN:
            del self._failed[place]
            return
        left = wait_after(failed.times) - (now - failed.last)
        if left > timedelta():
            seconds = str(int(left.total_seconds()) + 1)
            raise web.HTTPTooManyRequests(
                headers={"Retry-After": seconds}, text="Too many tries. Wait, then open a new link."
            )

    def failed(self, place: str, now: datetime) -> None:
        """Remember a failure."""
        before = self._failed.pop(place, Failed(times=0, last=now))
        self._failed[place] = Failed(times=before.times + 1, last=now)
        if len(self._failed) > MOST:
            self._failed.popitem(last=False)

    def worked(self, place: str) -> None:
        """Forgive."""
        self._failed.pop(place, None)


def wait_after(times: int) -> timedelta:
    """Say how long to wait after so many failures: none while they are free, then 1, 2, 4 … 60 minutes."""
    if times < FREE:
        return timedelta()
    doubled: int = 2 ** min(times - FREE, 10)
    return min(FIRST * doubled, LONGEST)
