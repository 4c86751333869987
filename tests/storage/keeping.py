"""Short ways to say what a batch holds, for the tests of keeping."""

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.batch import Batch, Changed, Consented, Heard, Journalled, Kept, Rules, Said
from storage.database import Database
from storage.keep_postgres import PostgresKeeper
from storage.keep_sqlite import SqliteKeeper

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


def consented(word: str, minutes: float = 1, who: str = "telegram:42") -> Consented:
    """A stop or start."""
    return Consented(
        channel="telegram",
        address=who,
        external_id=f"{word}:{minutes}",
        word=word,
        source="the customer wrote it",
        at=at(minutes),
    )


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
        places |= {Consented: batch.consented, Journalled: batch.hooks}
        for fact in facts:
            places[type(fact)].append(fact)  # type: ignore[attr-defined]
        return await self.keeper.keep(batch, rules)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a question of the test's own."""
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]
