"""Short ways to say what a batch holds, for the tests of keeping."""

from datetime import UTC, datetime, timedelta
from typing import Any

from storage import endings, messages, queues
from storage.batch import Aside, Batch, Changed, Consented, Heard, Journalled, Kept, Rules, Said
from storage.database import Database
from storage.endings import Outcome
from storage.keep_postgres import PostgresKeeper
from storage.keep_sqlite import SqliteKeeper
from storage.queues import OwedRow
from storage.statuses import SENT

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RULES = Rules(team="support", reopen_within=timedelta(hours=72), slack=False)
WITH_SLACK = Rules(team="support", reopen_within=timedelta(hours=72), slack=True)


def at(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def said(number: int, text: str = "", *, who: str = "telegram:42", minutes: float = 0, **more: Any) -> Said:
    """Message *number* of a customer."""
    values = {
        "hook_id": 1,
        "channel": "telegram",
        "address": who,
        "external_id": f"{who}:{number}",
        "text": text or f"message {number}",
        "sent_at": at(minutes),
        "received_at": at(minutes),
        **more,
    }
    return Said(**values)


def changed(
    number: int, what: str, text: str = "", *, minutes: float = 1, who: str = "telegram:42"
) -> Changed:
    """A change of message *number*."""
    return Changed(
        hook_id=2,
        channel="telegram",
        address=who,
        external_id=f"{who}:{number}",
        what=what,
        text=text,
        at=at(minutes),
        received_at=at(minutes),
    )


def heard(external_id: str, status: str, minutes: float = 1, reason: str = "") -> Heard:
    """A receipt for what we sent."""
    return Heard(channel="telegram", external_id=external_id, status=status, at=at(minutes), reason=reason)


async def sent_answer(home: "Home", *external_ids: str) -> int:
    """An answer of ours to who said something, one delivery a name, each sent under it."""
    [(conversation, address)] = await home.rows("SELECT id, address_id FROM conversations")
    message = home.database.ids.next()
    values = {
        "id": message,
        "conversation_id": conversation,
        "direction": "out",
        "channel": "telegram",
        "external_id": f"ours:{message}",
        "address_id": address,
        "sent_at": NOON,
        "received_at": NOON,
    }
    rows = [owing(conversation, f"key {name}", message_id=message) for name in external_ids]
    async with home.database.writing() as connection:
        await messages.add(connection, values)
        await queues.owe(connection, home.database.ids, rows, NOON)
    for name in external_ids:
        await send_next(home, name)
    return message


def owing(
    conversation: int,
    key: str,
    *,
    lane: str = "telegram",
    message_id: int | None = None,
    due_at: datetime = NOON,
) -> OwedRow:
    """Something to owe."""
    return OwedRow(
        lane=lane, kind="message", conversation_id=conversation, key=key, due_at=due_at, message_id=message_id
    )


async def send_next(home: "Home", external_id: str) -> None:
    """The head that is ready is sent under a name."""
    async with home.database.writing() as connection:
        [row] = await queues.claim(connection, "telegram", NOON, 1)
        outcome = Outcome(id=row.id, state=SENT, external_id=external_id)
        await endings.end(connection, [outcome], NOON)


def consented(word: str, minutes: float = 1, who: str = "telegram:42", **more: Any) -> Consented:
    """A stop or start."""
    return Consented(
        channel="telegram",
        address=who,
        external_id=f"{word}:{minutes}",
        word=word,
        source="the customer wrote it",
        at=at(minutes),
        **more,
    )


def echoed(
    external_id: str,
    text: str = "From elsewhere",
    *,
    who: str = "telegram:42",
    minutes: float = 1,
    **more: Any,
) -> Aside:
    """Something that left by another tool than ours."""
    values = {"nature": "echo", "direction": "out", "channel": "telegram", **more}
    return Aside(
        hook_id=3,
        address=who,
        external_id=external_id,
        text=text,
        sent_at=at(minutes),
        received_at=at(minutes),
        **values,
    )


def called(external_id: str, *, who: str = "tel:+351911111111", minutes: float = 1, **more: Any) -> Aside:
    """A call that was spoken."""
    values = {"nature": "call", "direction": "in", "channel": "phone", **more}
    return echoed(external_id, "They called, 3 min 20 s", who=who, minutes=minutes, **values)


def hook(number: int) -> Journalled:
    """A call for the journal."""
    return Journalled(
        id=number,
        channel="telegram",
        received_at=NOON,
        method="POST",
        url="https://example.org/hooks/telegram",
        headers={"content-type": "application/json"},
        body=b"{}",
    )


class Home:
    """A database and the keeper that belongs to it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.keeper = SqliteKeeper(database) if database.dialect == "sqlite" else PostgresKeeper(database)

    async def keep(self, *facts: Any, rules: Rules = RULES) -> Kept:
        """Keep facts in one batch."""
        batch = Batch()
        places = {Said: batch.said, Changed: batch.changed, Heard: batch.heard}
        places |= {Consented: batch.consented, Journalled: batch.hooks, Aside: batch.asides}
        for fact in facts:
            places[type(fact)].append(fact)  # type: ignore[attr-defined]
        return await self.keeper.keep(batch, rules)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a question of the test's own."""
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]
