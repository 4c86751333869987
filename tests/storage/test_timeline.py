"""A customer's timeline holds everything once, in one order, however it is cut into pages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from storage import timeline
from storage.database import Database
from storage.ids import first_at
from storage.tables import (
    addresses,
    agents,
    consents,
    conversations,
    customers,
    happenings,
    messages,
    orders,
    promises,
    touches,
)
from storage.timeline import KINDS, Entry, Kind

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLAN: dict[str, Any] = {
    "valid_until": NOON,
    "day": "2026-11-24",
    "clock": "12:00",
    "zone": "UTC",
    "zone_source": "told",
}


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def key(minutes: float, more: int = 0) -> int:
    return first_at(at(minutes)) + more


async def put(database: Database, table: Any, *rows: dict[str, Any]) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(table), list(rows))


async def somebody(database: Database, customer: int = 1, talks: int = 2) -> None:
    await put(database, customers, {"id": customer, "name": "Marta", "created_at": NOON})
    way = {"id": customer, "customer_id": customer, "address": f"x:{customer}", "channel": "sms"}
    await put(database, addresses, {**way, "created_at": NOON})
    for number in range(talks):
        row: dict[str, Any] = {"id": 10 * customer + number, "customer_id": customer, "address_id": customer}
        row |= {"channel": "sms", "team": "care", "opened_at": NOON, "last_at": NOON}
        await put(database, conversations, {**row, "state": "resolved"})


def message(minutes: float, talk: int = 10, more: int = 0, **values: Any) -> dict[str, Any]:
    made = key(minutes, more)
    row: dict[str, Any] = {
        "id": made,
        "conversation_id": talk,
        "direction": "in",
        "channel": "sms",
        "text": f"at {minutes}",
    }
    return {**row, "external_id": f"e{made}", "sent_at": at(minutes), "received_at": at(minutes), **values}


async def everything(database: Database) -> None:
    """Something of each kind, some of it at the same instant, and somebody else's."""
    await somebody(database)
    await somebody(database, 2, 1)
    who: dict[str, Any] = {"key": "ana", "name": "Ana", "role": "agent", "teams": ["care"], "zone": "UTC"}
    await put(database, agents, {"id": 7, **who, "created_at": NOON})
    await put(database, messages, message(1), message(2, 11), message(2, 10, 1, direction="note", agent_id=7))
    await put(database, messages, message(3, 11, direction="out", channel="tg", text="Happy birthday"))
    await put(database, messages, message(1, 20, 5))
    happened: dict[str, Any] = {
        "conversation_id": 10,
        "kind": "taken",
        "agent_id": 7,
        "at": at(2),
        "data": {},
    }
    await put(database, happenings, {"id": key(2, 9), **happened})
    promise: dict[str, Any] = {
        "customer_id": 1,
        "conversation_id": 10,
        "owner_id": 7,
        "made_by": 7,
        "text": "the quote",
    }
    promise |= {"due_at": at(60), "state": "open", "made_at": at(4)}
    await put(database, promises, {"id": key(4), **promise})
    several: tuple[dict[str, Any], ...] = (
        {"state": "sent", "handed_at": at(3), "message_id": key(3)},
        {"state": "held", "handed_at": None, "message_id": None},
        {"state": "planned", "due_at": at(9_000), "handed_at": None, "message_id": None},
    )
    for number, values in enumerate(several):
        row: dict[str, Any] = {
            "id": 50 + number,
            "customer_id": 1,
            "kind": "birthday",
            "period": f"{number}",
            "due_at": at(2),
        }
        await put(database, touches, row | PLAN | values)
    word: dict[str, Any] = {
        "address_id": 1,
        "channel": "sms",
        "external_id": "c1",
        "word": "stop",
        "source": "sms",
    }
    await put(database, consents, {"id": 60, **word, "at": at(2)})
    order: dict[str, Any] = {
        "customer_id": 1,
        "total": 100,
        "currency": "EUR",
        "changed_at": NOON,
        "delivered_at": at(1),
    }
    await put(database, orders, {"id": 70, **order, "number": "A1", "placed_at": at(0)})
    await put(database, orders, {"id": 71, **order, "number": "A2", "placed_at": at(0)})


