"""Who is looking at the chat now, by address."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Listeners:
    """Bells that ring when something for an address may have changed."""

    def __init__(self) -> None:
        """Begin with nobody looking."""
        self._bells: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def listen(self, address: str) -> Iterator[asyncio.Event]:
        """Give a bell for *address*; the listener clears it before it looks."""
        bell = asyncio.Event()
        self._bells.setdefault(address, set()).add(bell)
        try:
            yield bell
        finally:
            others = self._bells[address]
            others.discard(bell)
            if not others:
                del self._bells[address]

    def count(self, address: str) -> int:
        """Count who is looking at *address*."""
        return len(self._bells.get(address, ()))

    def wake(self, address: str) -> None:
        """Ring every bell of *address*."""
        for bell in self._bells.get(address, ()):
            bell.set()
