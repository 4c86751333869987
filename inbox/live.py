"""What changed, told to whoever is looking now; the rows stay the truth."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal["message", "status", "conversation", "typing", "draft", "promise", "gap"]
BACKLOG = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact that a page may show; `gap` says that some were missed.

    `promise` reminds *agent_id* of *promise_id*.
    """

    kind: ChangeKind
    conversation_id: int = 0
    message_id: int = 0
    agent_id: int = 0
    promise_id: int = 0


class Live:
    """Changes, in order, to any number of listeners; *relay* passes them on to other nodes."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._queues: set[asyncio.Queue[Change | None]] = set()
        self._closed = False
        self.relay: Callable[[Change], None] | None = None

    @property
    def heard(self) -> bool:
        """Whether anybody listens: where nobody does, nothing need be made ready to be told."""
        return bool(self._queues) or self.relay is not None

    def publish(self, change: Change) -> None:
        """Tell everybody who listens, on whichever node."""
        self.tell(change)
        if self.relay is not None:
            self.relay(change)

    def tell(self, change: Change) -> None:
        """Tell who listens here; a listener too slow for its backlog hears of a gap instead."""
        for queue in () if self._closed else self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(Change(kind="gap"))
            queue.put_nowait(change)

    @contextmanager
    def subscribe(self) -> Iterator[AsyncIterator[Change]]:
        """Listen from now on; the iterator ends when `close` is called."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue(BACKLOG)
        self._queues.add(queue)
        if self._closed:
            queue.put_nowait(None)
        try:
            yield _until_closed(queue)
        finally:
            self._queues.discard(queue)

    def close(self) -> None:
        """End every listener's iterator."""
        self._closed = True
        for queue in self._queues:
            while queue.full():
                queue.get_nowait()
            queue.put_nowait(None)


async def _until_closed(queue: "asyncio.Queue[Change | None]") -> AsyncIterator[Change]:
    while (change := await queue.get()) is not None:
        yield change
