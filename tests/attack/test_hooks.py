"""Hooks that a provider signed and that hold anything: kept, or in the journal with their error, or refused.

Never a failure of ours, never a hook that nobody sees, and never at a neighbour's cost.
"""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.channel import Channel, Hook, Typing
from bots.errors import ChannelError
from inbox.door import Door
from storage.database import Database
from tests.attack.mutations import spoiled
from tests.bots.contract import Case, cases
from tests.inbox.house import House, make_house

CASES = [case for case in cases() if case.real]
LARGEST = 1_000_000
EXAMPLES = 6 if settings().max_examples <= 50 else settings().max_examples
REFUSALS = (400, 413, 429)


@dataclass(slots=True, kw_only=True)
class Doors:
    """A house with every channel, each behind a door of its own."""

    house: House
    clients: dict[str, "TestClient[Request, Application]"]
    channels: Mapping[str, Channel]
    numbers: int = 0

    async def knock(self, case: Case, hook: Hook) -> int:
        """Bring a hook as its provider does, or as our own loop does that polled it; gives the status."""
        if not hook.url.startswith("http"):
            try:
                await self.house.accept.take(case.kind, hook)
            except ChannelError:
                return 400
            return 200
        parts = urlsplit(hook.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        client = self.clients[case.kind]
        async with client.request(hook.method, path, data=hook.body, headers=dict(hook.headers)) as answer:
            return answer.status

    async def neighbour(self) -> None:
        """Somebody else says something, which must be kept."""
        self.numbers += 1
        line = f"rui|{self.numbers}|hello"
        await self.house.accept.take("paper", self.house.hook(line.encode()))

    async def journal(self, hook: Hook) -> list[tuple[Any, ...]]:
        """What the journal has of a hook's body: state and error."""
        async with self.house.database.reading() as connection:
            found = await connection.exec_driver_sql(
                "SELECT state, error, body FROM hooks ORDER BY id DESC LIMIT 12"
            )
            return [(row.state, row.error) for row in found if bytes(row.body) == hook.body]


@pytest.fixture
async def doors(database: Database) -> AsyncIterator[Doors]:
    house = await make_house(database.url.render_as_string(hide_password=False))
    opened = Doors(house=house, clients={}, channels={case.kind: case.open() for case in CASES})
    for case in CASES:
        signed = case.sign(next(iter(case.real.values())))
        name = urlsplit(signed.url).path.rpartition("/")[2]
        origin = signed.url.partition("/hooks/")[0]
        accept = replace(house.accept, channels={name: opened.channels[case.kind]})
        at = signed.received_at
        door = Door(accept=accept, public_url=origin, largest=LARGEST, clock=lambda at=at: at)  # type: ignore[misc]
        site = Application()
        site.add_routes(door.routes())
        client: TestClient[Request, Application] = TestClient(TestServer(site))
        await client.start_server()
        opened.clients[case.kind] = client
    house.accept.channels = {"paper": house.paper, **opened.channels}
    yield opened
    for client in opened.clients.values():
        await client.close()
    for channel in opened.channels.values():
        await channel.stop()
    await house.accept.close()
    await house.database.close()


def _says(channel: Channel, hook: Hook) -> bool | None:
    """Whether there is anything to keep in a hook; None where reading it is a mistake of ours."""
    try:
        return any(not isinstance(event, Typing) for event in channel.read(hook).events)
    except ChannelError:
        return False
    except Exception:  # noqa: BLE001 - which one it is stands in the journal
        return None


@pytest.mark.timeout(3_000 if EXAMPLES > 50 else 60)
@pytest.mark.parametrize("case", CASES, ids=[case.kind for case in CASES])
@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 2**32), which=st.integers(0, 100))
async def test_whatever_a_signed_hook_holds_it_is_kept_seen_or_refused(
    doors: Doors, case: Case, seed: int, which: int
) -> None:
    bodies = [*case.real.values()]
    hook = case.sign(spoiled(bodies[which % len(bodies)], Random(seed)))
    before = doors.numbers
    status, *_ = await asyncio.gather(doors.knock(case, hook), doors.neighbour(), doors.neighbour())
    assert status == 200 or status in REFUSALS, (status, hook.body[:2_000])
    said = await doors.house.rows("SELECT count(*) FROM messages WHERE channel = 'paper'")
    assert said == [(before + 2,)], "the neighbours are kept"
    rows = await doors.journal(hook)
    assert all(error for state, error in rows if state == "failed")
    if status == 200 and _says(doors.channels[case.kind], hook) is not False:
        assert rows, "what says something is in the journal"
        assert {state for state, _ in rows} <= {"applied", "failed"}


BOMB = gzip.compress(b"0" * 12_000_000)
WRAPPED: dict[str, tuple[dict[str, str], bytes]] = {
    "a bomb of gzip": ({"content-encoding": "gzip"}, BOMB),
    "a bomb within a bomb": ({"content-encoding": "gzip, gzip"}, gzip.compress(BOMB)),
    "a bomb of deflate": ({"content-encoding": "deflate"}, zlib.compress(b"[" * 12_000_000)),
    "gzip that is none": ({"content-encoding": "gzip"}, b"hello"),
    "half a gzip": ({"content-encoding": "gzip"}, gzip.compress(b"{}" * 9_000)[:40]),
    "an encoding that is none": ({"content-encoding": "rot13"}, b"{}"),
    "a form of parts": ({"content-type": "multipart/form-data; boundary=a"}, b"--a\r\n\r\nx\r\n--a--"),
    "a form without bounds": ({"content-type": "multipart/form-data"}, b"--a"),
    "a charset of another age": ({"content-type": "application/json; charset=utf-7"}, b"+AHs-+AH0-"),
    "a charset that is none": ({"content-type": "application/x-www-form-urlencoded; charset=x"}, b"a=b"),
    "no kind at all": ({"content-type": ""}, b"{}"),
    "more than there may be": ({}, b" " * (6 * LARGEST)),
}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("headers", "body"), WRAPPED.values(), ids=WRAPPED.keys())
async def test_however_a_hook_is_wrapped_it_is_no_failure_of_ours(
    doors: Doors, headers: dict[str, str], body: bytes
) -> None:
    for case in CASES:
        hook = case.sign(body)
        if hook.url.startswith("http"):
            wrapped = replace(hook, headers={**hook.headers, **headers})
            status = await doors.knock(case, wrapped)
            assert status in (200, 401, 404, *REFUSALS), (case.kind, status)
    await doors.neighbour()
    assert await doors.house.rows("SELECT count(*) FROM messages") == [(1,)]
