"""Questions about attachments."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.rows import AttachmentRow, made
from storage.tables import attachments, messages

# Written as a literal: SQLite uses a partial index only for a condition it can read.
IS_OWED: ColumnElement[bool] = attachments.c.state == literal_column("'owed'")


async def one(connection: AsyncConnection, attachment_id: int) -> AttachmentRow | None:
    """Find an attachment."""
    which = select(attachments).where(attachments.c.id == attachment_id)
    row = (await connection.execute(which)).one_or_none()
    return None if row is None else made(AttachmentRow, row)


async def of_messages(
    connection: AsyncConnection, message_ids: Sequence[int]
) -> dict[int, list[AttachmentRow]]:
    """List the attachments of messages, by message, in their order."""
    if not message_ids:
        return {}
    found: dict[int, list[AttachmentRow]] = {}
    for row in await connection.execute(_of_messages(), {"ids": list(message_ids)}):
        found.setdefault(row.message_id, []).append(made(AttachmentRow, row))
    return found


@cache
def _of_messages() -> Select[Any]:
    wanted = attachments.c.message_id.in_(bindparam("ids", expanding=True))
    return select(attachments).where(wanted).order_by(attachments.c.message_id, attachments.c.position)


async def owed(
    connection: AsyncConnection, now: datetime, limit: int, *, share: int, in_hand: Collection[int] = ()
) -> list[AttachmentRow]:
    """List the attachments still to fetch whose time has come, without those *in_hand*.

    Each conversation's first, then each one's second: at most *share* of one conversation, those in hand
    counted, so that nobody's many files are before another's one.
    """
    wanted = {"now": now, "share": share, "in_hand": list(in_hand), "most": limit}
    return [made(AttachmentRow, row) for row in await connection.execute(_owed(), wanted)]


@cache
def _owed() -> Select[Any]:
    turn = func.row_number().over(
        partition_by=messages.c.conversation_id, order_by=(attachments.c.due_at, attachments.c.id)
    )
    due = (
        select(attachments.c.id, turn.label("turn"))
        .join(messages, messages.c.id == attachments.c.message_id)
        .where(IS_OWED, attachments.c.due_at <= bindparam("now"))
        .subquery()
    )
    besides = attachments.c.id.not_in(bindparam("in_hand", expanding=True))
    return (
        select(attachments)
        .join(due, due.c.id == attachments.c.id)
        .where(due.c.turn <= bindparam("share"), besides)
        .order_by(due.c.turn, attachments.c.due_at, attachments.c.id)
        .limit(bindparam("most"))
    )


async def next_due(connection: AsyncConnection) -> datetime | None:
    """Say when the next attachment is to be fetched."""
    which = select(func.min(attachments.c.due_at)).where(IS_OWED)
    due: datetime | None = (await connection.execute(which)).scalar_one_or_none()
    return due


async def add(connection: AsyncConnection, ids: Ids, message_id: int, files: Sequence[Any]) -> list[int]:
    """Keep files of ours that are in the media store already; returns their keys."""
    values = [
        {
            "id": ids.next(),
            "message_id": message_id,
            "position": position,
            "kind": kind_of(file.content_type),
            "name": file.name,
            "content_type": file.content_type,
            "size": file.size,
            "state": "kept",
            "path": file.path,
        }
        for position, file in enumerate(files)
    ]
    if values:
        await connection.execute(attachments.insert(), values)
    return [int(str(value["id"])) for value in values]


async def change(connection: AsyncConnection, attachment_id: int, **values: Any) -> None:
    """Set columns of an attachment."""
    await connection.execute(update(attachments).where(attachments.c.id == attachment_id).values(**values))


def kind_of(content_type: str) -> str:
    """Name the kind of attachment of a media type: image, audio, video or document."""
    family = content_type.partition("/")[0]
    return family if family in ("image", "audio", "video") else "document"
