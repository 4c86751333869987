"""What a visitor of the web chat may see, on both databases."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from storage import customers, endings, messages, queues
from storage.chat import addresses_of, agent_name, said_with
from storage.database import Database
from storage.endings import Outcome
from storage.queues import OwedRow
from storage.statuses import SENT
from storage.tables import agents, conversations
from tests.storage.keeping import Home, at, said

ME, OTHER = "web:me", "web:other"


@pytest.fixture
async def home(database: Database) -> AsyncIterator[Home]:
    home = Home(database)
    yield home
    await home.keeper.close()


async def place(home: Home, who: str = ME) -> tuple[int, int]:
    """The address and the conversation of a visitor."""
    async with home.database.reading() as connection:
        address = await customers.by_address(connection, who)
        assert address is not None
        which = conversations.select().where(conversations.c.address_id == address.id)
        return address.id, (await connection.execute(which)).one().id


async def answer(home: Home, text: str, direction: str = "out", **more: Any) -> int:
    """Keep an answer that is owed and not handed over."""
    address, conversation = await place(home)
    key = home.database.ids.next()
    values = {
        "id": key,
        "conversation_id": conversation,
        "direction": direction,
        "channel": "webchat",
        "external_id": f"reply:{key}",
        "address_id": address,
        "text": text,
        "sent_at": at(5),
        "received_at": at(5),
    }
    owed = OwedRow(
        lane="webchat",
        kind="message",
        conversation_id=conversation,
        message_id=key,
        key=f"out:{key}",
        due_at=at(5),
    )
    async with home.database.writing() as connection:
        await messages.add(connection, values | more)
        if direction == "out":
            await queues.owe(connection, home.database.ids, [owed], at(5))
    return key


async def hand_over(home: Home) -> None:
    async with home.database.writing() as connection:
        claimed = await queues.claim(connection, "webchat", at(6), 10)
    outcomes = [Outcome(id=one.id, state=SENT, external_id=f"me:{one.key}") for one in claimed]
    async with home.database.writing() as connection:
        await endings.end(connection, outcomes, at(6))


async def texts(home: Home, who: str = ME, **more: Any) -> list[str]:
    async with home.database.reading() as connection:
        return [one.text for one in await said_with(connection, "webchat", who, **more)]


async def test_a_visitor_sees_their_own_words_and_answers_that_were_handed_over(home: Home) -> None:
    await home.keep(
        said(1, "Mine", who=ME, channel="webchat"), said(1, "Theirs", who=OTHER, channel="webchat")
    )
    key = await answer(home, "An answer")
    await answer(home, "Only we read this", direction="note")
    assert await texts(home) == ["Mine"]
    await hand_over(home)
    assert await texts(home) == ["Mine", "An answer"]
    assert await texts(home, OTHER) == ["Theirs"]
    assert await texts(home, "web:nobody") == []
    async with home.database.reading() as connection:
        mine, ours = await said_with(connection, "webchat", ME)
    assert (mine.mine, mine.keys, ours.mine, ours.keys) == (True, (), False, (f"out:{key}",))
    assert ours.agent_name == ""


async def test_what_was_taken_back_shows_no_words(home: Home) -> None:
    await home.keep(said(1, "Hello", who=ME, channel="webchat"))
    key = await answer(home, "A mistake")
    await hand_over(home)
    async with home.database.writing() as connection:
        await messages.change(connection, key, deleted_at=at(7))
    async with home.database.reading() as connection:
        gone = (await said_with(connection, "webchat", ME))[-1]
    assert (gone.text, gone.deleted_at) == ("", at(7))


async def test_the_last_unread_words_are_not_seen_yet(home: Home) -> None:
    await home.keep(*(said(number, who=ME, channel="webchat") for number in range(4)))
    _, conversation = await place(home)
    async with home.database.writing() as connection:
        which = conversations.update().where(conversations.c.id == conversation)
        await connection.execute(which.values(unread=1))
    async with home.database.reading() as connection:
        assert [one.seen for one in await said_with(connection, "webchat", ME)] == [True, True, True, False]


async def test_pages_go_back_from_a_key_and_forward_from_one(home: Home) -> None:
    await home.keep(*(said(number, str(number), who=ME, channel="webchat") for number in range(6)))
    async with home.database.reading() as connection:
        keys = [one.id for one in await said_with(connection, "webchat", ME)]
    assert await texts(home, limit=2) == ["4", "5"]
    assert await texts(home, limit=2, before=keys[4]) == ["2", "3"]
    assert await texts(home, limit=2, after=keys[1]) == ["2", "3"]


async def test_a_conversation_names_its_visitors_and_an_agent_their_name(home: Home) -> None:
    await home.keep(said(1, who=ME, channel="webchat"), said(1, who="telegram:9"))
    _, conversation = await place(home)
    values = {"id": 7, "key": "ines", "name": "Inés", "teams": [], "created_at": at(0)}
    async with home.database.writing() as connection:
        await connection.execute(agents.insert().values(**values))
    async with home.database.reading() as connection:
        assert await addresses_of(connection, "webchat", conversation) == [ME]
        assert await addresses_of(connection, "webchat", 1) == []
        assert await agent_name(connection, 7) == "Inés"
        assert await agent_name(connection, 8) == ""
