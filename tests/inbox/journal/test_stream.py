"""Hooks over a real JetStream: each kept once and in order, whoever applies it."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from inbox.journal.applying import Read
from inbox.journal.rows import journalled
from inbox.journal.server import DEAD, HOOKS, SUBJECT
from inbox.journal.wire import Waiting, partition_of, written
from storage.batch import Batch, Kept, Place, Rules
from storage.database import Unavailable
from storage.leases import Stale
from tests.inbox.journal.conftest import Streamed


async def _take(streamed: Streamed, *bodies: str) -> None:
    house = streamed.house
    await asyncio.gather(*(house.accept.take("paper", house.hook(body.encode())) for body in bodies))


async def test_a_hook_is_answered_when_the_stream_has_it_and_applied_when_it_is_owned(
    streamed: Streamed,
) -> None:
    await _take(streamed, "ana|1|hello")
    assert await streamed.texts() == []
    async with streamed.applying():
        await streamed.until_kept(1)
    assert await streamed.texts() == ["hello"]


async def test_what_comes_twice_is_kept_once(streamed: Streamed) -> None:
    bodies = [f"c{n % 7}|{n}|words {n}" for n in range(70)]
    async with streamed.applying():
        await _take(streamed, *bodies, *reversed(bodies))
        await streamed.until_kept(70)
    assert sorted(await streamed.texts()) == sorted(f"words {n}" for n in range(70))


async def test_a_hook_with_many_addresses_is_applied_in_each_of_their_partitions(streamed: Streamed) -> None:
    lines = [f"c{n}|1|from {n}" for n in range(40)]
    async with streamed.applying():
        await _take(streamed, "\n".join(lines))
        await _take(streamed, *(f"c{n}|2|then {n}" for n in range(40)))
        await streamed.until_kept(80)
    texts = await streamed.texts()
    for n in range(40):
        assert texts.index(f"from {n}") < texts.index(f"then {n}"), "one address is in one partition"
    assert len(texts) == 80


async def test_each_customer_s_words_keep_their_order_over_owners_that_follow_each_other(
    streamed: Streamed,
) -> None:
    for turn in range(4):
        async with streamed.applying():
            for n in range(10):
                await _take(streamed, *(f"c{who}|{turn * 10 + n}|{turn * 10 + n}" for who in range(5)))
    async with streamed.applying():
        await streamed.until_kept(200)
    asked = (
        "SELECT m.text FROM messages m JOIN addresses a ON a.id = m.address_id"
        " WHERE a.address = '{}' ORDER BY m.id"
    )
    for who in range(5):
        rows = await streamed.house.rows(asked.format(f"paper:c{who}"))
        assert [row[0] for row in rows] == [str(n) for n in range(40)]


async def test_a_hook_that_cannot_be_applied_is_among_the_dead_and_in_the_journal_and_holds_up_none(
    streamed: Streamed,
) -> None:
    house = streamed.house
    async with streamed.applying():
        await _take(streamed, "ana|1|before", "ana|2|spoiled", "ana|3|after")
        await streamed.until_kept(2)
        async with asyncio.timeout(10):
            while not await house.rows("SELECT 1 FROM hooks WHERE state = 'failed'"):
                await asyncio.sleep(0.02)
    assert await streamed.texts() == ["before", "after"]
    info = await streamed.server.stream.stream_info(DEAD)
    assert info.state.messages == 1
    dead = await streamed.server.stream.get_msg(DEAD, seq=1)
    assert (dead.data or b"").endswith(b"ana|2|spoiled")
    assert (dead.headers or {})["Tidings-Error"]


async def test_an_owner_killed_between_the_hooks_of_one_message_is_followed_without_a_trace(
    streamed: Streamed,
) -> None:
    house = streamed.house
    hooks = [house.hook(f"ana|{n}|{n}".encode()) for n in range(3)]
    partition = partition_of(house.paper.read(hooks[0]).events[0])
    waiting = [Waiting(journalled(house.database.ids, "paper", hook), None) for hook in hooks]
    await streamed.server.stream.publish(f"{SUBJECT}.{partition}", written(waiting))
    killed = await streamed.owning(partition)
    first = Read(journalled=waiting[0].hook, events=house.paper.read(hooks[0]).events)
    await house.accept.applying.apply([first], Place(lease=killed._lease, stream="", sequence=0))
    async with streamed.applying():
        await streamed.until_kept(3)
    assert await streamed.texts() == ["0", "1", "2"]
    assert await house.rows("SELECT state, count(*) FROM hooks GROUP BY state") == [("applied", 3)]


async def test_who_lost_the_lease_is_refused_whatever_it_holds(streamed: Streamed) -> None:
    old = await streamed.owning(0)
    applying = streamed.house.accept.applying
    place = old._place(type("Last", (), {"reached": 5})())
    await applying.apply([], place)
    await streamed.owning(0)
    with pytest.raises(Stale):
        await applying.apply([], place)
    with pytest.raises(Stale):
        async with old._database.writing():
            pass


async def test_a_database_that_is_away_for_a_while_gets_everything_in_order_afterwards(
    streamed: Streamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = streamed.house.accept.applying.keeper
    keep, down = keeper.keep, True

    async def away(batch: Batch, rules: Rules) -> Kept:
        if down:
            raise Unavailable
        return await keep(batch, rules)

    monkeypatch.setattr(keeper, "keep", away)
    async with streamed.applying():
        await _take(streamed, *(f"ana|{n}|{n}" for n in range(3)))
        assert await streamed.texts() == []
        down = False
        await streamed.until_kept(3)
    assert sorted(await streamed.texts()) == ["0", "1", "2"]


async def test_a_hook_that_is_larger_than_the_servers_take_goes_straight_to_the_database(
    streamed: Streamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(streamed.server.client), "max_payload", property(lambda _: 1_200))
    await _take(streamed, "ana|1|" + "a" * 50)
    assert await streamed.texts() == ["a" * 50]


async def test_a_hook_with_headers_that_are_larger_than_the_servers_take_goes_there_too(
    streamed: Streamed,
) -> None:
    house = streamed.house
    limit = streamed.server.room
    hook = replace(house.hook(b"ana|1|hello"), headers={"x-signed": "s" * limit})
    await house.accept.take("paper", hook)
    assert await streamed.texts() == ["hello"]


async def test_hooks_with_large_headers_share_messages_that_the_servers_take(streamed: Streamed) -> None:
    house = streamed.house
    part = streamed.server.room // 5
    hooks = [replace(house.hook(f"ana|{n}|{n}".encode()), headers={"x-signed": "s" * part}) for n in range(9)]
    await asyncio.gather(*(house.accept.take("paper", hook) for hook in hooks))
    info = await streamed.server.stream.stream_info(HOOKS)
    assert 3 <= info.state.messages <= 4, "one to begin with, then as many as there is room for"
    assert await streamed.texts() == [], "none had to go straight to the database"
    async with streamed.applying():
        await streamed.until_kept(9)


async def test_nothing_is_kept_in_memory_for_servers_that_are_away(
    streamed: Streamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.journal.stream.PATIENCE", 0.1)
    monkeypatch.setattr(type(streamed.server.client), "is_connected", property(lambda _: False))
    await _take(streamed, "ana|1|hello")
    assert await streamed.texts() == ["hello"]
    monkeypatch.undo()
    await streamed.server.client.flush()
    info = await streamed.server.stream.stream_info(HOOKS)
    assert info.state.messages == 0


async def test_servers_that_do_not_answer_do_not_lose_a_hook(
    streamed: Streamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_answer(*_: Any, **__: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr("inbox.journal.stream.PATIENCE", 0.1)
    monkeypatch.setattr("nats.js.client.JetStreamContext.publish", no_answer)
    await _take(streamed, "ana|1|hello")
    assert await streamed.texts() == ["hello"]


async def test_a_hook_for_which_the_servers_have_less_room_than_when_it_came_does_not_wait_for_ever(
    streamed: Streamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = iter([1_000_000])  # as it was when the hook came; a server with less room answers now
    room = property(lambda _: next(sizes, 100))
    monkeypatch.setattr(type(streamed.server.client), "max_payload", room)
    await asyncio.wait_for(_take(streamed, "ana|1|hello"), 10)
    async with streamed.applying():
        await streamed.until_kept(1)
