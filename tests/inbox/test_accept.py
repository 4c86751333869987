"""What the door does with hooks, good and bad."""

import asyncio
import gzip
import io
import zlib
from dataclasses import replace
from typing import Any

import pytest
import structlog
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from bots.channel import MessageIn
from inbox.accept import Unknown
from inbox.door import Door
from inbox.journal import rows
from storage import hooks
from storage.database import StorageFull, Unavailable
from tests.inbox.house import House

LARGEST = 1_000


async def _client(house: House) -> "TestClient[Request, Application]":
    door = Door(
        accept=house.accept,
        public_url="https://in.example",
        largest=LARGEST,
        clock=house.clock,
        larger={"big": 2 * LARGEST},
    )
    site = Application()
    site.add_routes(door.routes())
    client = TestClient(TestServer(site))
    await client.start_server()
    return client


ANSWERS = [
    pytest.param("paper", b"maria|1|hi", 200, "thanks", id="a message is kept and thanked for"),
    pytest.param("paper", b"unknown", 200, "", id="an event that means nothing is taken and counted"),
    pytest.param("paper", b"forged", 401, "not signed", id="a forged hook"),
    pytest.param("paper", b"garbled", 400, "the line has no |", id="a malformed hook says what is missing"),
    pytest.param("pigeon", b"", 404, "no such channel", id="a channel that is not here"),
    pytest.param("paper", b"x" * (LARGEST + 1), 413, "larger than 1000", id="a body too large"),
]


@pytest.mark.parametrize(("channel", "body", "status", "words"), ANSWERS)
async def test_each_hook_gets_its_answer(
    house: House, channel: str, body: bytes, status: int, words: str
) -> None:
    client = await _client(house)
    response = await client.post(f"/hooks/{channel}", data=body)
    assert response.status == status
    assert words in await response.text()
    await client.close()


async def test_a_provider_of_larger_hooks_may_send_them(house: House) -> None:
    house.accept.channels = {**house.accept.channels, "big": house.paper}
    client = await _client(house)
    words = b"maria|1|" + b"x" * LARGEST
    assert (await client.post("/hooks/big", data=words)).status == 200
    assert (await client.post("/hooks/big", data=words + b"x" * LARGEST)).status == 413
    assert (await client.post("/hooks/paper", data=words)).status == 413
    await client.close()


async def test_a_body_that_never_says_its_length_is_capped_too(house: House) -> None:
    async def endless() -> Any:
        while True:
            yield b"x" * 500

    client = await _client(house)
    response = await client.post("/hooks/paper", data=endless())
    assert response.status == 413
    await client.close()


async def test_a_body_that_does_not_come_is_not_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def half() -> Any:
        yield b"maria|1|"
        await asyncio.Event().wait()

    monkeypatch.setattr("inbox.posted.PATIENCE", 0.01)
    client = await _client(house)
    response = await client.post("/hooks/paper", data=half())
    assert response.status == 408
    assert await house.rows("SELECT count(*) FROM hooks") == [(0,)]
    await client.close()


async def test_a_body_is_as_large_as_what_is_unpacked_from_it(house: House) -> None:
    client = await _client(house)
    headers = {"Content-Encoding": "gzip"}
    response = await client.post("/hooks/paper", data=gzip.compress(b"x" * 500_000), headers=headers)
    assert response.status == 413
    response = await client.post("/hooks/paper", data=gzip.compress(b"maria|1|hi"), headers=headers)
    assert response.status == 200
    response = await client.post("/hooks/paper", data=b"not packed", headers=headers)
    assert response.status == 400
    await client.close()


async def test_an_agents_session_is_not_kept_in_the_journal(house: House) -> None:
    client = await _client(house)
    headers = {"Cookie": "tidings_session=hush", "X-Kept": "yes"}
    assert (await client.post("/hooks/paper", data=b"maria|1|hi", headers=headers)).status == 200
    [(kept,)] = await house.rows("SELECT headers FROM hooks")
    assert "x-kept" in kept
    assert "hush" not in kept
    await client.close()


async def test_hooks_that_wait_together_are_kept_together_and_once(house: House) -> None:
    bodies = [f"c{n % 10}|{n}|hello {n}".encode() for n in range(100)]
    takes = [house.accept.take("paper", house.hook(body)) for body in (*bodies, *bodies)]
    await asyncio.gather(*takes)
    assert await house.rows("SELECT count(*) FROM messages") == [(100,)]
    assert await house.rows("SELECT count(*) FROM customers") == [(10,)]
    [(batches,)] = [(house.accept.applying.metrics.batch_hooks._sum.get(),)]
    assert batches == 200


async def test_one_spoilt_hook_spoils_no_other(house: House) -> None:
    bodies = [b"a|1|good", b"b|1|spoiled", b"c|1|good"]
    await asyncio.gather(*(house.accept.take("paper", house.hook(body)) for body in bodies))
    assert await house.rows("SELECT count(*) FROM messages") == [(2,)]
    async with house.database.reading() as connection:
        [failed] = await hooks.in_state(connection, ["failed"])
    assert failed.body == b"b|1|spoiled"
    assert "Error" in failed.error


async def test_a_mistake_of_the_translator_keeps_the_hook_for_replay(house: House) -> None:
    response = await house.accept.take("paper", house.hook(b"bug"))
    assert response.status == 200
    async with house.database.reading() as connection:
        [failed] = await hooks.in_state(connection, ["failed"])
    assert "KeyError" in failed.error


async def test_a_mistake_of_the_translator_keeps_nothing_that_nobody_signed(house: House) -> None:
    client = await _client(house)
    assert (await client.post("/hooks/paper", data=b"forged bug")).status == 401
    assert await house.rows("SELECT count(*) FROM hooks") == [(0,)]
    await client.close()


