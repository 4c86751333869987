"""kill -9 at chosen points between a customer's words, an agent's answer and its mark in Slack."""

import asyncio
import collections
import inspect
import os
import re
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from inbox.desk.slack.marks import MARKS
from tests.road import mortal
from tests.road.processes import PROJECT, python, until
from tests.road.town import Town, town

# In the order of one answer's road; each row ends one life.
POINTS = [
    # the customer's words
    ("storage.keep_sqlite", "SqliteKeeper.keep", "before"),
    ("storage.keep_sqlite", "SqliteKeeper.keep", "after"),
    # their post in Slack
    ("inbox.desk.slack.handing", "Hand.over", "before"),
    ("inbox.desk.slack.putting", "keep_card", "before"),  # the card stands, and we do not know it
    ("storage.slack_posts", "keep_post", "before"),  # the post stands, and we do not know it
    # the agent's answer
    ("inbox.desk.slack.working", "Working.keep", "before"),
    ("inbox.desk.slack.working", "Working.keep", "after"),
    ("inbox.desk.answers", "Answers.reply", "before"),
    ("inbox.desk.answers", "Answers.reply", "after"),
    ("inbox.desk.slack.replies", "Replies.said", "after"),
    ("inbox.desk.slack.working", "Working._mark", "after"),
    # its sending
    ("inbox.outbox", "Outbox._send", "before"),
    ("bots.telegram.channel", "Telegram.send", "after"),
    ("inbox.owing", "Owing.end", "before"),
    ("inbox.owing", "Owing.end", "after"),
    # its mark, and the card
    ("inbox.desk.slack.marks", "Marks._put", "before"),
    ("storage.slack_posts", "marked", "before"),  # the mark stands, and we do not know it
    ("inbox.desk.slack.marks", "Marks._put", "after"),
    ("storage.slack_threads", "shown", "before"),  # the card is edited, and we do not know it
    ("inbox.desk.slack.refreshing", "Cards._shown", "after"),
]
LIVES = len(POINTS)


class Lives:
    """tidings in one life after the other."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def begin(self, *point: str) -> int:
        """Begin a life that ends at *point*, or goes on; returns its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write((" ".join(point) + "\n").encode())
        await self._process.stdin.drain()
        return await self._told("born")

    async def ended(self) -> int:
        """Wait for the life's end; returns its exit code."""
        return await self._told("died")

    async def _told(self, word: str) -> int:
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            line = (await self._process.stdout.readline()).decode().split()
        assert line[:1] == [word], line
        return int(line[1])


@asynccontextmanager
async def lives(place: Town) -> AsyncIterator[Lives]:
    """Be ready to live in *place*."""
    command = python("tests.road.mortal", "--config", str(place.folder / "tidings.toml"), "run", "--no-link")
    env = {**os.environ, **place.env, "PYTHONPATH": str(PROJECT)}
    with (place.folder / "lives.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=place.folder,
            env=env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    made = Lives(process)
    try:
        yield made
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def ending(task: "asyncio.Task[None]") -> AsyncIterator[None]:
    """End *task* with the block."""
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, slack=True) as made:
        yield made


