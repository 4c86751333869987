"""What goes by age: the words and the files of conversations that were resolved long ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import delete, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import facts
from storage.instants import Instant, from_micros, to_micros
from storage.statuses import DROPPED, FAILED, SENT
from storage.tables import (
    attachments,
    conversations,
    deliveries,
    drafts,
    happenings,
    laters,
    messages,
    pins,
    ratings,
    slack_asks,
)

What = Literal["words", "files"]
REASON: Final = "kept for a time only"
ENDED: Final = (SENT, FAILED, DROPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """A page of conversations whose time is over, and how far this page reaches: resolved when, and key."""

    keys: Sequence[int]
    reached: tuple[int, int]


async def old(connection: AsyncConnection, what: What, before: datetime, limit: int) -> Old | None:
    """Find the next conversations that were resolved before an instant, in that order; None at the end.

    How far it has come is kept as a fact, so that nothing is gone through twice.
    """
    c = conversations.c
    at, key = await facts.told(connection, _mark(what)) or (0, 0)
    which = select(c.id, c.resolved_at).where(
        c.state == "resolved",
        c.resolved_at < before,
        tuple_(c.resolved_at, c.id) > tuple_(literal(from_micros(at), Instant), literal(key)),
    )
    rows = (await connection.execute(which.order_by(c.resolved_at, c.id).limit(limit))).all()
    if not rows:
        return None
    return Old(keys=[row.id for row in rows], reached=(to_micros(rows[-1].resolved_at), rows[-1].id))


async def reached(connection: AsyncConnection, what: What, page: Old) -> None:
    """Remember that a page is done."""
    await facts.tell(connection, _mark(what), list(page.reached))


def _mark(what: What) -> str:
    return f"retention.{what}"


async def forget_words(connection: AsyncConnection, keys: Sequence[int], now: datetime) -> None:
    """Forget what was said in conversations; who wrote when, over what, and what became of it stays.

    Notes that are pinned to their customer stay too: they are of today.
    """
    pinned = select(pins.c.message_id)
    said = messages.c.conversation_id.in_(keys) & messages.c.id.not_in(pinned)
    gone = {"text": "", "subject": "", "text_before": "", "reaction": "", "reply_to": "", "hook_id": None}
    deleted = func.coalesce(messages.c.deleted_at, literal(now, Instant))
    await connection.execute(update(messages).where(said).values(**gone, deleted_at=deleted))
    await _words_beside(connection, keys)
    heads = update(conversations).where(conversations.c.id.in_(keys))
    await connection.execute(heads.values(last_text="", revision=conversations.c.revision + 1))


async def _words_beside(connection: AsyncConnection, keys: Sequence[int]) -> None:
    """Forget the same words where they stand again: in what was owed, begun, asked, written down."""
    sent = laters.c.conversation_id.in_(keys) & (laters.c.state != "waiting")
    await connection.execute(update(laters).where(sent).values(text="", files=None))
    places: list[tuple[Any, dict[str, Any]]] = [
        (happenings, {"data": {}}),
        (slack_asks, {"said": [], "question": ""}),
        (ratings, {"words": ""}),
    ]
    for table, values in places:
        await connection.execute(update(table).where(table.c.conversation_id.in_(keys)).values(**values))
    ended = deliveries.c.conversation_id.in_(keys) & deliveries.c.state.in_(ENDED)
    await connection.execute(update(deliveries).where(ended).values(text="", data=None))
    await connection.execute(delete(drafts).where(drafts.c.conversation_id.in_(keys)))


async def files(connection: AsyncConnection, keys: Sequence[int]) -> list[str]:
    """List where the files of conversations lie."""
    said = select(messages.c.id).where(messages.c.conversation_id.in_(keys))
    which = select(attachments.c.path).where(attachments.c.message_id.in_(said), attachments.c.path != "")
    return list((await connection.execute(which)).scalars())


async def forget_files(connection: AsyncConnection, keys: Sequence[int]) -> None:
    """Write that the files of conversations are here no more, with the reason."""
    said = select(messages.c.id).where(messages.c.conversation_id.in_(keys))
    gone = update(attachments).where(attachments.c.message_id.in_(said))
    values = {"ref": "", "name": "", "latitude": None, "longitude": None, "path": "", "due_at": None}
    await connection.execute(gone.values(**values, state="refused", reason=REASON))
