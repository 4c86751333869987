"""What is still to leave the journal's streams of customers who were erased, kept with the erasure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import erasing, indexing
from storage import facts as told_facts
from storage.ids import first_at
from storage.instants import from_micros, to_micros
from storage.tables import attachments, conversations, facts, leases, messages

OWED: Final = "forget/"
DONE: Final = "forgotten/"
APPLYING: Final = "apply/"
LONGEST: Final = timedelta(days=31)
"""No stream has a hook for longer: older ones are owed to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far the owners of a partition had come: a sequence of the stream that was made at *stream*."""

    sequence: int
    stream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What the streams still owe to an erasure *at* an instant, of the receipt *receipt_id*.

    *hooks* are the keys of the customer's calls, *left* those of them that were not found yet; *marks* are
    keyed hashes of their addresses; *places* is how far each partition was applied when they were erased.
    No word and no address is in it.
    """

    receipt_id: int
    at: datetime
    hooks: Sequence[int]
    left: Sequence[int]
    marks: Sequence[str]
    places: Mapping[int, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """When the calls of an erased customer had left the streams; without *at* they still wait."""

    at: datetime | None


async def owe(
    connection: AsyncConnection,
    receipt_id: int,
    *,
    hooks: Collection[int],
    marks: Collection[str],
    at: datetime,
) -> None:
    """Owe to an erasure that its *hooks* leave the streams, and what of the *marks* nobody applied yet."""
    lately = sorted(key for key in hooks if key >= first_at(at - LONGEST))
    owed = Owed(
        receipt_id=receipt_id,
        at=at,
        hooks=lately,
        left=lately,
        marks=sorted(marks),
        places=await places(connection),
    )
    await keep(connection, owed)


async def keep(connection: AsyncConnection, owed: Owed) -> None:
    """Keep how far it has come."""
    value = {
        "at": to_micros(owed.at),
        "hooks": list(owed.hooks),
        "left": list(owed.left),
        "marks": list(owed.marks),
        "places": {str(key): [one.sequence, one.stream] for key, one in owed.places.items()},
    }
    await told_facts.tell(connection, f"{OWED}{owed.receipt_id}", value)


async def places(connection: AsyncConnection) -> dict[int, Place]:
    """Say how far the owners of each partition have come."""
    which = select(leases.c.name, leases.c.place, leases.c.stream).where(leases.c.name.startswith(APPLYING))
    return {
        int(row.name.removeprefix(APPLYING)): Place(sequence=row.place, stream=row.stream)
        for row in await connection.execute(which)
    }


async def owed(connection: AsyncConnection) -> list[Owed]:
    """List what the streams owe, in the order of the erasures."""
    which = select(facts).where(facts.c.name.startswith(OWED))
    found = [_read(row.name, row.value) for row in await connection.execute(which)]
    return sorted(found, key=lambda one: one.receipt_id)


def _read(name: str, value: Any) -> Owed:
    return Owed(
        receipt_id=int(name.removeprefix(OWED)),
        at=from_micros(value["at"]),
        hooks=value["hooks"],
        left=value["left"],
        marks=value["marks"],
        places={int(key): Place(sequence=at, stream=of) for key, (at, of) in value["places"].items()},
    )


async def done(connection: AsyncConnection, owed: Owed, now: datetime) -> None:
    """Owe it no more; when that was stays beside the receipt."""
    await connection.execute(delete(facts).where(facts.c.name == f"{OWED}{owed.receipt_id}"))
    await told_facts.tell(connection, f"{DONE}{owed.receipt_id}", to_micros(now))


async def of(connection: AsyncConnection, receipt_id: int) -> Done | None:
    """Say what became of it; None where the erasure owed nothing to a stream."""
    if (ended := await told_facts.told(connection, f"{DONE}{receipt_id}")) is not None:
        return Done(at=from_micros(ended))
    waits = await told_facts.told(connection, f"{OWED}{receipt_id}")
    return None if waits is None else Done(at=None)


async def wrote_besides(
    connection: AsyncConnection, everybody: Sequence[int], hooks: Collection[int]
) -> bool:
    """Say whether the customers *everybody* said anything that did not come with *hooks*."""
    theirs = select(conversations.c.id).where(conversations.c.customer_id.in_(everybody))
    which = select(messages.c.id).where(
        messages.c.conversation_id.in_(theirs),
        messages.c.direction == "in",
        or_(messages.c.hook_id.is_(None), messages.c.hook_id.not_in(hooks)),
    )
    return (await connection.execute(which.limit(1))).first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The conversations that something stood in, and where its files lie."""

    talks: Sequence[int]
    files: Sequence[str]


async def forget_late(
    connection: AsyncConnection, address_id: int, hooks: Collection[int], now: datetime
) -> Said:
    """Forget what came with *hooks* from an address; its files are still to be discarded."""
    which = select(messages.c.id, messages.c.conversation_id).where(
        messages.c.address_id == address_id, messages.c.hook_id.in_(hooks)
    )
    found = (await connection.execute(which)).all()
    keys = [row.id for row in found]
    theirs = attachments.c.message_id.in_(keys) & (attachments.c.path != "")
    files = list((await connection.execute(select(attachments.c.path).where(theirs))).scalars())
    await erasing.forget_said(connection, messages.c.id.in_(keys), now)
    await indexing.read(connection, indexing.Due(indexing.ALL[0], keys))
    return Said(talks=sorted({row.conversation_id for row in found}), files=files)