def _rows(place: Town, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{place.folder}/var/tidings.db?mode=ro", uri=True) as connection:
        return connection.execute(sql).fetchall()


async def _threads(place: Town) -> list[tuple[Any, list[Any]]]:
    """List each card in Slack with the posts in its thread."""
    slack = place.slack
    assert slack is not None
    posts = await slack.get(f"posts?channel={place.slack_channel}")
    return [
        (card, [post for post in posts if post.get("thread_ts") == card["ts"] and post["ts"] != card["ts"]])
        for card in posts
        if card.get("thread_ts") in (None, card["ts"])
    ]


async def _ana_answers(place: Town) -> None:
    """Ana answers each customer whom she sees, once."""
    slack = place.slack
    assert slack is not None
    answered: set[str] = set()
    while len(answered) < LIVES:
        for card, thread in await _threads(place):
            where = {"channel": place.slack_channel, "ts": card["ts"]}
            for number in {
                found for post in thread for found in re.findall(r"message (\d+)\.", post["text"])
            }:
                if number not in answered:
                    answered.add(number)
                    await slack.post(f"people/{place.ana}/types", where=where, text=f"answer {number}.")
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(("module", "path"), sorted({(module, path) for module, path, _ in POINTS}))
def test_a_point_is_still_where_its_row_says(module: str, path: str) -> None:
    owner, name = mortal.found(module, path)
    assert inspect.iscoroutinefunction(getattr(owner, name))


@pytest.mark.timeout(240)
async def test_killed_at_any_point_of_an_answer_s_road_it_is_sent_once_or_shown_as_perhaps(
    place: Town,
) -> None:
    answering = asyncio.create_task(_ana_answers(place))
    async with lives(place) as tidings, ending(answering):
        for number, point in enumerate(POINTS):
            await place.telegram.post("say", chat_id=7_000 + number, text=f"message {number}.")
            await tidings.begin(*point)
            try:
                assert await tidings.ended() == -signal.SIGKILL
            except TimeoutError:
                pytest.fail(f"never came to {point}")
        pid = await tidings.begin()
        await asyncio.wait_for(answering, 30)
        await until(lambda: _settled(place), seconds=30)
        await _each_message_is_there_once_and_in_slack_once(place)
        await _each_answer_is_sent_once_or_perhaps(place)
        await _each_mark_is_its_answer_s(place)
        await until(lambda: _each_card_is_its_row(place))
        os.kill(pid, signal.SIGTERM)
        assert await tidings.ended() == 0


async def _settled(place: Town) -> bool:
    """Whether every answer is there and nothing is owed any more."""
    [(owed,)] = _rows(
        place, "SELECT count(*) FROM deliveries WHERE state IN ('queued', 'ready', 'sending', 'asking')"
    )
    [(answers,)] = _rows(place, "SELECT count(*) FROM messages WHERE direction = 'out'")
    return bool(owed == 0 and answers == LIVES)


async def _each_message_is_there_once_and_in_slack_once(place: Town) -> None:
    once = {f"message {number}.": 1 for number in range(LIVES)}
    kept = collections.Counter(
        text for (text,) in _rows(place, "SELECT text FROM messages WHERE direction = 'in'")
    )
    assert kept == once
    shown = collections.Counter(
        found
        for _, thread in await _threads(place)
        for post in thread
        for found in re.findall(r"message \d+\.", post["text"])
    )
    assert shown == once


async def _each_answer_is_sent_once_or_perhaps(place: Town) -> None:
    sent = collections.Counter(one["text"] for one in await place.telegram.get("sent"))
    rows = dict(_rows(place, "SELECT text, status FROM messages WHERE direction = 'out'"))
    assert set(rows) == {f"answer {number}." for number in range(LIVES)}
    assert max(sent.values()) == 1
    for text, status in rows.items():
        assert status in ("sent", "perhaps"), (text, status)
        assert sent[text] == 1 or status == "perhaps", (text, status)


async def _each_mark_is_its_answer_s(place: Town) -> None:
    slack = place.slack
    assert slack is not None
    marks = {
        post["text"]: {one["name"] for one in post.get("reactions", ())}
        for _, thread in await _threads(place)
        for post in thread
        if post["text"].startswith("answer ")
    }
    rows = _rows(place, "SELECT text, status FROM messages WHERE direction = 'out'")
    assert marks == {text: {MARKS[status]} for text, status in rows}
    assert await slack.get("mistakes") == []


async def _each_card_is_its_row(place: Town) -> bool:
    """Whether each conversation has one card, which says its latest revision."""
    told = [card["metadata"]["event_payload"] for card, _ in await _threads(place)]
    cards = collections.Counter((one["conversation"], one["rev"]) for one in told)
    rows = _rows(place, "SELECT id, revision FROM conversations")
    return bool(cards == {(f"cv_{key}", revision): 1 for key, revision in rows})
