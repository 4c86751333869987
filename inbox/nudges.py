"""A nudge saves a loop the wait; losing one costs time and nothing else."""

import asyncio
from collections.abc import Callable


class Nudges:
    """One bell a name."""

    def __init__(self) -> None:
        """Begin with silent bells."""
        self._bells: dict[str, asyncio.Event] = {}
        self.relay: Callable[[str], None] | None = None

    def nudge(self, name: str) -> None:
        """Wake the loop that waits for *name*, now or at its next wait, on whichever node it runs."""
        self.ring(name)
        if self.relay is not None:
            self.relay(name)

    def ring(self, name: str) -> None:
        """Wake the loop of this node that waits for *name*."""
        self._bell(name).set()

    async def wait(self, name: str, seconds: float) -> bool:
        """Return at a nudge, or after so many *seconds*; says whether it was a nudge."""
        bell = self._bell(name)
        try:
            async with asyncio.timeout(seconds):
                await bell.wait()
        except TimeoutError:
            return False
        else:
            return True
        finally:
            bell.clear()

    def _bell(self, name: str) -> asyncio.Event:
        return self._bells.setdefault(name, asyncio.Event())
