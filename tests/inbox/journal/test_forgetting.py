"""What an erased customer wrote leaves the streams: their bytes too, and nothing that the database lacks."""

import asyncio
import os
import signal
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nats.errors
import pytest
from pydantic import SecretStr

from config.settings import Settings
from inbox.app import build
from inbox.duties import owned
from inbox.journal import looking
from inbox.journal.forgetting import Forgetting
from inbox.journal.late import SETTLED, Late
from inbox.journal.pulling import Ended
from inbox.journal.server import DEAD, HOOKS, SUBJECT, Server
from inbox.journal.sweeping import spans
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.preferences.erasing import Erased, Eraser
from storage import customers, forgetting
from storage.forgetting import Done
from storage.ids import first_at
from tests.inbox.journal.conftest import Streamed
from tests.torture.servers import JetStream, missing, until

SECRET = "0" * 64
MARK = "amaryllis belladonna"
AMALIA, BRUNO = "amalia-351912345408", "bruno-351912345409"


async def _say(streamed: Streamed, *bodies: str) -> None:
    """Let hooks come now, all at once; each lane of the stream puts those together that wait."""
    house = streamed.house
    house.clock.now = datetime.now(UTC)
    await asyncio.gather(*(house.accept.take("paper", house.hook(body.encode())) for body in bodies))


def _eraser(streamed: Streamed, folder: Path) -> Eraser:
    media = MediaStore(folder / "media", SECRET)
    return Eraser(database=streamed.house.database, media=media, secret=SECRET, streamed=True)


async def _customer(streamed: Streamed, who: str) -> int | None:
    async with streamed.house.database.reading() as connection:
        address = await customers.by_address(connection, f"paper:{who}")
    return None if address is None else address.customer_id


async def _erase(streamed: Streamed, who: str, folder: Path) -> Erased:
    key = await _customer(streamed, who)
    assert key is not None
    return await _eraser(streamed, folder).erase(key, datetime.now(UTC))


async def _loop(streamed: Streamed, folder: Path) -> Forgetting:
    house = streamed.house
    late = Late(
        server=streamed.server,
        channels=house.accept.channels,
        credentials=house.accept.applying.credentials,
        eraser=replace(_eraser(streamed, folder), database=await streamed.owner("clock/forgetting")),
    )
    later = 2 * SETTLED
    return Forgetting(
        late=late, nudges=house.ground.nudges, metrics=Metrics(), clock=lambda: datetime.now(UTC) + later
    )


async def _done(streamed: Streamed, erased: Erased) -> Done | None:
    async with streamed.house.database.reading() as connection:
        return await forgetting.of(connection, erased.receipt.id)


async def _bodies(server: Server, stream: str) -> list[bytes]:
    """Read every message of a stream, by its numbers."""
    info = await server.stream.stream_info(stream)
    found = []
    for number in range(1, info.state.last_seq + 1):
        try:
            found.append((await server.stream.get_msg(stream, number)).data or b"")
        except nats.errors.Error:
            continue
    return found


def _on_disk(servers: JetStream, words: str) -> list[Path]:
    """Name the servers' files that hold *words*."""
    stores = [one.store for one in servers.servers]
    files: Iterable[Path] = (path for store in stores for path in store.rglob("*") if path.is_file())
    return [path for path in files if words.encode() in path.read_bytes()]


async def _until_applied(streamed: Streamed, messages: int) -> None:
    async with streamed.applying():
        await streamed.until_kept(messages)


async def test_the_words_leave_the_stream_and_its_files_and_others_words_stay(
    streamed: Streamed, jetstream: JetStream, tmp_path: Path
) -> None:
    await _say(streamed, f"{AMALIA}|1|{MARK}", f"{AMALIA}|2|and {MARK}")
    await _say(streamed, f"{AMALIA}|3|again {MARK}")
    await _say(streamed, f"{BRUNO}|1|good morning")
    assert _on_disk(jetstream, MARK), "the stream keeps words in files as they are"
    await _until_applied(streamed, 4)
    erased = await _erase(streamed, AMALIA, tmp_path)
    assert erased.hooks == 3
    assert await _done(streamed, erased) == Done(at=None)
    loop = await _loop(streamed, tmp_path)
    assert await loop.turn() == 1
    left = await _bodies(streamed.server, HOOKS)
    assert [body.rpartition(b"\n")[2] for body in left] == [f"{BRUNO}|1|good morning".encode()]
    assert _on_disk(jetstream, MARK) == []
    assert _on_disk(jetstream, AMALIA) == []
    done = await _done(streamed, erased)
    assert done is not None
    assert done.at is not None
    assert await loop.turn() == 0, "and that was all"


