"""Strangers at the door for providers: refused cheaply, told once, and nobody else is slowed for them."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import structlog
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from structlog.testing import capture_logs

from config.settings import Settings
from inbox import refusals
from inbox.door import Door
from inbox.logs import start_logs
from inbox.refusals import Refusals
from tests.inbox.house import House

Client = TestClient[Request, Application]


@pytest.fixture
async def client(house: House) -> AsyncIterator[Client]:
    door = Door(
        accept=house.accept,
        public_url="https://in.example",
        largest=1_000,
        clock=house.clock,
        open_ones=["browsers"],
    )
    site = Application()
    site.add_routes(door.routes())
    opened: Client = TestClient(TestServer(site))
    await opened.start_server()
    yield opened
    await opened.close()


async def test_a_flood_of_forged_hooks_is_one_line_in_the_log(client: Client) -> None:
    with capture_logs() as lines:
        statuses = [(await client.post("/hooks/paper", data=b"forged")).status for _ in range(50)]
    assert statuses == [401] * 50
    assert [(line["event"], line["channel"], line["place"]) for line in lines] == [
        ("hooks refused", "paper", "127.0.0.1")
    ]


async def test_a_provider_is_not_slowed_by_forged_hooks_from_its_own_address(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.door.OF_A_PLACE", 1)
    for number in range(20):
        assert (await client.post("/hooks/paper", data=b"forged")).status == 401
        assert (await client.post("/hooks/paper", data=f"maria|{number}|hi".encode())).status == 200
    assert await house.rows("SELECT count(*) FROM messages") == [(20,)]


async def test_where_browsers_call_one_place_may_call_only_so_fast(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.door.OF_A_PLACE", 3)
    house_channels: Mapping[str, Any] = {"paper": house.paper, "browsers": house.paper}
    monkeypatch.setattr(house.accept, "channels", house_channels)
    answers = [await client.post("/hooks/browsers", data=f"maria|{n}|hi".encode()) for n in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "20"


async def test_who_does_not_speak_http_leaves_no_line_in_the_log(client: Client) -> None:
    out = io.StringIO()
    before = (logging.getLogger().handlers[:], logging.getLogger().level)
    start_logs(Settings(log_format="json"), (), out=out)
    try:
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
            writer.write(b"\x16\x03\x01\x00\xee garbage\r\nX: \x00\r\n\r\n")
            assert (await reader.read(100)).startswith(b"HTTP/1.0 400")
            writer.close()
        assert out.getvalue() == ""
    finally:
        logging.getLogger().handlers[:], level = before
        logging.getLogger().setLevel(level)
        logging.captureWarnings(False)
        structlog.reset_defaults()


def _refused(seen: Refusals, places: int, told: Callable[[], int]) -> int:
    before = told()
    for number in range(places):
        seen.refused("paper", f"203.0.113.{number}", "not signed")
    return told() - before


def test_a_place_is_named_again_after_a_minute_with_what_was_not_told() -> None:
    now = [0.0]
    seen = Refusals(lambda: now[0])
    with capture_logs() as lines:
        for _ in range(5):
            seen.refused("paper", "a", "not signed")
        now[0] += 61
        seen.refused("paper", "a", "not signed")
    assert [line["untold_before"] for line in lines] == [0, 4]


def test_very_many_places_fill_neither_the_log_nor_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MOST_REMEMBERED", 10)
    now = [0.0]
    seen = Refusals(lambda: now[0])
    with capture_logs() as lines:
        assert _refused(seen, 500, lambda: len(lines)) == 10
        now[0] += 61
        assert _refused(seen, 500, lambda: len(lines)) == 10
    assert len(seen._told) == 10
