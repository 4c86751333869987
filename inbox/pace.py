"""How fast one channel may be asked: so many calls a second, evenly, with little to make up for."""

from collections.abc import Callable
from typing import Final

BURST: Final = 0.1  # seconds of unused rate that may be made up for at once


class Pace:
    """Times of the next calls: for the account as a whole, and for each conversation of its own.

    A row is claimed only when its call may be made at once, so that nothing waits in memory as
    "sending" and a reply overtakes what is owed in bulk until the last moment.
    """

    def __init__(self, rate: float, each: float | None, clock: Callable[[], float], burst: int = 1) -> None:
        """Allow *rate* calls a second, and *each* a second to one conversation; *clock* in seconds.

        A conversation that was quiet may have *burst* calls at once.
        """
        self._step = 1 / rate
        self._slack = BURST
        self._each = 1 / each if each else 0.0
        self._ahead = self._each * (burst - 1)
        self._clock = clock
        self._next = clock()
        self._full: dict[int, float] = {}  # when each conversation may have its whole burst again

    def free(self) -> int:
        """Count the calls that may be made at this moment."""
        now = self._clock()
        start = max(self._next, now - self._slack)
        return max(int((now - start) / self._step + 1 + 1e-9), 0) if start <= now else 0

    def wait(self) -> float:
        """Say in how many seconds one more call may be made."""
        return max(self._next - self._clock(), 0.0)

    def used(self, conversation_id: int) -> None:
        """Count one call to a conversation."""
        now = self._clock()
        self._next = max(self._next, now - self._slack) + self._step
        if self._each:
            self._full[conversation_id] = max(self._full.get(conversation_id, now), now) + self._each

    def resting(self) -> dict[int, float]:
        """List the conversations that had their calls a moment ago, and the seconds until their next."""
        now = self._clock()
        self._full = {key: until for key, until in self._full.items() if until > now}
        waits = {key: until - now - self._ahead for key, until in self._full.items()}
        return {key: seconds for key, seconds in waits.items() if seconds > 0}
