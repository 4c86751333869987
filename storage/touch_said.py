"""Which touch a customer's words answer: the last one before them, if nothing else of theirs came between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import Instant
from storage.tables import conversations, messages, touches

REMEMBERED: Final = timedelta(days=30)
"""How long after a touch words are taken for an answer to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A touch as it was said: its *kind*, words and time, and what became of them (a message's status)."""

    touch_id: int
    kind: str
    text: str
    at: datetime
    status: str
    language: str
    answered: bool = False


async def answered_by(connection: AsyncConnection, message_ids: Sequence[int]) -> dict[int, Begun]:
    """Say which touch each of a customer's messages answers, by message; the others are left out."""
    if not message_ids:
        return {}
    found = {}
    for row in (await connection.execute(_answered(), {"ids": list(message_ids)})).all():
        if row.answered_at - row.sent_at <= REMEMBERED:
            found[row.answer] = _made(row, answered=True)
    return found


@cache
def _answered() -> Select[Any]:
    """Write the question once: it is asked for each post to Slack, and writing it costs more than asking."""
    said, talk, between = messages.alias("said"), conversations.alias("talk"), messages.alias("between")
    here = or_(messages.c.conversation_id == talk.c.id, messages.c.conversation_id == talk.c.previous_id)
    nearer = select(between.c.id).where(
        or_(between.c.conversation_id == talk.c.id, between.c.conversation_id == talk.c.previous_id),
        between.c.direction == "in",
        between.c.id > messages.c.id,
        between.c.id < said.c.id,
    )
    wanted = said.c.id.in_(bindparam("ids", expanding=True))
    return (
        _begun(said.c.id.label("answer"), said.c.received_at.label("answered_at"))
        .join(talk, talk.c.customer_id == touches.c.customer_id)
        .join(said, said.c.conversation_id == talk.c.id)
        .where(wanted, said.c.direction == "in", touches.c.handed_at.is_not(None))
        .where(here, messages.c.id < said.c.id, ~nearer.exists())
        .order_by(messages.c.id)
    )


async def latest(connection: AsyncConnection, conversation_id: int, now: datetime) -> Begun | None:
    """Find the last touch that was said in a conversation, or right before it, within thirty days."""
    wanted = {"talk": conversation_id, "since": now - REMEMBERED}
    row = (await connection.execute(_latest(), wanted)).first()
    return None if row is None else _made(row, answered=bool(row.answered))


@cache
def _latest() -> Select[Any]:
    """Write the question once, for the same reason: each card that is drawn asks it."""
    talk, after = conversations.alias("talk"), messages.alias("after")
    here = or_(messages.c.conversation_id == talk.c.id, messages.c.conversation_id == talk.c.previous_id)
    return (
        _begun(
            select(after.c.id)
            .where(
                after.c.conversation_id == talk.c.id, after.c.direction == "in", after.c.id > messages.c.id
            )
            .exists()
            .label("answered")
        )
        .join(talk, talk.c.customer_id == touches.c.customer_id)
        .where(talk.c.id == bindparam("talk"), touches.c.handed_at > bindparam("since", type_=Instant), here)
        .order_by(messages.c.id.desc())
        .limit(1)
    )


def _begun(*more: Any) -> Select[Any]:
    columns = (touches.c.id, touches.c.kind, touches.c.language, messages.c.text, messages.c.status)
    which = select(*columns, messages.c.sent_at, *more).select_from(touches)
    return which.join(messages, and_(messages.c.id == touches.c.message_id))


def _made(row: Any, *, answered: bool) -> Begun:
    return Begun(
        touch_id=row.id,
        kind=row.kind,
        text=row.text,
        at=row.sent_at,
        status=row.status,
        language=row.language,
        answered=answered,
    )
