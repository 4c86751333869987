"""kill -9 in the middle of 2,000 messages: each is there once, each answer sent once or shown as perhaps."""

import asyncio
import collections
import random
import re
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.road.processes import until
from tests.road.town import Town, town

MESSAGES = 2_000
CUSTOMERS = 100
ANSWERS = 60
KILLS_AFTER = (300, 900, 1_500)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, slack=True) as made:
        yield made


def _rows(place: Town, sql: str) -> list[tuple[Any, ...]]:
    """Ask the database file from outside, as a stranger."""
    with sqlite3.connect(f"file:{place.folder}/var/tidings.db?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


def _kept(place: Town) -> int:
    try:
        return int(_rows(place, "SELECT count(*) FROM messages WHERE direction = 'in'")[0][0])
    except sqlite3.OperationalError:
        return 0


async def _everybody_writes(place: Town) -> None:
    """Customers write, whether we are there or not."""
    for number in range(MESSAGES):
        await place.telegram.post("say", chat_id=7_000 + number % CUSTOMERS, text=f"message {number}.")


async def _ana_answers(place: Town, typed: list[str]) -> None:
    """Ana answers the first posts that she sees, each once."""
    slack = place.slack
    assert slack is not None
    answered: set[str] = set()
    while len(typed) < ANSWERS:
        for card in await slack.get(f"posts?channel={place.slack_channel}"):
            if card["ts"] in answered or len(typed) >= ANSWERS:
                continue
            answered.add(card["ts"])
            text = f"answer {len(typed)}."
            typed.append(text)
            where = {"channel": place.slack_channel, "ts": card["ts"]}
            await slack.post(f"people/{place.ana}/types", where=where, text=text)
        await asyncio.sleep(0.05)


async def _kill_at(place: Town, count: int) -> None:
    """Run tidings until it has kept *count* messages, and a little longer; then kill it."""
    async with place.tidings() as program:

        async def far_enough() -> bool:
            return _kept(place) >= count

        await until(far_enough, seconds=60)
        await asyncio.sleep(random.uniform(0, 0.2))
        await program.end(signal.SIGKILL)


@pytest.mark.timeout(240)
async def test_nothing_is_lost_and_nothing_doubled_over_three_kills(place: Town) -> None:
    typed: list[str] = []
    writing = asyncio.create_task(_everybody_writes(place))
    answering = asyncio.create_task(_ana_answers(place, typed))
    for count in KILLS_AFTER:
        await _kill_at(place, count)
    async with place.tidings() as program:
        await writing
        await answering
        await until(lambda: _settled(place, typed), seconds=90)
        await _each_message_is_there_once(place)
        await _each_answer_is_sent_once_or_perhaps(place, typed)
        await _each_message_stands_in_slack_once(place)
        assert await program.end() == 0


async def _settled(place: Town, typed: list[str]) -> bool:
    """Whether all is kept and nothing is owed any more."""
    [(owed,)] = _rows(
        place, "SELECT count(*) FROM deliveries WHERE state IN ('queued', 'ready', 'sending', 'asking')"
    )
    answers = _rows(place, "SELECT count(*) FROM messages WHERE direction = 'out'")[0][0]
    return _kept(place) == MESSAGES and owed == 0 and answers == len(typed)


async def _each_message_is_there_once(place: Town) -> None:
    texts = collections.Counter(
        text for (text,) in _rows(place, "SELECT text FROM messages WHERE direction = 'in'")
    )
    assert texts == {f"message {number}.": 1 for number in range(MESSAGES)}
    unordered = _rows(
        place,
        """SELECT 1 FROM messages a JOIN messages b ON a.conversation_id = b.conversation_id AND a.id < b.id
           WHERE a.direction = 'in' AND b.direction = 'in'
             AND CAST(substr(a.external_id, 6) AS INTEGER) > CAST(substr(b.external_id, 6) AS INTEGER)""",
    )
    assert unordered == [], "each conversation is in the provider's order"


async def _each_answer_is_sent_once_or_perhaps(place: Town, typed: list[str]) -> None:
    sent = collections.Counter(one["text"] for one in await place.telegram.get("sent"))
    perhaps = {text for (text,) in _rows(place, "SELECT text FROM messages WHERE status = 'perhaps'")}
    for text in typed:
        assert sent[text] == 1 or (sent[text] == 0 and text in perhaps), (text, sent[text])
    assert all(count == 1 for count in sent.values()), sent


async def _each_message_stands_in_slack_once(place: Town) -> None:
    slack = place.slack
    assert slack is not None
    shown: collections.Counter[str] = collections.Counter()
    for card in await slack.get(f"posts?channel={place.slack_channel}"):
        posts = await slack.get(f"posts?channel={place.slack_channel}&thread_ts={card['ts']}")
        for post in posts:
            if post["ts"] != card["ts"]:
                shown.update(re.findall(r"message \d+\.", post["text"]))
    missing = [number for number in range(MESSAGES) if shown[f"message {number}."] != 1]
    assert missing == [], {number: shown[f"message {number}."] for number in missing[:5]}
    assert await slack.get("mistakes") == []
