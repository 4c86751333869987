"""All that is kept of a customer, as plain values, for them to take away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import merging
from storage.rows import made
from storage.tables import (
    addresses,
    agents,
    allowances,
    attachments,
    audits,
    consents,
    conversations,
    customer_events,
    customers,
    happenings,
    holds,
    laters,
    looks,
    messages,
    order_lines,
    orders,
    promises,
    ratings,
    routed,
    touches,
)

OURS = ("account_manager", "tier", "tags", "birthday_in_bulk", "birthday_fault", "merged_into")
"""What is our own opinion of a customer, not something they told us."""


async def copy(connection: AsyncConnection, customer_id: int, *, internal: bool) -> dict[str, Any]:
    """Gather what is kept; with *internal* also notes, tier, tags and holds, which agents wrote."""
    mine = select(addresses.c.id).where(addresses.c.customer_id == customer_id)
    theirs = select(conversations.c.id).where(conversations.c.customer_id == customer_id)
    [who] = await _rows(connection, customers, customers.c.id == customer_id)
    told = {
        "customer": who if internal else {name: who[name] for name in who if name not in OURS},
        "addresses": await _rows(connection, addresses, addresses.c.customer_id == customer_id),
        "consents": await _rows(connection, consents, consents.c.address_id.in_(mine), "agent_id", "review"),
        "allowances": await _rows(connection, allowances, allowances.c.address_id.in_(mine), "consent_id"),
        "conversations": await _said(connection, theirs, internal=internal),
        "orders": await _orders(connection, customer_id),
        "touches": await _touches(connection, customer_id),
        "events": await _rows(
            connection, customer_events, customer_events.c.customer_id == customer_id, "external_id"
        ),
    }
    if internal:
        told["holds"] = await _rows(connection, holds, holds.c.customer_id == customer_id)
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKept:
    """A file of a customer's conversations: where it lies, and what it was called."""

    id: int
    message_id: int
    name: str
    path: str


async def files(connection: AsyncConnection, customer_id: int) -> list[FileKept]:
    """List the files that are kept of a customer's conversations, oldest first."""
    theirs = select(conversations.c.id).where(conversations.c.customer_id == customer_id)
    said = select(messages.c.id).where(messages.c.conversation_id.in_(theirs))
    which = select(attachments).where(
        attachments.c.message_id.in_(said), attachments.c.state == "kept", attachments.c.path != ""
    )
    return [made(FileKept, row) for row in await connection.execute(which.order_by(attachments.c.id))]


async def beside(connection: AsyncConnection, customer_id: int) -> dict[str, Any]:
    """Gather what stands beside a customer's conversations: what was promised, rated, done and seen."""
    mine = select(conversations.c.id).where(conversations.c.customer_id == customer_id)
    everybody = await merging.everybody(connection, customer_id)
    people = await connection.execute(select(agents.c.id, agents.c.name))
    told: dict[str, Any] = {"agents": {row.id: row.name for row in people}}
    for name, table, which in (
        ("promises", promises, promises.c.customer_id == customer_id),
        ("ratings", ratings, ratings.c.customer_id == customer_id),
        ("laters", laters, laters.c.conversation_id.in_(mine)),
        ("happenings", happenings, happenings.c.conversation_id.in_(mine)),
        ("decisions", routed, routed.c.conversation_id.in_(mine)),
        ("changes_by_agents", looks, looks.c.customer_id.in_(everybody)),
        ("seen_and_done_by", audits, audits.c.customer_id.in_(everybody)),
    ):
        told[name] = await _rows(connection, table, which, "ip", "once", "key")
    return told


async def _said(connection: AsyncConnection, theirs: Any, *, internal: bool) -> list[dict[str, Any]]:
    which = messages.c.conversation_id.in_(theirs)
    said = which if internal else which & (messages.c.direction != "note")
    inside = ("agent_id", "hook_id", "reason", "edit_only")
    lines = await _rows(connection, messages, said, *(() if internal else inside))
    files: dict[int, list[dict[str, Any]]] = {}
    attached = attachments.c.message_id.in_(select(messages.c.id).where(said))
    for one in await _rows(connection, attachments, attached, "ref", "path", "tries", "due_at"):
        files.setdefault(one["message_id"], []).append(one)
    by_conversation: dict[int, list[dict[str, Any]]] = {}
    for line in lines:
        line["files"] = files.get(line["id"], [])
        by_conversation.setdefault(line["conversation_id"], []).append(line)
    kept = ("id", "channel", "opened_at", "resolved_at")
    found = await _rows(connection, conversations, conversations.c.id.in_(theirs))
    return [
        {**{name: one[name] for name in kept}, "messages": by_conversation.get(one["id"], [])}
        for one in found
    ]


async def _orders(connection: AsyncConnection, customer_id: int) -> list[dict[str, Any]]:
    found = await _rows(connection, orders, orders.c.customer_id == customer_id)
    theirs = select(orders.c.id).where(orders.c.customer_id == customer_id)
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in await _rows(connection, order_lines, order_lines.c.order_id.in_(theirs), "cost"):
        lines.setdefault(line["order_id"], []).append(line)
    return [{**one, "lines": lines.get(one["id"], [])} for one in found]


async def _touches(connection: AsyncConnection, customer_id: int) -> list[dict[str, Any]]:
    kept = ("kind", "period", "state", "due_at", "zone", "channel", "language", "text", "handed_at")
    theirs = await merging.everybody(connection, customer_id)  # an occasion of two who became one stays
    found = await _rows(connection, touches, touches.c.customer_id.in_(theirs))
    return [{name: one[name] for name in kept} for one in found]


async def _rows(
    connection: AsyncConnection, table: Table, which: ColumnElement[bool], *without: str
) -> list[dict[str, Any]]:
    """Read the rows of a table as names and values that JSON has, in the order of their keys."""
    order: Sequence[Any] = list(table.primary_key.columns)
    rows = await connection.execute(select(table).where(which).order_by(*order))
    return [_plain(row, without) for row in rows]


def _plain(row: Row[Any], without: Sequence[str]) -> dict[str, Any]:
    return {
        str(name): value.isoformat() if isinstance(value, datetime) else value
        for name, value in row._mapping.items()
        if name not in without
    }
