"""Old conversations lose their words and files in their order, each once; what is of today stays."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from storage import indexing, retention
from storage.database import Database
from storage.retention import What
from storage.tables import agents, attachments, conversations, messages, pins
from tests.storage.keeping import NOON
from tests.storage.test_erasing import RUI, _everything, _person, _put

DAY = timedelta(days=1)
PEOPLE = (1, 2, 3)


@pytest.fixture
async def three(database: Database) -> Database:
    """Three customers, each with a conversation; it was resolved one, two and three days ago."""
    await _put(database, agents, id=9, key="a", name="A", teams=[], created_at=NOON)
    for key in PEOPLE:
        await _person(database, key, f"word{key}word")
        async with database.writing() as connection:
            which = update(conversations).where(conversations.c.id == key * 10)
            await connection.execute(which.values(resolved_at=NOON - key * DAY))
    return database


async def turn(database: Database, what: What, days: float, limit: int = 20) -> list[int]:
    """Do one page as housekeeping does."""
    async with database.writing() as connection:
        page = await retention.old(connection, what, NOON - days * DAY, limit)
        if page is None:
            return []
        if what == "words":
            await retention.forget_words(connection, page.keys, NOON)
        else:
            await retention.forget_files(connection, page.keys)
        await retention.reached(connection, what, page)
    return list(page.keys)


@pytest.mark.parametrize("what", ["words", "files"])
async def test_the_oldest_go_first_a_page_at_a_time_and_none_twice(three: Database, what: What) -> None:
    assert await turn(three, what, 4) == []
    assert await turn(three, what, 1.5, limit=1) == [30]
    assert await turn(three, what, 1.5, limit=1) == [20]
    assert await turn(three, what, 1.5) == []
    assert await turn(three, what, 0.5) == [10], "fewer days reach further"


async def test_the_words_go_and_what_became_of_them_stays(three: Database) -> None:
    async with three.writing() as connection:
        await indexing.read_all(connection)
    await turn(three, "words", 2.5)
    async with three.writing() as connection:
        await indexing.read_all(connection)
    after = await _everything(three)
    holding = {name for name, rows in after.items() if "word3word" in rows and not name.endswith("_data")}
    assert not holding & {"happenings", "drafts", "words_said_content"}
    assert {"customers", "orders", "promises"} <= holding, "who they are and what we owe them stays"
    for key in (1, 2):
        assert f"word{key}word" in after["messages"]
    async with three.reading() as connection:
        which = select(messages).where(messages.c.conversation_id == 30).order_by(messages.c.id)
        rows = (await connection.execute(which)).all()
        last = select(conversations.c.last_text).where(conversations.c.id == 30)
        assert (await connection.execute(last)).scalar_one() == ""
    assert {(row.text, row.subject, row.text_before, row.hook_id) for row in rows} == {("", "", "", None)}
    assert [(row.direction, row.sent_at, row.external_id) for row in rows] == [
        (direction, NOON, f"word3word3{direction}") for direction in ("in", "out", "note")
    ], "the same hook again is still the same message"


async def test_a_pinned_note_stays(three: Database) -> None:
    async with three.writing() as connection:
        await connection.execute(insert(pins).values(message_id=32, customer_id=RUI, agent_id=9, at=NOON))
    await turn(three, "words", 2.5)
    async with three.reading() as connection:
        told = select(messages.c.text).where(messages.c.conversation_id == 30).order_by(messages.c.id)
        assert list((await connection.execute(told)).scalars()) == ["", "", "word3word"]


async def test_a_conversation_that_was_resolved_again_goes_again(three: Database) -> None:
    assert await turn(three, "words", 2.5) == [30]
    async with three.writing() as connection:
        again = update(conversations).where(conversations.c.id == 30).values(resolved_at=NOON - DAY)
        await connection.execute(again)
    assert await turn(three, "words", 0.5) == [20, 10, 30]


async def test_files_are_named_and_then_written_off_with_the_reason(three: Database) -> None:
    async with three.reading() as connection:
        assert await retention.files(connection, [30]) == ["aa/word3word3"]
    await turn(three, "files", 2.5)
    async with three.reading() as connection:
        row = (await connection.execute(select(attachments).where(attachments.c.message_id == 30))).one()
        assert (row.state, row.reason, row.path, row.name) == ("refused", retention.REASON, "", "")
        assert await retention.files(connection, [10, 20]) == ["aa/word1word1", "aa/word2word2"]
