"""All that is kept of a customer, as plain values, for them to take away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import merging
from storage.tables import (
    addresses,
    allowances,
    attachments,
    consents,
    conversations,
    customer_events,
    customers,
    holds,
    messages,
    order_lines,
    orders,
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
