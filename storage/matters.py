"""What an answer bears where answers stand under a subject: the matter's, and the names of what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import deliveries, messages

NAMED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """The *subject* that was told first, what was *said* by providers' names, the customer's *last*."""

    subject: str = ""
    said: tuple[str, ...] = ()
    last: str = ""


async def before(connection: AsyncConnection, conversation_id: int, channel: str, message_id: int) -> Matter:
    """Read the matter of a conversation over one channel before a message; at most `NAMED` names.

    A message of ours with a subject of its own begins a matter: nothing was said before it.
    """
    own = select(messages.c.subject).where(messages.c.id == message_id, messages.c.direction == "out")
    if subject := (await connection.execute(own)).scalar_one_or_none():
        return Matter(subject=subject)
    here = (messages.c.conversation_id == conversation_id, messages.c.channel == channel)
    told = select(messages.c.subject).where(*here, messages.c.subject != "").order_by(messages.c.id).limit(1)
    which = (
        select(messages.c.id, messages.c.direction, messages.c.nature, messages.c.external_id)
        .where(*here, messages.c.id < message_id, messages.c.direction.in_(("in", "out")))
        .order_by(messages.c.id.desc())
        .limit(NAMED)
    )
    rows = list(reversed((await connection.execute(which)).all()))
    ours = await _names(connection, channel, [row.id for row in rows if row.direction == "out"])
    said: list[str] = []
    for row in rows:
        provider_named = row.direction == "in" or row.nature
        said += [row.external_id] if provider_named and row.external_id else ours.get(row.id, [])
    theirs = [row.external_id for row in rows if row.direction == "in" and not row.nature]
    return Matter(
        subject=(await connection.execute(told)).scalar_one_or_none() or "",
        said=tuple(said[-NAMED:]),
        last=theirs[-1] or "" if theirs else "",
    )


async def _names(
    connection: AsyncConnection, channel: str, message_ids: Sequence[int]
) -> Mapping[int, list[str]]:
    """Name what we sent as the provider does, part by part, by message."""
    found: dict[int, list[str]] = {}
    if not message_ids:
        return found
    which = select(deliveries.c.message_id, deliveries.c.external_id).where(
        deliveries.c.message_id.in_(message_ids),
        deliveries.c.lane == channel,
        deliveries.c.kind == "message",
        deliveries.c.external_id.is_not(None),
    )
    for row in await connection.execute(which.order_by(deliveries.c.id)):
        found.setdefault(row.message_id, []).append(row.external_id)
    return found
