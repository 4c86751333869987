"""Erasing reaches every column that can hold a customer's words; what stays is listed with its reason."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, text, update

from storage import erasing, indexing, traces
from storage.database import Database
from storage.scrubbing import scrub
from storage.tables import (
    agents,
    early_receipts,
    laters,
    looks,
    merges,
    metadata,
    order_lines,
    ratings,
    routed,
    slack_asks,
    touch_log,
)
from tests.storage.keeping import NOON
from tests.storage.test_erasing import ANA, OLD, RUI, SECRET, _everything, _person, _put


def _words(listed: str) -> frozenset[str]:
    return frozenset(re.findall(r"\S+", listed))


OURS: Final = _words(
    """
agents drafts.mode sign_in_links sessions saved_replies one_offs facts leases slack_digests
slack_threads slack_posts slack_touches pins words_due suppressed receipts audits
"""
)
"""Tables of ours, or of numbers and hashes only; the audit log names a customer by number."""
WORDS_OF_OURS: Final = _words(
    """
orders.currency customer_events.kind hooks.channel hooks.method hooks.state early_receipts.channel
early_receipts.status deliveries.lane deliveries.kind deliveries.state deliveries.code
customers.country customers.region customers.feb29 customers.birthday_fault addresses.channel
addresses.closed_reason consents.channel consents.word consents.subject allowances.subject
holds.kind promises.state laters.if_they_write laters.state routed.rule routed.skill routed.reply
looks.what conversations.channel conversations.team conversations.state conversations.last_direction
messages.direction messages.channel messages.status messages.nature attachments.kind
attachments.content_type attachments.state happenings.kind slack_asks.slack_channel slack_asks.ts
slack_asks.thread_ts slack_asks.state touches.kind touches.state touches.reason touches.day
touches.clock touches.zone_source touches.channel touches.why touches.tried touches.approval
touch_log.state touch_log.reason drafts.mode touches.zone touches.language
"""
)
"""Columns with words from lists of ours, or ids that nobody outside can read."""
KEPT: Final = {
    "orders.number": "the shop's number of an order, for its books",
    "order_lines.sku": "the shop's number of an article",
    "touches.period": "the occasion: a year, or the shop's number of an order",
    "consents.source": "where they said it: with the word and the day it is the proof that remains",
    "deliveries.key": "a gesture of ours",
    "seen.scope": "a list of ours",
    "seen.key": "numbers of ours and of Slack's",
    "api_answers.key": "the shop's own word for a call, gone after a month",
    "api_answers.asked": "a hash",
    "api_answers.answer": "numbers of customers and orders",
}


def _of_words() -> dict[str, Column[Any]]:
    kinds = (String, JSON, LargeBinary)
    return {
        f"{table.name}.{column.name}": column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, kinds) and table.name not in OURS
    }


def _marked(column: Column[Any], key: int) -> Any:
    """Write the secret as the column can hold it, unique where it must be."""
    if isinstance(column.type, JSON):
        return [{"path": SECRET}]
    if isinstance(column.type, LargeBinary):
        return SECRET.encode()
    return f"{SECRET} {key}"


async def _more(database: Database, key: int) -> None:
    """Keep what a customer can have besides: a row in each table that is left."""
    scale = key * 10
    await _put(database, order_lines, order_id=scale, position=0, name="x", quantity=1, price=1)
    at = {"at": NOON}
    later = {"address_id": scale, "agent_id": 9, "if_they_write": "stop", "state": "sent", "made_at": NOON}
    await _put(database, laters, id=scale, conversation_id=scale, text="x", **later, **at)
    await _put(database, routed, conversation_id=scale, decided_at=NOON)
    await _put(database, ratings, conversation_id=scale, customer_id=key, asked_at=NOON)
    await _put(database, looks, id=scale, agent_id=9, customer_id=key, what="changed", **at)
    ask = {"slack_channel": "C1", "ts": str(key), "thread_ts": "1", "agent_id": 9, "sendable": True}
    more = {"question": "x", "said": [], "state": "asked", "asked_at": NOON}
    await _put(database, slack_asks, conversation_id=scale, **ask, **more)
    await _put(database, touch_log, id=scale, touch_id=scale, state="planned", **at)
    named = f"{SECRET} {scale}"
    await _put(database, early_receipts, id=scale, channel="m", external_id=named, status="sent", **at)


@pytest.fixture
async def planted(database: Database) -> Database:
    """Ana, whom an older Ana was joined to, with the secret in every column that can hold it; and Rui."""
    await _put(database, agents, id=9, key="a", name="A", teams=[], created_at=NOON)
    await _person(database, ANA, SECRET)
    await _person(database, OLD, SECRET)
    for key in (ANA, OLD):
        await _more(database, key)
    joined = {"survivor_id": ANA, "absorbed_id": OLD, "agent_id": 9, "at": NOON, "data": [{"path": SECRET}]}
    await _put(database, merges, id=1, **joined)
    wanted = {name for name in _of_words() if name not in WORDS_OF_OURS and name not in KEPT}
    async with database.writing() as connection:
        for name in sorted(wanted):
            column = _of_words()[name]
            table = column.table
            first = next(iter(table.primary_key.columns))
            for (key,) in (await connection.execute(table.select().with_only_columns(first))).all():
                values = {column.name: _marked(column, key)}
                await connection.execute(update(table).where(first == key).values(**values))
        await connection.execute(text(f"UPDATE customers SET merged_into = {ANA} WHERE id = {OLD}"))
    await _person(database, RUI, "giraffe")
    async with database.writing() as connection:
        await indexing.read_all(connection)
    return database


async def _erase(database: Database) -> None:
    async with database.writing() as connection:
        found = await traces.traces(connection, ANA)
        await erasing.erase(connection, database.ids, found.customers, NOON)


async def test_every_column_of_words_is_planted_and_erased_or_kept_for_a_reason(planted: Database) -> None:
    """A new column fails here until somebody says what becomes of it."""
    columns = _of_words()
    wanted = {name for name in columns if name not in WORDS_OF_OURS and name not in KEPT}
    assert set(KEPT) | WORDS_OF_OURS <= columns.keys(), "no list names what is gone"
    before = {name: await _holds(planted, columns[name]) for name in wanted}
    assert [name for name, holds in before.items() if not holds] == [], "planted everywhere"
    await _erase(planted)
    after = {name: await _holds(planted, columns[name]) for name in wanted}
    assert [name for name, holds in after.items() if holds] == []


async def _holds(database: Database, column: Column[Any]) -> bool:
    async with database.reading() as connection:
        rows = await connection.execute(column.table.select().with_only_columns(column))
        return any(
            SECRET in (value.decode() if isinstance(value, bytes) else str(value)) for (value,) in rows
        )


async def test_the_search_knows_nothing_more_of_them_at_once(planted: Database) -> None:
    before = await _everything(planted)
    assert [name for name in before if name.startswith("words_") and SECRET in before[name]]
    await _erase(planted)
    after = await _everything(planted)
    left = [name for name, rows in after.items() if SECRET in rows]
    assert [name for name in left if not name.endswith("_data")] == [], "FTS5 merges its segments later"
    assert [name for name in after if name.startswith("words_") and "giraffe" in after[name]]


async def test_after_scrubbing_no_byte_of_the_files_holds_them(planted: Database) -> None:
    """SQLite's file, its log beside it, free pages and all; on PostgreSQL the tables are written anew."""
    await _erase(planted)
    await scrub(planted)
    if planted.dialect == "postgresql":
        assert [name for name, rows in (await _everything(planted)).items() if SECRET in rows] == []
        return
    path = Path(str(planted.url.database))
    files = [one for one in path.parent.iterdir() if one.name.startswith(path.name)]
    assert files
    assert [one.name for one in files if SECRET.encode() in one.read_bytes()] == []
    assert any(b"giraffe" in one.read_bytes() for one in files)