async def test_nothing_is_looked_for_before_the_stream_surely_has_it(
    streamed: Streamed, tmp_path: Path
) -> None:
    await _say(streamed, f"{AMALIA}|1|{MARK}")
    await _until_applied(streamed, 1)
    erased = await _erase(streamed, AMALIA, tmp_path)
    loop = await _loop(streamed, tmp_path)
    loop._clock = lambda: erased.receipt.at + SETTLED - timedelta(seconds=1)
    assert await loop.turn() == 0
    loop._clock = lambda: erased.receipt.at + SETTLED
    assert await loop.turn() == 1


async def test_a_hook_that_could_not_be_applied_leaves_the_dead_too(
    streamed: Streamed, jetstream: JetStream, tmp_path: Path
) -> None:
    async with streamed.applying():
        await _say(streamed, f"{AMALIA}|1|hello", f"{AMALIA}|2|spoiled", f"{BRUNO}|3|spoiled")
        async with asyncio.timeout(20):
            while len(await streamed.house.rows("SELECT 1 FROM hooks WHERE state = 'failed'")) < 2:
                await asyncio.sleep(0.02)
    erased = await _erase(streamed, AMALIA, tmp_path)
    assert erased.hooks == 2
    assert await (await _loop(streamed, tmp_path)).turn() == 1
    left = [body.rpartition(b"\n")[2] for body in await _bodies(streamed.server, DEAD)]
    assert left == [f"{BRUNO}|3|spoiled".encode()]
    assert _on_disk(jetstream, AMALIA) == []


async def test_a_message_with_others_hooks_stays_until_the_database_has_them(
    streamed: Streamed, tmp_path: Path
) -> None:
    await _say(streamed, f"{AMALIA}|1|{MARK}")
    await _until_applied(streamed, 1)
    erased = await _erase(streamed, AMALIA, tmp_path)
    async with streamed.house.database.writing() as connection:  # as a new owner that begins before it
        await connection.exec_driver_sql("UPDATE leases SET place = 0 WHERE name LIKE 'apply/%%'")
    loop = await _loop(streamed, tmp_path)
    assert await loop.turn() == 0
    assert len(await _bodies(streamed.server, HOOKS)) == 1
    assert await _done(streamed, erased) == Done(at=None)
    async with streamed.applying(), asyncio.timeout(20):
        while await loop.turn() == 0:
            await asyncio.sleep(0.05)
    assert await _bodies(streamed.server, HOOKS) == []


