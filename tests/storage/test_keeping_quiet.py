"""Thanks for what we began make no work, and everything else does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage.tables import addresses, customers, slack_threads
from tests.storage.keeping import NOON, RULES, WITH_SLACK, Home, consented, said
from tests.storage.touching import touched

QUIET = replace(RULES, is_quiet=lambda text: text in ("thanks", "STOP"))
BEFORE = NOON - timedelta(days=1)


async def greeted(home: Home, when: Any = BEFORE) -> int:
    """A customer of old got a birthday touch; returns the conversation that it stands in."""
    ids = home.database.ids
    customer, address = ids.next(), ids.next()
    async with home.database.writing() as connection:
        await connection.execute(customers.insert().values(id=customer, name="Ana", created_at=when))
        values = {"id": address, "customer_id": customer, "address": "telegram:42", "channel": "telegram"}
        await connection.execute(addresses.insert().values(**values, created_at=when))
    conversation, _, _ = await touched(home.database, customer, address, when)
    return conversation


async def state(home: Home) -> list[tuple[Any, ...]]:
    return await home.rows(
        "SELECT state, resolve_reason, owner_id, waiting_since, unread, last_text, last_direction "
        "FROM conversations ORDER BY id"
    )


async def test_thanks_are_kept_and_shown_and_wake_nobody(home: Home) -> None:
    conversation = await greeted(home)
    kept = await home.keep(said(1, "thanks"), rules=QUIET)
    assert await state(home) == [("resolved", "touch", None, None, 0, "thanks", "in")]
    assert kept.begun == 0
    assert [one.conversation_id for one in kept.fresh] == [conversation], "pages show it"
    assert await home.rows("SELECT text FROM messages ORDER BY id") == [
        ("Happy birthday, Ana!",),
        ("thanks",),
    ]
    assert await home.rows("SELECT kind FROM happenings") == []
    assert await home.rows("SELECT last_in_at IS NOT NULL FROM addresses") in ([(1,)], [(True,)])


async def test_thanks_again_make_no_work_either(home: Home) -> None:
    await greeted(home)
    await home.keep(said(1, "thanks"), rules=QUIET)
    await home.keep(said(2, "thanks"), said(3, "thanks", minutes=1), rules=QUIET)
    assert [row[0] for row in await state(home)] == ["resolved"]


WORK = [
    pytest.param([said(1, "where is my order?")], id="a question"),
    pytest.param([said(1, "thanks"), said(2, "where is it?")], id="thanks and a question"),
    pytest.param([said(1, "thanks", minutes=60 * 24 * 6 + 1)], id="a week later"),
    pytest.param([said(1, "thanks", attachments=["photo"])], id="a photo"),
]


@pytest.mark.parametrize("facts", WORK)
async def test_anything_else_is_work_in_the_same_matter(home: Home, facts: list[Any]) -> None:
    if facts[0].attachments:
        from bots.channel import Attachment

        facts = [replace(facts[0], attachments=(Attachment(kind="image", ref="r"),))]
    await greeted(home)
    await home.keep(*facts, rules=QUIET)
    [row] = await state(home)
    assert row[0] == "open"
    assert row[3] is not None


async def test_thanks_after_a_question_are_part_of_it(home: Home) -> None:
    await greeted(home)
    await home.keep(said(1, "where is my order?"), rules=QUIET)
    await home.keep(said(2, "thanks", minutes=1), rules=QUIET)
    [row] = await state(home)
    assert (row[0], row[4]) == ("open", 2)


async def test_thanks_for_an_answer_of_an_agent_are_as_before(home: Home) -> None:
    conversation = await greeted(home)
    await home.keep(said(1, "where is my order?"), rules=QUIET)
    async with home.database.writing() as connection:
        text = (
            "INSERT INTO messages (id, conversation_id, direction, channel, sent_at, received_at) "
            f"SELECT {home.database.ids.next()}, {conversation}, 'out', 'telegram', last_at, last_at "
            "FROM conversations"
        )
        await connection.exec_driver_sql(text)
        await connection.exec_driver_sql(
            "UPDATE conversations SET state = 'resolved', resolved_at = last_at, waiting_since = NULL"
        )
    await home.keep(said(2, "thanks", minutes=2), rules=QUIET)
    [row] = await state(home)
    assert row[0] == "open"


async def test_a_stop_is_heard_and_makes_no_work(home: Home) -> None:
    await greeted(home)
    await home.keep(said(1, "STOP"), consented("stop", minutes=0), rules=QUIET)
    assert [row[0] for row in await state(home)] == ["resolved"]
    [(stopped,)] = await home.rows("SELECT stopped_at IS NOT NULL FROM addresses")
    assert stopped


async def test_slack_hears_of_thanks_only_where_there_is_a_thread(home: Home) -> None:
    rules = replace(WITH_SLACK, is_quiet=QUIET.is_quiet)
    conversation = await greeted(home)
    await home.keep(said(1, "thanks"), rules=rules)
    assert await home.rows("SELECT lane FROM deliveries") == []
    async with home.database.writing() as connection:
        values = {"workspace": "T", "slack_channel": "C", "root_ts": "1.0", "conversation_id": conversation}
        await connection.execute(slack_threads.insert().values(**values, current=True, posted_at=NOON))
    await home.keep(said(2, "thanks"), rules=rules)
    assert await home.rows("SELECT lane, kind FROM deliveries ORDER BY id") == [
        ("slack", "message"),
        ("slack-cards", "card"),
    ]


async def test_without_the_word_of_the_house_every_reply_is_work(home: Home) -> None:
    await greeted(home)
    await home.keep(said(1, "thanks"))
    assert [row[0] for row in await state(home)] == ["open"]
