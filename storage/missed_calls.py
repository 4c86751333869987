"""Who rang in vain and waits: nobody answered since, they did not get through, and they wrote nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import made
from storage.tables import conversations, messages
from storage.waiting import WAITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """The last call or voicemail of somebody who waits: where it stands, from which address, and when."""

    conversation_id: int
    message_id: int
    address_id: int
    at: datetime


async def waiting(
    connection: AsyncConnection,
    channels: Collection[str],
    *,
    since: datetime,
    until: datetime,
    beyond: int = 0,
    limit: int,
) -> list[Missed]:
    """List whose last call over one of *channels* was from *since* on and until *until*, in their order.

    *beyond* is the message at which the page before ended.
    """
    wanted = {"channels": sorted(channels), "since": since, "until": until, "beyond": beyond, "most": limit}
    return [made(Missed, row) for row in await connection.execute(_waiting(), wanted)]


async def of(
    connection: AsyncConnection, conversation_id: int, channels: Collection[str], *, since: datetime
) -> Missed | None:
    """Find the same of one conversation, however short ago it was."""
    wanted = {"channels": sorted(channels), "since": since, "which": conversation_id}
    row = (await connection.execute(_one(), wanted)).first()
    return None if row is None else made(Missed, row)


async def only_rang(
    connection: AsyncConnection, conversation_ids: Collection[int], channels: Collection[str]
) -> set[int]:
    """Say which of the conversations hold nothing of what their customers wait for but calls."""
    if not conversation_ids or not channels:
        return set()
    wanted = {"ids": list(conversation_ids), "channels": sorted(channels)}
    return set((await connection.execute(_only_rang(), wanted)).scalars())


def _over_voice(table: Any) -> ColumnElement[bool]:
    return and_(table.c.direction == "in", table.c.channel.in_(bindparam("channels", expanding=True)))


def _last() -> Any:
    """Give of each conversation and address the last call that nobody took, or voicemail."""
    return (
        select(
            messages.c.conversation_id,
            func.max(messages.c.id).label("message_id"),
            messages.c.address_id,
            func.max(messages.c.received_at).label("at"),
        )
        .select_from(conversations.join(messages, messages.c.conversation_id == conversations.c.id))
        .where(
            WAITS,
            _over_voice(messages),
            messages.c.nature == "",
            messages.c.address_id.is_not(None),
            messages.c.received_at >= bindparam("since"),
        )
        .group_by(messages.c.conversation_id, messages.c.address_id)
    )


def _unheard(last: Any) -> ColumnElement[bool]:
    """Whether since then nobody spoke with them, they wrote nothing, and no agent did."""
    later = messages.alias("later")
    written = and_(later.c.direction == "in", later.c.channel.not_in(bindparam("channels", expanding=True)))
    ours = and_(later.c.direction == "out", later.c.agent_id.is_not(None))
    return ~(
        select(later.c.id)
        .where(
            later.c.conversation_id == last.c.conversation_id,
            later.c.id > last.c.message_id,
            or_(later.c.nature == "call", written, ours),
        )
        .correlate(last)
        .exists()
    )


@cache
def _waiting() -> Select[Any]:
    last = _last().subquery("last")
    return (
        select(last)
        .where(last.c.at <= bindparam("until"), last.c.message_id > bindparam("beyond"), _unheard(last))
        .order_by(last.c.message_id)
        .limit(bindparam("most"))
    )


@cache
def _one() -> Select[Any]:
    last = _last().where(conversations.c.id == bindparam("which")).subquery("last")
    return select(last).where(_unheard(last)).order_by(last.c.message_id.desc()).limit(1)


@cache
def _only_rang() -> Select[Any]:
    words = messages.alias("words")
    written = (
        select(words.c.id)
        .where(
            words.c.conversation_id == conversations.c.id,
            words.c.direction == "in",
            words.c.channel.not_in(bindparam("channels", expanding=True)),
            words.c.received_at >= conversations.c.waiting_since,
        )
        .correlate(conversations)
    )
    rang = select(messages.c.id).where(
        messages.c.conversation_id == conversations.c.id,
        _over_voice(messages),
        messages.c.received_at >= conversations.c.waiting_since,
    )
    return select(conversations.c.id).where(
        conversations.c.id.in_(bindparam("ids", expanding=True)),
        rang.correlate(conversations).exists(),
        ~written.exists(),
    )
