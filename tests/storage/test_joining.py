"""Who asks by a word of their own gets marketing; nothing older and no start allows it."""

from dataclasses import replace
from typing import Any

import pytest

from storage import consents, touch_candidates
from storage.batch import Consented
from storage.keeping_quiet import JOINED
from tests.storage.keeping import NOON, WITH_SLACK, Home, at, said

WHO = "tel:+34600123456"


def word(number: int, what: str, minutes: float = 0) -> Consented:
    return Consented(
        channel="telegram",
        address=WHO,
        external_id=f"c{number}",
        word=what,
        source="texted",
        at=at(minutes),
        wording=what.upper(),
    )


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ([word(1, "join")], True),
        ([word(1, "start")], None),
        ([word(1, "join", 1), word(2, "stop", 2)], False),
        ([word(1, "stop", 1), word(2, "join", 2)], True),
        ([word(1, "join", 2), word(2, "stop", 3), word(1, "join", 9)], False),
        ([word(1, "stop", 2), word(2, "join", 1)], False),
        ([word(1, "stop", 1), word(2, "join", 1)], False),
    ],
    ids=["join", "start", "stop after", "stop before", "again", "late", "at once"],
)
async def test_a_join_allows_marketing(home: Home, words: list[Consented], allowed: bool | None) -> None:
    await home.keep(said(1, who=WHO), *words)
    async with home.database.reading() as connection:
        [(customer, address)] = await home.rows("SELECT customer_id, id FROM addresses")
        held = await consents.allowed(connection, customer)
        lines = await consents.of_customer(connection, customer)
    assert held.get((address, "marketing")) is allowed
    assert {one.wording for one in lines if one.word == "join"} <= {"JOIN"}
    assert {one.subject for one in lines if one.word == "join"} <= {"marketing"}


def joins(number: int, minutes: float = 0) -> tuple[Any, Consented]:
    """A text that joins, as a channel tells it: the message, and what it means."""
    return (
        said(number, "JOIN", who=WHO, minutes=minutes),
        replace(word(number, "join", minutes), external_id=f"{WHO}:{number}"),
    )


async def state(home: Home) -> list[tuple[Any, ...]]:
    return await home.rows("SELECT state, resolve_reason, unread, last_text FROM conversations ORDER BY id")


async def owed(home: Home) -> list[str]:
    return [row[0] for row in await home.rows("SELECT kind FROM deliveries WHERE lane LIKE 'slack%'")]


async def test_a_stranger_who_joins_makes_no_work(home: Home) -> None:
    kept = await home.keep(*joins(1), rules=WITH_SLACK)
    assert await state(home) == [("resolved", JOINED, 0, "JOIN")]
    assert (kept.joined, kept.begun) == (1, 0)
    assert await owed(home) == []
    assert await home.rows("SELECT kind FROM happenings") == []


async def test_what_goes_on_waits_for_nobody_because_they_join(home: Home) -> None:
    await home.keep(said(1, "where is it?", who=WHO), rules=WITH_SLACK)
    await home.keep(*joins(2, 5), rules=WITH_SLACK)
    assert await state(home) == [("open", "", 1, "JOIN")]
    [(since,)] = await home.rows("SELECT waiting_since FROM conversations")
    assert since == int(NOON.timestamp() * 1_000_000), "since the question"


async def test_who_joins_and_asks_something_is_answered_by_an_agent(home: Home) -> None:
    await home.keep(*joins(1), said(2, "and where is my order?", who=WHO, minutes=1), rules=WITH_SLACK)
    assert [row[0] for row in await state(home)] == ["open"]
    assert "message" in await owed(home)


async def test_what_they_ask_later_is_work_again(home: Home) -> None:
    await home.keep(*joins(1), rules=WITH_SLACK)
    await home.keep(said(2, "hello?", who=WHO, minutes=60), rules=WITH_SLACK)
    assert [row[0] for row in await state(home)] == ["open"]


async def test_a_join_is_no_conversation_to_follow_up(home: Home) -> None:
    await home.keep(*joins(1), rules=WITH_SLACK)
    async with home.database.reading() as connection:
        assert await touch_candidates.closed(connection, at(-60), at(60), (), 10) == []