async def test_who_is_killed_among_the_messages_is_followed_and_the_rest_goes(
    streamed: Streamed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(6):
        await _say(streamed, f"{AMALIA}|{n}|{MARK} {n}")
    await _until_applied(streamed, 6)
    erased = await _erase(streamed, AMALIA, tmp_path)
    take_out, taken = Server.take_out, list[int]()

    async def killed(self: Server, stream: str, sequence: int) -> None:
        if len(taken) == 3:
            raise asyncio.CancelledError
        taken.append(sequence)
        await take_out(self, stream, sequence)

    monkeypatch.setattr(Server, "take_out", killed)
    with pytest.raises(asyncio.CancelledError):
        await (await _loop(streamed, tmp_path)).turn()
    assert len(await _bodies(streamed.server, HOOKS)) == 3
    monkeypatch.undo()
    assert await (await _loop(streamed, tmp_path)).turn() == 1
    assert await _bodies(streamed.server, HOOKS) == []
    done = await _done(streamed, erased)
    assert done is not None
    assert done.at is not None


async def test_who_lost_the_lease_ends_nothing(streamed: Streamed, tmp_path: Path) -> None:
    from storage.leases import Stale

    await _say(streamed, f"{AMALIA}|1|{MARK}")
    await _until_applied(streamed, 1)
    erased = await _erase(streamed, AMALIA, tmp_path)
    old = await _loop(streamed, tmp_path)
    new = await _loop(streamed, tmp_path)
    with pytest.raises(Stale):
        await old.turn()
    assert await _done(streamed, erased) == Done(at=None)
    assert await new.turn() == 1, "what the old one took out is gone, and is no trouble"


async def test_a_hook_that_came_into_the_stream_late_is_found_by_reading_all_since(
    streamed: Streamed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = streamed.house.database.ids
    early = iter([first_at(datetime.now(UTC) - timedelta(hours=3))])
    monkeypatch.setattr(type(ids), "next", lambda _: next(early))
    body = f"{AMALIA}|1|{MARK}"
    await _say(streamed, body)
    monkeypatch.undo()
    await _until_applied(streamed, 1)
    await _erase(streamed, AMALIA, tmp_path)
    assert await (await _loop(streamed, tmp_path)).turn() == 1
    assert await _bodies(streamed.server, HOOKS) == []


async def test_servers_that_are_away_are_waited_for_and_what_waits_is_counted(
    streamed: Streamed, jetstream: JetStream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.journal.forgetting.EVERY", 0.05)
    await _say(streamed, f"{AMALIA}|1|{MARK}")
    await _until_applied(streamed, 1)
    erased = await _erase(streamed, AMALIA, tmp_path)
    loop = await _loop(streamed, tmp_path)
    [one] = jetstream.servers
    pid = one.child.pid
    os.kill(pid, signal.SIGSTOP)
    running = asyncio.create_task(loop.run())
    try:
        async with asyncio.timeout(20):
            while _value(loop._metrics) != 1:
                await asyncio.sleep(0.02)
        assert await _done(streamed, erased) == Done(at=None)
    finally:
        os.kill(pid, signal.SIGCONT)
    async with asyncio.timeout(30):
        while await _done(streamed, erased) == Done(at=None):
            await asyncio.sleep(0.05)
    await loop.stop()
    await asyncio.wait_for(running, 10)
    assert await _bodies(streamed.server, HOOKS) == []


def _value(metrics: Metrics) -> Any:
    return metrics.registry.get_sample_value("tidings_forgetting")


async def test_what_waited_in_the_stream_while_they_were_erased_is_erased_as_well(
    streamed: Streamed, jetstream: JetStream, tmp_path: Path
) -> None:
    await _say(streamed, f"{AMALIA}|1|hello")
    await _until_applied(streamed, 1)
    await _say(streamed, f"{AMALIA}|2|{MARK}", f"{BRUNO}|1|good morning")
    first = await _erase(streamed, AMALIA, tmp_path)
    loop = await _loop(streamed, tmp_path)
    assert await loop.turn() == 0
    assert await _done(streamed, first) == Done(at=None), "what came before is not applied yet"
    await _until_applied(streamed, 3)
    assert await _customer(streamed, AMALIA) is not None, "they are a new customer by it"
    loop = await _loop(streamed, tmp_path)
    assert await loop.turn() == 1
    assert await _customer(streamed, AMALIA) is None
    assert sorted(await streamed.texts()) == ["", "", "good morning"]
    assert await loop.turn() == 1, "the second erasure owes to the stream as the first did"
    assert [body.rpartition(b"\n")[2] for body in await _bodies(streamed.server, HOOKS)] == [
        f"{BRUNO}|1|good morning".encode()
    ]
    assert _on_disk(jetstream, AMALIA) == []
    assert await streamed.house.rows("SELECT wish FROM receipts ORDER BY id") == [
        ("customer",),
        ("house calls that came before an erasure",),
    ]


async def test_what_waited_and_then_could_not_be_applied_goes_too(
    streamed: Streamed, jetstream: JetStream, tmp_path: Path
) -> None:
    await _say(streamed, f"{AMALIA}|1|hello")
    await _until_applied(streamed, 1)
    await _say(streamed, f"{AMALIA}|2|spoiled")
    await _erase(streamed, AMALIA, tmp_path)
    house = streamed.house
    async with streamed.applying(), asyncio.timeout(20):
        while not await house.rows("SELECT 1 FROM hooks WHERE state = 'failed'"):
            await asyncio.sleep(0.02)
    assert await (await _loop(streamed, tmp_path)).turn() == 1
    assert await house.rows("SELECT 1 FROM hooks") == []
    assert await _bodies(streamed.server, HOOKS) == await _bodies(streamed.server, DEAD) == []
    assert _on_disk(jetstream, AMALIA) == []


async def test_who_writes_again_after_it_keeps_what_they_write(
    streamed: Streamed, jetstream: JetStream, tmp_path: Path
) -> None:
    await _say(streamed, f"{AMALIA}|1|hello")
    await _until_applied(streamed, 1)
    await _say(streamed, f"{AMALIA}|2|{MARK}")
    await _erase(streamed, AMALIA, tmp_path)
    await _say(streamed, f"{AMALIA}|3|it is me again")
    await _until_applied(streamed, 3)
    assert await (await _loop(streamed, tmp_path)).turn() == 1
    assert await _customer(streamed, AMALIA) is not None
    assert sorted(await streamed.texts()) == ["", "", "it is me again"]
    assert len(await streamed.house.rows("SELECT 1 FROM hooks")) == 1
    assert [body.rpartition(b"\n")[2] for body in await _bodies(streamed.server, HOOKS)] == [
        f"{AMALIA}|3|it is me again".encode()
    ]
    assert _on_disk(jetstream, MARK) == []


async def test_a_house_forgets_in_the_stream_where_it_has_one_and_only_there(
    streamed: Streamed, jetstream: JetStream, tmp_path: Path
) -> None:
    url = streamed.house.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    kept = Settings(database=url, media_dir=tmp_path, secret_key=SecretStr("k" * 40))
    alone, among = build(kept), build(kept.model_copy(update={"journal": jetstream.url}))
    assert not alone.eraser.streamed
    assert "clock/forgetting" not in {duty.name for duty in owned(alone)}
    await _say(streamed, f"{AMALIA}|1|{MARK}")
    await _until_applied(streamed, 1)
    await among.open()
    key = await _customer(streamed, AMALIA)
    assert key is not None
    erased = await among.eraser.erase(key, datetime.now(UTC) - 2 * SETTLED)
    [duty] = [one for one in owned(among) if one.name == "clock/forgetting"]
    loop = duty.begin(await streamed.owner(duty.name))
    running = asyncio.create_task(loop.run())
    async with asyncio.timeout(20):
        while await _done(streamed, erased) == Done(at=None):
            await asyncio.sleep(0.05)
    await loop.stop()
    await asyncio.wait_for(running, 10)
    await among.stop()
    assert await _bodies(streamed.server, HOOKS) == []


async def test_a_copy_of_the_stream_that_lags_behind_is_not_taken_for_the_whole(
    streamed: Streamed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _say(streamed, f"{AMALIA}|1|{MARK}")
    await _until_applied(streamed, 1)
    erased = await _erase(streamed, AMALIA, tmp_path)
    begun, loop = looking._begun, await _loop(streamed, tmp_path)

    async def lagging(server: Server, stream: str, last: int, **begin: Any) -> looking.Looker:
        return replace(await begun(server, stream, last, **begin), left=0)

    monkeypatch.setattr(looking, "_begun", lagging)
    with pytest.raises(Ended):
        await loop.turn()
    assert await _done(streamed, erased) == Done(at=None)
    monkeypatch.undo()
    assert await loop.turn() == 1


async def test_a_hook_of_many_customers_leaves_every_partition_that_it_was_applied_in(
    streamed: Streamed, jetstream: JetStream, tmp_path: Path
) -> None:
    lines = [f"guest{n}-3519{n:05}|1|hello {n}" for n in range(20)]
    await _say(streamed, "\n".join([f"{AMALIA}|1|{MARK}", *lines]))
    assert len(await _bodies(streamed.server, HOOKS)) > 3
    await _until_applied(streamed, 21)
    await _erase(streamed, AMALIA, tmp_path)
    assert await (await _loop(streamed, tmp_path)).turn() == 1
    assert await _bodies(streamed.server, HOOKS) == []
    assert _on_disk(jetstream, AMALIA) == []
    assert sorted(await streamed.texts()) == sorted(["", *(f"hello {n}" for n in range(20))])


async def test_taking_out_what_is_not_there_is_no_error(streamed: Streamed) -> None:
    await _say(streamed, f"{AMALIA}|1|{MARK}")
    await streamed.server.take_out(HOOKS, 1)
    await streamed.server.take_out(HOOKS, 1)
    await streamed.server.take_out(HOOKS, 99)


def test_hooks_are_looked_for_around_when_they_came() -> None:
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    minutes = (0, 3, 20, 27)
    found = spans([first_at(noon + timedelta(minutes=n)) for n in minutes])
    told = [tuple(round((at - noon) / timedelta(minutes=1)) for at in span) for span in found]
    assert told == [(-1, 4), (19, 28)]


async def test_each_of_three_servers_writes_over_the_words_in_its_copy(tmp_path: Path) -> None:
    if why := missing():
        pytest.skip(why)
    servers = JetStream(tmp_path, count=3)
    server = Server(servers.url)
    try:
        await servers.start()
        await server.open()
        for words in ("good morning", MARK, "good evening"):
            await server.stream.publish(f"{SUBJECT}.0", words.encode())
        copies = await until(lambda: _copies(servers, MARK, 3), "each has its copy")
        assert len(copies) == 3
        await server.take_out(HOOKS, 2)
        await until(lambda: _copies(servers, MARK, 0), "each has written over it")
        assert len(await until(lambda: _copies(servers, "good evening", 3), "and over nothing else")) == 3
    finally:
        await server.close()
        await servers.end()


async def _copies(servers: JetStream, words: str, count: int) -> list[Path] | bool:
    """Name the files of the stream that hold *words* once there are *count*.

    What the servers agreed on stands in files of their own ($SYS) too, until they are written anew after
    two minutes or three.
    """
    found = [path for path in _on_disk(servers, words) if "$SYS" not in path.parts]
    return (found or True) if len(found) == count else False
