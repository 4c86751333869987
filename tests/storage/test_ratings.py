"""A rating that we asked for is kept once, starts what ratings start, and is nobody's work."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bots.channel import Attachment
from routing.rating import rating_of
from storage import ratings, touch_candidates
from storage.tables import conversations, slack_threads
from tests.storage.keeping import NOON, RULES, WITH_SLACK, Home, said

ASKING = replace(RULES, rating_of=rating_of, is_quiet=lambda text: text == "thanks")
SHOWN = replace(WITH_SLACK, rating_of=rating_of)
DAY = 24 * 60


async def asked(home: Home, minutes: float = 1) -> int:
    """A customer wrote, and was asked how it was when that was resolved; returns the conversation."""
    await home.keep(said(1, "where is it?"), rules=ASKING)
    [(conversation, customer)] = await home.rows("SELECT id, customer_id FROM conversations")
    now = NOON + timedelta(minutes=minutes)
    agent = home.database.ids.next()
    async with home.database.writing() as connection:
        await connection.exec_driver_sql(
            f"INSERT INTO agents (id, key, name, teams, created_at) VALUES ({agent}, 'ana', 'Ana', '[]', 1)"
        )
        over = {
            "state": "resolved",
            "resolved_at": now,
            "waiting_since": None,
            "unread": 0,
            "owner_id": agent,
        }
        which = conversations.update().where(conversations.c.id == conversation)
        await connection.execute(which.values(**over))
        await ratings.ask(
            connection, conversation_id=conversation, customer_id=customer, agent_id=agent, message_id=7,
            now=now,
        )  # fmt: skip
    return int(conversation)


async def state(home: Home) -> list[Any]:
    return await home.rows("SELECT state, waiting_since IS NULL, unread FROM conversations ORDER BY id")


async def kept(home: Home, conversation: int) -> tuple[int | None, str]:
    async with home.database.reading() as connection:
        row = await ratings.of(connection, conversation)
    assert row is not None
    return row.rating, row.words


QUIET = {
    "a number": ([said(2, "4", minutes=5)], (4, "")),
    "stars": ([said(2, "⭐⭐⭐⭐⭐", minutes=5)], (5, "")),
    "with words": ([said(2, "2, it took a week", minutes=5)], (2, "it took a week")),
    "and thanks": ([said(2, "5", minutes=5), said(3, "thanks", minutes=5)], (5, "")),
    "on the seventh day": ([said(2, "1", minutes=7 * DAY)], (1, "")),
}


@pytest.mark.parametrize(("facts", "rating"), QUIET.values(), ids=QUIET)
async def test_a_rating_is_kept_and_the_matter_stays_over(
    home: Home, facts: list[Any], rating: tuple[int, str]
) -> None:
    conversation = await asked(home)
    result = await home.keep(*facts, rules=ASKING)
    assert await kept(home, conversation) == rating
    assert [tuple(map(int, row[1:])) for row in await state(home)] == [(1, 0)]
    assert (await state(home))[0][0] == "resolved"
    assert result.begun == 0
    assert await home.rows("SELECT kind, agent_id FROM happenings WHERE kind = 'rated'") == [("rated", None)]


LOUD = {
    "a question beside it": ([said(2, "4. Where is the other?", minutes=5)], 4),
    "a question after it": ([said(2, "4", minutes=5), said(3, "where is it?", minutes=5)], 4),
    "a number that counts": ([said(2, "2 of them are missing", minutes=5)], None),
    "other words": ([said(2, "it was fine", minutes=5)], None),
    "a file": ([said(2, "5", minutes=5, attachments=(Attachment(kind="image", ref="r"),))], None),
    "the eighth day": ([said(2, "5", minutes=8 * DAY)], None),
}


@pytest.mark.parametrize(("facts", "rating"), LOUD.values(), ids=LOUD)
async def test_whatever_may_want_an_answer_is_work(home: Home, facts: list[Any], rating: int | None) -> None:
    conversation = await asked(home)
    await home.keep(*facts, rules=ASKING)
    assert (await kept(home, conversation))[0] == rating
    assert (await state(home))[-1][0] == "open"


async def test_a_number_is_only_words_where_nobody_asked_or_it_was_answered(home: Home) -> None:
    conversation = await asked(home)
    await home.keep(said(2, "4", minutes=5), rules=ASKING)
    await home.keep(said(2, "4", minutes=5), rules=ASKING)
    assert (await state(home))[0][0] == "resolved", "the same call again"
    await home.keep(said(3, "1", minutes=6), rules=ASKING)
    assert await kept(home, conversation) == (4, "")
    assert (await state(home))[0][0] == "open"
    assert await home.rows("SELECT count(*) FROM customer_events") == [(1,)]


async def test_a_rating_begins_what_ratings_of_the_shop_begin(home: Home) -> None:
    await asked(home)
    await home.keep(said(2, "5", minutes=5), rules=ASKING)
    async with home.database.reading() as connection:
        found = await touch_candidates.rated(connection, NOON, NOON + timedelta(hours=1), (), 10, 4)
    assert [one.anchor_at for one in found] == [NOON + timedelta(minutes=5)]


async def test_slack_is_told_behind_the_words_where_there_is_a_thread(home: Home) -> None:
    conversation = await asked(home)
    await home.keep(said(2, "5", minutes=5), rules=SHOWN)
    assert await home.rows("SELECT kind FROM deliveries") == []
    conversation = (await home.rows("SELECT id FROM conversations"))[0][0]
    async with home.database.writing() as connection:
        values = {"workspace": "T", "slack_channel": "C", "root_ts": "1.0", "conversation_id": conversation}
        await connection.execute(slack_threads.insert().values(**values, current=True, posted_at=NOON))
        await connection.exec_driver_sql("UPDATE ratings SET answered_at = NULL")
    await home.keep(said(3, "4", minutes=6), rules=SHOWN)
    rows = await home.rows("SELECT kind FROM deliveries WHERE lane = 'slack' ORDER BY id")
    assert rows == [("message",), ("happened",)]
    [(line, words)] = await home.rows("SELECT max(h.id), max(m.id) FROM happenings h, messages m")
    assert line > words, "the line stands under the words"


async def test_the_ratings_of_an_agent_are_counted(home: Home) -> None:
    await asked(home)
    await home.keep(said(2, "4", minutes=5), rules=ASKING)
    async with home.database.reading() as connection:
        [tally] = (await ratings.tallies(connection, NOON, NOON + timedelta(days=1))).values()
        none = await ratings.tallies(connection, NOON, NOON + timedelta(days=1), [1])
    assert (tally.asked, tally.given, tally.mean) == (1, 1, 4.0)
    assert none == {}