async def test_duplicates_are_counted_by_channel(house: House) -> None:
    house.accept.channels = {"paper": house.paper, "letters": house.paper}
    for _ in range(2):
        takes = [
            house.accept.take(name, house.hook(body))
            for name, body in (("paper", b"maria|1|hi"), ("letters", b"rosa|2|hi\nrosa|3|ho"))
        ]
        await asyncio.gather(*takes)
    counter = house.accept.applying.metrics.duplicates
    assert [counter.labels(name)._value.get() for name in ("paper", "letters")] == [1, 2]


async def test_a_failed_hook_can_be_replayed_once_its_cause_is_gone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.accept.take("paper", house.hook(b"bug"))
    async with house.database.reading() as connection:
        [failed] = await hooks.in_state(connection, ["failed"])
    good = type(house.paper)().read(house.hook(b"maria|1|at last"))
    monkeypatch.setattr(type(house.paper), "read", lambda self, hook: good)
    assert await house.accept.replay(failed.id) == 1
    assert await house.accept.replay(failed.id) == 0, "a second replay doubles nothing"
    async with house.database.reading() as connection:
        assert await hooks.in_state(connection, ["failed"]) == []
    with pytest.raises(Unknown):
        await house.accept.replay(1)


async def test_a_full_disk_is_a_503_and_nothing_is_half_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StorageFull

    client = await _client(house)
    with monkeypatch.context() as patch:
        patch.setattr(house.accept.applying.keeper, "keep", full)
        response = await client.post("/hooks/paper", data=b"maria|1|hi")
        assert response.status == 503
        assert response.headers["Retry-After"]
    assert await house.rows("SELECT count(*) FROM hooks") == [(0,)]
    assert (await client.post("/hooks/paper", data=b"maria|1|hi")).status == 200
    await client.close()


async def test_a_really_full_database_refuses_and_recovers(house: House) -> None:
    connection = house.accept.applying.keeper._connection  # type: ignore[attr-defined]
    [(pages,)] = connection.execute("PRAGMA page_count").fetchall()
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    client = await _client(house)
    statuses = [
        (await client.post("/hooks/paper", data=f"m|{n}|{'x' * 900}".encode())).status for n in range(30)
    ]
    assert 503 in statuses
    kept = statuses.count(200)
    assert await house.rows("SELECT count(*) FROM messages") == [(kept,)]
    assert await house.rows("SELECT count(*) FROM hooks") == [(kept,)]
    connection.execute("PRAGMA max_page_count = 1073741823")
    assert (await client.post("/hooks/paper", data=b"m|99|room again")).status == 200
    await client.close()


async def test_a_clock_that_steps_back_an_hour_keeps_the_order_of_arrival(house: House) -> None:
    conversation = await house.says("maria", 1, "first")
    house.clock.forward(hours=-1)
    await house.says("maria", 2, "second")
    rows = await house.rows(f"SELECT text FROM messages WHERE conversation_id = {conversation} ORDER BY id")
    assert rows == [("first",), ("second",)]


@pytest.mark.parametrize("error", [Unavailable, StorageFull], ids=["away", "full"])
async def test_good_hooks_are_refused_not_marked_as_failed_while_the_database_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    async def away(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(house.accept.applying.keeper, "keep", away)
        takes = [house.accept.take("paper", house.hook(f"{who}|1|hi".encode())) for who in ("a", "b")]
        assert [type(one) for one in await asyncio.gather(*takes, return_exceptions=True)] == [error, error]
    assert await house.rows("SELECT count(*) FROM hooks") == [(0,)]


async def test_a_small_body_that_unpacks_to_a_large_one_is_refused(house: House) -> None:
    client = await _client(house)
    packed = zlib.compress(b"x" * 100 * LARGEST)
    headers = {"Content-Encoding": "deflate"}
    response = await client.post("/hooks/paper", data=packed, headers=headers)
    assert len(packed) < LARGEST
    assert response.status == 413
    await client.close()


async def test_names_with_nul_and_lone_surrogates_are_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = type(house.paper)().read(house.hook(b"maria|1|hi"))
    [message] = said.events
    assert isinstance(message, MessageIn)
    odd = replace(message, external_id="a\x00b\ud800", reply_to="\ud800")
    monkeypatch.setattr(type(house.paper), "read", lambda *_: replace(said, events=(odd,)))
    for _ in range(2):
        await house.accept.take("paper", house.hook(b""))
    assert await house.rows("SELECT external_id FROM messages") == [("a\ufffdb\ufffd",)]


async def test_what_a_customer_wrote_stands_in_no_log(house: House) -> None:
    told = io.StringIO()
    secret = "my card is 4111"
    error = ValueError(f"cannot read {secret}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(house.paper), "read", _raising(error))
        plain = structlog.wrap_logger(
            structlog.PrintLogger(told), processors=[structlog.processors.KeyValueRenderer()]
        )
        patch.setattr(rows, "log", plain)
        await house.accept.take("paper", house.hook(secret.encode()))
    assert "hook not applied" in told.getvalue()
    assert secret not in told.getvalue()
    async with house.database.reading() as connection:
        [failed] = await hooks.in_state(connection, ["failed"])
    assert secret in failed.error


def _raising(error: Exception) -> Any:
    def read(*_: object) -> None:
        raise error

    return read


async def test_kinds_that_a_stranger_makes_up_do_not_fill_the_metrics(house: House) -> None:
    for number in range(500):
        house.accept.applying.counts.unknown("paper", f"kind {number}")
    unknown = house.accept.applying.metrics.unknown_events
    names = [sample.labels["kind"] for sample in next(iter(unknown.collect())).samples]
    assert "other" in names
    assert len(names) < 250
