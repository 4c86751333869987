"""Taking calls out of a stream: found by when they came, and written over where they lie."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from nats.aio.msg import Msg

from inbox.journal.looking import looking, since
from inbox.journal.server import DEAD, HOOKS, Server
from inbox.journal.wire import keys_of
from storage.forgetting import Place
from storage.ids import made_at

AROUND: Final = timedelta(minutes=1)
"""A hook has its key within seconds of when the stream took it; clocks of servers differ too."""
APART: Final = timedelta(minutes=5)
"""What lies between two hooks that are no further apart is read along."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Swept:
    """Keys of hooks: those that are *gone*, and those that are *held* until the database has them."""

    gone: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)


async def sweep(
    server: Server, keys: Set[int], places: Mapping[int, Place], stream: str, now: datetime
) -> Swept:
    """Take hooks out of the stream that was made at *stream*, where *places* say that they are applied.

    A message goes whole, for the database has all of its hooks then. They are looked for around when they
    came, and what is not there in all that came since. Raises NATS's errors, Away, Ended or OSError; then
    some are gone.
    """

    def may_go(message: Msg) -> bool:
        place = places.get(int(message.subject.rpartition(".")[2]))
        return place is not None and place.stream == stream and _number(message) <= place.sequence

    swept = Swept()
    await _sweep(server, HOOKS, keys, spans(keys), may_go, swept)
    if missing := keys - swept.gone - swept.held:
        await _sweep(server, HOOKS, missing, [(made_at(min(missing)) - AROUND, now)], may_go, swept)
    return swept


async def sweep_dead(server: Server, keys: Set[int], now: datetime) -> None:
    """Take hooks out of those that could not be applied; raises as `sweep` does."""
    if keys:
        every = [(made_at(min(keys)) - AROUND, now)]
        await _sweep(server, DEAD, keys, every, lambda _: True, Swept())


async def _sweep(
    server: Server,
    stream: str,
    keys: Set[int],
    spans: Sequence[Span],
    may_go: Callable[[Msg], bool],
    swept: Swept,
) -> None:
    for begin, until in spans:
        looker = await since(server, stream, begin)
        async with aclosing(looking(server, looker, until)) as messages:
            async for message in messages:
                here = keys & keys_of(message.data)
                if here and may_go(message):
                    await server.take_out(stream, _number(message))
                    swept.gone.update(here)
                else:
                    swept.held.update(here)


def _number(message: Msg) -> int:
    return message.metadata.sequence.stream


def spans(keys: Collection[int]) -> list[Span]:
    """Say when to look for hooks: around each of *keys*, together where they came close to each other."""
    found: list[Span] = []
    for at in map(made_at, sorted(keys)):
        if found and at - AROUND <= found[-1][1] + APART:
            found[-1] = (found[-1][0], at + AROUND)
        else:
            found.append((at - AROUND, at + AROUND))
    return found
