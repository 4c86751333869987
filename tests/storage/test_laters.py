"""What is to be said later is found when it is due or overtaken, and ends once, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from storage import begun, laters, saved_replies, tags
from storage.database import Database
from storage.tables import addresses, agents, conversations, customers
from tests.storage.keeping import NOON

MIN = timedelta(minutes=1)
ANA, MARIA, TALK, PLACE = 1, 10, 100, 20


@pytest.fixture
async def rows(database: Database) -> Database:
    async with database.writing() as connection:
        who = {"key": "ana", "name": "Ana", "teams": [], "created_at": NOON}
        await connection.execute(insert(agents).values(id=ANA, **who))
        await connection.execute(insert(customers).values(id=MARIA, name="Maria", created_at=NOON))
        place = {"customer_id": MARIA, "address": "x:1", "channel": "m", "created_at": NOON}
        await connection.execute(insert(addresses).values(id=PLACE, last_in_at=NOON, **place))
        talk = {"customer_id": MARIA, "address_id": PLACE, "channel": "m", "team": "care", "state": "open"}
        await connection.execute(insert(conversations).values(id=TALK, opened_at=NOON, last_at=NOON, **talk))
    return database


async def make(database: Database, **values: Any) -> int:
    row = {
        "conversation_id": TALK, "address_id": PLACE, "agent_id": ANA, "text": "hello", "files": None,
        "at": NOON + 5 * MIN, "if_they_write": "stop", "made_at": NOON, **values,
    }  # fmt: skip
    async with database.writing() as connection:
        return await laters.make(connection, database.ids, row)


async def test_it_is_found_by_key_in_its_conversation_and_when_due(rows: Database) -> None:
    late = await make(rows, at=NOON + 9 * MIN)
    soon = await make(rows, key="g", files=[{"path": "aa/b", "name": "a.pdf"}])
    await make(rows, state="cancelled")
    async with rows.reading() as connection:
        found = await laters.by_key(connection, "g")
        assert found is not None
        assert (found.id, found.state, found.files) == (soon, "waiting", [{"path": "aa/b", "name": "a.pdf"}])
        assert [one.id for one in await laters.waiting_in(connection, TALK)] == [soon, late]
        assert await laters.due(connection, NOON + 4 * MIN, 9) == []
        assert [one.id for one in await laters.due(connection, NOON + 5 * MIN, 9)] == [soon]
        assert await laters.next_due(connection) == NOON + 5 * MIN


async def test_it_is_overtaken_once_the_customer_writes_anywhere(rows: Database) -> None:
    stops, goes = await make(rows), await make(rows, if_they_write="send")
    async with rows.writing() as connection:
        assert await laters.overtaken(connection, 9) == []
        place = {"customer_id": MARIA, "address": "x:2", "channel": "n", "created_at": NOON}
        await connection.execute(insert(addresses).values(id=21, last_in_at=NOON + MIN, **place))
        assert [one.id for one in await laters.overtaken(connection, 9)] == [stops]
        row = await laters.one(connection, goes)
        assert row is not None
        assert await laters.has_written(connection, row)


async def test_only_one_change_ends_it(rows: Database) -> None:
    key = await make(rows)
    async with rows.writing() as connection:
        assert await laters.change(connection, key, state="sent", ended_at=NOON)
        assert not await laters.change(connection, key, state="cancelled")
        await laters.became(connection, key, 7)
        await laters.refuse(connection, key, "too late to refuse")
        row = await laters.one(connection, key)
    assert row is not None
    assert (row.state, row.message_id) == ("sent", 7)


async def test_what_is_forgotten_is_never_sent_and_says_nothing(rows: Database) -> None:
    key = await make(rows, files=[{"path": "aa/b"}])
    async with rows.writing() as connection:
        assert await laters.paths(connection, [TALK]) == ["aa/b"]
        await laters.forget(connection, [TALK], NOON)
        row = await laters.one(connection, key)
    assert row is not None
    assert (row.state, row.text, row.files) == ("cancelled", "", None)


async def test_tags_are_kept_whether_or_not_anything_was_decided(rows: Database) -> None:
    async with rows.writing() as connection:
        assert await tags.of(connection, TALK) == []
        await tags.write(connection, TALK, ["a"], NOON)
        await tags.write(connection, TALK, ["a", "b"], NOON)
        assert await tags.of(connection, TALK) == ["a", "b"]


async def test_words_kept_at_the_desk_stand_by_title_until_they_are_given_up(rows: Database) -> None:
    row = {"texts": {"en": "x"}, "then": {}, "teams": None, "made_by": ANA, "made_at": NOON}
    async with rows.writing() as connection:
        for title in ("B", "A"):
            await saved_replies.keep(connection, rows.ids, {**row, "key": title.lower(), "title": title})
        assert [one.title for one in await saved_replies.in_use(connection)] == ["A", "B"]
        await saved_replies.end(connection, "a", NOON)
        assert [one.title for one in await saved_replies.in_use(connection)] == ["B"]
        ended = await saved_replies.by_key(connection, "a")
    assert ended is not None
    assert ended.ended_at == NOON


async def test_a_conversation_begins_behind_the_last_and_never_beside_another(rows: Database) -> None:
    values = {"customer_id": MARIA, "address_id": PLACE, "channel": "m", "team": "care", "owner_id": ANA}
    async with rows.writing() as connection:
        assert await begun.conversation(connection, rows.ids, values, NOON) is None
        over = update(conversations).where(conversations.c.id == TALK)
        await connection.execute(over.values(state="resolved"))
        key = await begun.conversation(connection, rows.ids, values, NOON)
        assert key is not None
        made = (await connection.execute(conversations.select().where(conversations.c.id == key))).one()
    assert (made.previous_id, made.state, made.waiting_since) == (TALK, "open", None)
