"""Keeping what planning found: one row an occasion, planned anew only while nothing was done about it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.among import among
from storage.ids import Ids
from storage.rows import made
from storage.tables import touch_log, touches
from storage.touch_rows import Plan, TouchRow
from storage.touch_states import CANCELLED, DEFERRED, ENDS, EXPIRED, MOVED, PLANNED, SUPPRESSED

RENEWED: Final = (
    "state",
    "reason",
    "due_at",
    "valid_until",
    "day",
    "clock",
    "zone",
    "zone_source",
    "anchor_at",
    "anchor_ref",
    "address_id",
    "channel",
    "why",
)
KEPT: Final = tuple(field.name for field in fields(Plan))
SETTLED: Final = (
    "cooldown_300_days",
    "duplicate_address",
    "missing_variable",
    "not_in_segment",
    "window_closed_before_allowed_hours",
)
"""Reasons that only the hand-off finds: planning would begin the same again every hour."""
UNTOUCHED: Final = ((CANCELLED, MOVED), (CANCELLED, "anchor_gone"), (DEFERRED, "not_due_yet"))
"""What moved, and may have moved back."""
TOLD: Final = ("state", "reason", "due_at")  # what a line of the log is worth


async def plan(connection: AsyncConnection, ids: Ids, plans: Sequence[Plan], now: datetime) -> int:
    """Keep a page of plans of one kind; returns how many rows are new or changed.

    An occasion that is there already is planned anew only while nothing was done about it: planned,
    suppressed, or called off because its day had moved.
    """
    if not plans:
        return 0
    here = await _here(connection, plans[0].kind, {one.customer_id for one in plans})
    fresh, changed = [], []
    for each in plans:
        known = here.get((each.customer_id, each.period))
        if known is None:
            fresh.append({"id": ids.next(), **_columns(each), "ended_at": _ended(each.state, now)})
        elif _is_open_to_plans(known, each) and (values := _renewed(known, each)):
            changed.append((known, values))
    await _insert(connection, ids, fresh, now)
    for known, values in changed:
        ended = _ended(values.get("state", known.state), now)
        which = update(touches).where(touches.c.id == known.id, touches.c.revision == known.revision)
        await connection.execute(which.values(**values, ended_at=ended, revision=known.revision + 1))
    lines = [(known.id, {**_columns(known), **values}) for known, values in changed if _is_told(values)]
    await _log(connection, ids, lines, now)
    return len(fresh) + len(changed)


async def _here(
    connection: AsyncConnection, kind: str, customers: Collection[int]
) -> dict[tuple[int, str], TouchRow]:
    which = select(touches).where(touches.c.kind == kind, among(connection, touches.c.customer_id, customers))
    rows = [made(TouchRow, row) for row in (await connection.execute(which)).all()]
    return {(row.customer_id, row.period): row for row in rows}


def _is_open_to_plans(row: TouchRow, plan: Plan) -> bool:
    if row.state == SUPPRESSED and plan.state == EXPIRED:
        return False  # why it was not sent stays true when its day is over
    if row.state == SUPPRESSED and row.reason in SETTLED:
        return False
    return row.state in (PLANNED, SUPPRESSED) or (row.state, row.reason) in UNTOUCHED


def _renewed(known: TouchRow, plan: Plan) -> dict[str, Any]:
    """Name the columns that the plan says otherwise."""
    return {name: value for name in RENEWED if (value := getattr(plan, name)) != getattr(known, name)}


def _columns(row: Plan | TouchRow) -> dict[str, Any]:
    """Name the values of a row; `dataclasses.asdict` copies each of them deeply, for half of the time."""
    return {name: getattr(row, name) for name in KEPT}


def _is_told(values: Mapping[str, Any]) -> bool:
    return any(name in values for name in TOLD)


def _ended(state: str, now: datetime) -> datetime | None:
    return now if state in ENDS else None


async def _insert(
    connection: AsyncConnection, ids: Ids, rows: Sequence[dict[str, Any]], now: datetime
) -> None:
    """Insert rows unless another planner was first; only what was kept is logged."""
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    await connection.execute(insert(touches).on_conflict_do_nothing(), list(rows))
    kept = select(touches.c.id).where(among(connection, touches.c.id, [row["id"] for row in rows]))
    done = set((await connection.execute(kept)).scalars())
    await _log(connection, ids, [(row["id"], row) for row in rows if row["id"] in done], now)


async def _log(
    connection: AsyncConnection, ids: Ids, rows: Sequence[tuple[int, Mapping[str, Any]]], now: datetime
) -> None:
    lines = [
        {
            "id": ids.next(),
            "touch_id": key,
            "at": now,
            "state": row["state"],
            "reason": row["reason"],
            "data": {"due_at": row["due_at"].isoformat()},
        }
        for key, row in rows
    ]
    if lines:
        await connection.execute(touch_log.insert(), lines)
