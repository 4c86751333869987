"""Questions about the journal: every webhook call, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Text, bindparam, cast, delete, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import first_at
from storage.rows import HookRow, made
from storage.tables import hooks

# A literal, so that SQLite can use the partial index.
IS_UNAPPLIED = hooks.c.state != literal_column("'applied'")


async def keep(
    connection: AsyncConnection,
    *,
    hook_id: int,
    channel: str,
    received_at: datetime,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    state: str,
    error: str = "",
) -> None:
    """Keep one call by itself; state is waiting, applied, failed or ignored."""
    await connection.execute(
        hooks.insert().values(
            id=hook_id,
            channel=channel,
            received_at=received_at,
            method=method,
            url=url,
            headers=dict(headers),
            body=body,
            state=state,
            error=error,
        )
    )


async def one(connection: AsyncConnection, hook_id: int) -> HookRow | None:
    """Find a call in the journal."""
    row = (await connection.execute(select(hooks).where(hooks.c.id == hook_id))).one_or_none()
    return None if row is None else made(HookRow, row)


async def in_state(
    connection: AsyncConnection, states: Sequence[str], limit: int = 100, channel: str | None = None
) -> list[HookRow]:
    """List calls that are in one of *states* (waiting, failed, ignored), oldest first."""
    which = select(hooks).where(IS_UNAPPLIED, hooks.c.state.in_(states))
    if channel is not None:
        which = which.where(hooks.c.channel == channel)
    rows = await connection.execute(which.order_by(hooks.c.id).limit(limit))
    return [made(HookRow, row) for row in rows]


async def recent(connection: AsyncConnection, limit: int = 20) -> list[HookRow]:
    """List the last calls, newest first."""
    rows = await connection.execute(select(hooks).order_by(hooks.c.id.desc()).limit(limit))
    return [made(HookRow, row) for row in rows]


async def mark(connection: AsyncConnection, hook_id: int, state: str, error: str = "") -> None:
    """Say what became of a call."""
    await connection.execute(update(hooks).where(hooks.c.id == hook_id).values(state=state, error=error))


async def forget(connection: AsyncConnection, before: datetime, limit: int) -> int:
    """Delete at most *limit* applied calls from before an instant, oldest first; returns how many.

    What waits, failed or was ignored stays, however old.
    """
    old = (
        select(hooks.c.id)
        .where(hooks.c.id < first_at(before), hooks.c.state == "applied")
        .order_by(hooks.c.id)
        .limit(limit)
    )
    return (await connection.execute(delete(hooks).where(hooks.c.id.in_(old)))).rowcount


async def failed_count(connection: AsyncConnection) -> int:
    """Count the calls that could not be applied."""
    which = select(func.count()).select_from(hooks).where(IS_UNAPPLIED, hooks.c.state == "failed")
    return int((await connection.execute(which)).scalar_one())


async def with_text(
    connection: AsyncConnection, text: str, *, after: int, limit: int
) -> list[tuple[int, dict[str, str]]]:
    """List keys and headers of at most *limit* calls after the key *after* whose headers hold *text*."""
    which = (
        select(hooks.c.id, hooks.c.headers)
        .where(hooks.c.id > after, cast(hooks.c.headers, Text).contains(text, autoescape=True))
        .order_by(hooks.c.id)
        .limit(limit)
    )
    return [(row.id, row.headers) for row in await connection.execute(which)]


async def change_headers(connection: AsyncConnection, anew: Mapping[int, Mapping[str, str]]) -> None:
    """Put other headers in the place of those that calls were kept with, by key."""
    which = update(hooks).where(hooks.c.id == bindparam("key")).values(headers=bindparam("told"))
    values = [{"key": key, "told": dict(headers)} for key, headers in anew.items()]
    await connection.execute(which, values)
