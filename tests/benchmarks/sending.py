"""One outbox alone in its process: it is owed replies, sends them all, and says what that took."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr
from sqlalchemy import insert

from bots.channel import Attachment, Channel, Hook, MessageOut, Reading, Sent
from bots.http.channel import HttpChannel
from bots.http.settings import Settings as HttpSettings
from bots.telegram.channel import Telegram
from bots.telegram.settings import Settings as TelegramSettings
from inbox.live import Live
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.outbox import Outbox
from inbox.owing import Owing
from storage import migrate, queues
from storage.database import Connection, Database
from storage.tables import addresses, agents, conversations, customers, deliveries, messages

LANE = "paper"
UNLIMITED = 1e9
SECRET = SecretStr("whsec_" + "A" * 44)


class Nowhere(Channel):
    """Takes everything at once, in this process: what is left is our own share."""

    def __init__(self) -> None:
        """Take nothing yet."""
        self.spec = replace(HttpChannel(_http(""), LANE).spec, rate=UNLIMITED, rate_per_address=None)
        self.taken: list[str] = []

    async def send(self, message: MessageOut) -> Sent:
        """Take one."""
        self.taken.append(message.text)
        await asyncio.sleep(0)
        return Sent(external_id=str(len(self.taken)))

    def read(self, hook: Hook) -> Reading:
        """Hear nothing."""
        return Reading(events=())

    def check(self, hook: Hook) -> None:
        """Hear nothing."""
        return

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Have no files."""
        raise NotImplementedError

    async def who(self) -> str:
        """Be nobody."""
        return "nobody"


class Counted(Database):
    """Counts its transactions."""

    reads = writes = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Count, and read."""
        self.reads += 1
        async with super().reading() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """Count, and write."""
        self.writes += 1
        async with super().writing() as connection:
            yield connection


def _http(url: str) -> HttpSettings:
    return HttpSettings(secret=SECRET, url=url or "http://127.0.0.1:9/post", rate=10_000)


def channel(kind: str, port: int) -> Channel:
    """Make the channel that is measured, without a limit of its own."""
    if kind == "nowhere":
        return Nowhere()
    if kind == "http":
        return HttpChannel(_http(f"http://127.0.0.1:{port}/post"), LANE)
    made = Telegram(TelegramSettings(token=SecretStr("1:bench"), api_url=f"http://127.0.0.1:{port}"), LANE)
    made.spec = replace(made.spec, rate=UNLIMITED, rate_per_address=None)
    return made


async def owe(database: Database, people: int, each: int, scheme: str) -> None:
    """Owe *each* replies to each of *people*, one after another in their conversation."""
    now, keys = datetime.now(UTC), count(1)
    everybody = range(1, people + 1)

    def queued(table: Any) -> Iterator[dict[str, Any]]:
        for number in range(1, each + 1):
            for who in everybody:
                key = next(keys)
                if table is messages:
                    yield _message(key, who, number, now)
                else:
                    yield _delivery(key, who, number, now)

    async with database.writing() as connection:
        agent = {"role": "agent", "teams": ["care"], "zone": "UTC", "created_at": now}
        await connection.execute(insert(agents), [{"id": 1, "key": "a", "name": "A", **agent}])
        await connection.execute(insert(customers), [{"id": n, "created_at": now} for n in everybody])
        way = {"channel": LANE, "created_at": now}
        ways = [{"id": n, "customer_id": n, "address": f"{scheme}:{n}", **way} for n in everybody]
        await connection.execute(insert(addresses), ways)
        talk = {"channel": LANE, "team": "care", "state": "open", "opened_at": now, "last_at": now}
        talks = [{"id": n, "customer_id": n, "address_id": n, **talk} for n in everybody]
        await connection.execute(insert(conversations), talks)
        await connection.execute(insert(messages), list(queued(messages)))
        keys = count(1)
        await connection.execute(insert(deliveries), list(queued(deliveries)))
        await queues.promote(connection, [(LANE, who) for who in everybody])
        if database.dialect == "postgresql":  # which does so by itself, a minute later
            await connection.exec_driver_sql("ANALYZE")


def _message(key: int, who: int, number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "conversation_id": who,
        "direction": "out",
        "channel": LANE,
        "external_id": f"ours:{key}",
        "address_id": who,
        "agent_id": 1,
        "text": f"{who} {number}",
        "status": "queued",
        "sent_at": now,
        "received_at": now,
    }


def _delivery(key: int, who: int, number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "lane": LANE,
        "kind": "message",
        "conversation_id": who,
        "message_id": key,
        "key": f"key {key}",
        "text": f"{who} {number}",
        "state": "queued",
        "owed_at": now,
        "due_at": now,
    }


async def send(options: argparse.Namespace) -> dict[str, Any]:
    """Fill, send all, and say how long it took, how much of a core, and how many transactions."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder:
        database = Counted(options.url or f"sqlite:///{folder}/tidings.db")
        await database.open()
        await migrate.upgrade(database)
        scheme = "telegram" if options.channel == "telegram" else "http"
        await owe(database, options.people, options.each, scheme)
        one = channel(options.channel, options.port)
        nudges = Nudges()
        owing = Owing(
            database=database,
            live=Live(),
            nudges=nudges,
            media=MediaStore(Path(folder) / "media", "secret"),
            public_url="https://inbox.example",
            slack=options.slack,
            channels={LANE: one},
        )
        outbox = Outbox(
            lane=LANE,
            channel=one,
            owing=owing,
            nudges=nudges,
            metrics=Metrics(),
            clock=lambda: datetime.now(UTC),
        )
        database.reads = database.writes = 0
        began, cpu = time.perf_counter(), time.process_time()
        await outbox.drain()
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        said: dict[str, Any] = {
            "seconds": took,
            "cpu": cpu,
            "reads": database.reads,
            "writes": database.writes,
        }
        said["owed"] = await _not_sent(database)
        said["taken"] = one.taken if isinstance(one, Nowhere) else []
        await outbox.stop()
        await one.stop()
        await database.close()
    return said


async def _not_sent(database: Database) -> int:
    """Count the deliveries and the messages that do not say they were sent."""
    missing = 0
    async with database.reading() as connection:
        for question in (
            f"SELECT count(*) FROM deliveries WHERE lane = '{LANE}' AND (state <> 'sent' OR tries <> 1)",
            "SELECT count(*) FROM messages WHERE status <> 'sent'",
        ):
            missing += (await connection.exec_driver_sql(question)).scalar_one()
    return missing


def main() -> None:
    """Read the options, send, and print what that took as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channel", choices=["nowhere", "http", "telegram"], default="nowhere")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--url", default="")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--slack", action="store_true")
    sys.stdout.write(json.dumps(asyncio.run(send(parser.parse_args()))))


if __name__ == "__main__":
    main()
