"""How long a commit waits for hooks that are on their way."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from inbox.gathering import ROUNDS, Arrived, Gathering
from storage.batch import Journalled

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def _arrived(*connections: Any) -> list[Arrived]:
    hook = Journalled(id=1, channel="paper", received_at=NOON, method="POST", url="", headers={}, body=b"")
    return [
        Arrived(journalled=hook, events=(), kept=asyncio.get_running_loop().create_future(), by=connection)
        for connection in connections
    ]


def _after(*connections: Any, since: float = 0.0, took: float = 10_000.0) -> Gathering:
    """A gathering some seconds after a commit that took so many answered *connections*."""
    times = iter([took, took + since])
    gathering = Gathering(clock=lambda: next(times))
    gathering.committed(_arrived(*connections), 0.0)
    return gathering


async def test_the_next_commit_waits_until_all_whom_the_last_answered_are_here() -> None:
    gathering = _after("a", "b", "c")
    pause = asyncio.ensure_future(gathering.pause())
    for connection in ("b", "z", "a", "c"):
        await asyncio.sleep(0)
        assert not pause.done()
        gathering.came(connection)
    await pause


async def test_nobody_waits_for_ever_for_who_does_not_come() -> None:
    gathering = _after("a", "b", took=0.001)
    gathering.came("b")
    await gathering.pause()


async def test_who_was_here_when_the_time_ran_out_is_still_let_in() -> None:
    gathering = _after("a", "b", "c", took=0.0)
    loop = asyncio.get_running_loop()

    def then(rounds: int, connection: str) -> None:
        if rounds:
            loop.call_soon(then, rounds - 1, connection)
        else:
            gathering.came(connection)

    loop.call_later(0, then, ROUNDS - 1, "a")  # the socket of a is read just when the time runs out
    loop.call_later(0, then, 2 * ROUNDS - 1, "b")
    await gathering.pause()
    assert gathering.missing == {"c"}


AT_ONCE = [
    pytest.param(("a",), 0.0, id="who came alone is kept at once the next time too"),
    pytest.param((None, None), 0.0, id="who came over no connection does not come again"),
    pytest.param(("a", "b"), 20_000.0, id="a commit of long ago says nothing of who comes now"),
]


@pytest.mark.parametrize(("connections", "since"), AT_ONCE)
async def test_a_commit_begins_at_once(connections: tuple[Any, ...], since: float) -> None:
    pause = asyncio.ensure_future(_after(*connections, since=since).pause())
    await asyncio.sleep(0)
    assert pause.done()


async def test_all_who_are_back_already_need_no_waiting() -> None:
    gathering = _after("a", "b")
    gathering.came("a")
    gathering.came("b")
    pause = asyncio.ensure_future(gathering.pause())
    await asyncio.sleep(0)
    assert pause.done()