def told(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    return [(entry.kind, entry.data.get("number") or entry.text or entry.word) for entry in entries]


ALL = [
    ("promise", "the quote"),
    ("said", "Happy birthday"),
    ("touch", "held"),
    ("said", "at 2"),
    ("said", "at 2"),
    ("happened", "taken"),
    ("consent", "stop"),
    ("said", "at 1"),
    ("order", "A2"),
    ("order", "A1"),
]


@pytest.mark.parametrize("size", [1, 2, 3, 50])
async def test_all_of_a_customer_stands_once_in_one_order_in_pages_of_any_size(
    database: Database, size: int
) -> None:
    await everything(database)
    seen: list[Entry] = []
    before = None
    async with database.reading() as connection:
        for _ in range(20):
            page = await timeline.page(connection, 1, now=at(60), before=before, limit=size)
            seen += page.entries
            before = page.edge
            if before is None:
                break
    assert told(seen) == ALL


async def test_it_is_narrowed_by_kind_and_by_channel(database: Database) -> None:
    await everything(database)
    async with database.reading() as connection:

        async def shown(*kinds: Kind, channel: str = "") -> list[tuple[str, str]]:
            page = await timeline.page(connection, 1, now=at(60), kinds=kinds, channel=channel)
            return told(page.entries)

        assert await shown("order") == [("order", "A2"), ("order", "A1")]
        assert await shown("touch") == [("touch", "sent"), ("touch", "held")], "also what became a message"
        assert await shown(*KINDS, channel="tg") == [("said", "Happy birthday")]
        assert await timeline.counts(connection, 1) == {
            "said": 4,
            "happened": 1,
            "promise": 1,
            "touch": 3,
            "order": 2,
            "consent": 1,
        }
        page = await timeline.page(connection, 1, now=at(60), kinds=("said",))
        assert [entry.data["touch"] for entry in page.entries] == ["birthday", "", "", ""]


async def test_what_was_deleted_shows_no_words(database: Database) -> None:
    await somebody(database)
    await put(database, messages, message(1, deleted_at=at(2)))
    async with database.reading() as connection:
        [entry] = (await timeline.page(connection, 1, now=at(60))).entries
    assert (entry.text, entry.data["deleted_at"]) == ("", at(2))


async def test_a_customer_of_a_hundred_thousand_entries_is_read_by_indexes(database: Database) -> None:
    """Ask the database itself: no stream reads a whole table, and messages are read from the index alone."""
    await everything(database)
    many = [message(10 + number / 100, 10 + number % 2, direction="in") for number in range(2_000)]
    await put(database, messages, *many)
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _u: Any, statement: str, parameters: Any, _x: Any, _m: Any) -> None:
        asked.append((statement, parameters))

    async with database.reading() as connection:
        if database.dialect == "postgresql":
            await connection.exec_driver_sql("SET enable_seqscan = off")  # the tables are small
        engine = connection.sync_connection.engine if connection.sync_connection else None
        event.listen(engine, "before_cursor_execute", note)
        first = await timeline.page(connection, 1, now=at(9_000))
        await timeline.page(connection, 1, now=at(9_000), before=first.edge)
        event.remove(engine, "before_cursor_execute", note)
        assert len(asked) >= 12
        explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
        for statement, parameters in asked:
            rows = await connection.exec_driver_sql(f"{explain} {statement}", parameters)
            steps = " | ".join(str(row[-1]) for row in rows)
            assert not [name for name in ("messages", "happenings", "orders") if f"SCAN {name}" in steps], (
                steps
            )
            assert "Seq Scan" not in steps, steps
            if "messages.id + " in statement:
                covered = "COVERING INDEX ix_messages_log"  # PostgreSQL decides by statistics
                assert (covered if database.dialect == "sqlite" else "ix_messages_log") in steps, steps
