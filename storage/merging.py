"""Two customers who are one person: made one, and two again within thirty days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import (
    customers,
    merging_apart,
    merging_consents,
    merging_rows,
    merging_talks,
    merging_touches,
)
from storage.ids import Ids
from storage.merging_facts import filled, given_back
from storage.rows import Customer, made
from storage.tables import customers as people
from storage.tables import merges

UNDO_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two customers made one; *data* names what went over and what was before."""

    id: int
    survivor_id: int
    absorbed_id: int
    agent_id: int
    at: datetime
    undone_at: datetime | None
    undone_by: int | None
    data: Mapping[str, Any]

    @property
    def talk(self) -> tuple[int, int] | None:
        """The conversation that goes on and the one that is over, where both customers had one."""
        talk = self.data.get("talk")
        return None if not talk else (talk["on"], talk["over"])


async def one(connection: AsyncConnection, merge_id: int) -> Merge | None:
    """Find a merge."""
    row = (await connection.execute(select(merges).where(merges.c.id == merge_id))).one_or_none()
    return None if row is None else made(Merge, row)


async def standing(connection: AsyncConnection, customer_id: int, limit: int = 20) -> list[Merge]:
    """List the merges that a customer survived and that were not undone, newest first."""
    which = select(merges).where(merges.c.survivor_id == customer_id, merges.c.undone_at.is_(None))
    rows = await connection.execute(which.order_by(merges.c.id.desc()).limit(limit))
    return [made(Merge, row) for row in rows]


async def later(connection: AsyncConnection, merge: Merge) -> Merge | None:
    """Find a merge of one of the same customers that was made after this one and stands."""
    whose = (merge.survivor_id, merge.absorbed_id)
    either = or_(merges.c.survivor_id.in_(whose), merges.c.absorbed_id.in_(whose))
    which = select(merges).where(either, merges.c.id > merge.id, merges.c.undone_at.is_(None))
    row = (await connection.execute(which.order_by(merges.c.id.desc()).limit(1))).one_or_none()
    return None if row is None else made(Merge, row)


async def merge(
    connection: AsyncConnection,
    ids: Ids,
    survivor: Customer,
    absorbed: Customer,
    agent_id: int,
    now: datetime,
) -> Merge:
    """Make two customers one: everything of the absorbed goes to the survivor.

    Facts are taken where the survivor has none, the stricter word on consent holds at a place of both,
    and of two open conversations the older goes on.
    """
    key = ids.next()
    both = (survivor.id, absorbed.id)
    held = await merging_consents.strictest(connection, ids, both, key, agent_id, now)
    talk = await merging_talks.join(connection, *both, now)
    moved = await merging_rows.over(connection, absorbed.id, survivor.id)
    moved["touches"], ended = await merging_touches.over(connection, ids, absorbed.id, survivor.id, now)
    facts = filled(survivor, absorbed)
    if facts:
        await customers.change(connection, survivor.id, **facts)
    await customers.change(connection, absorbed.id, merged_into=survivor.id)
    data = {
        "moved": moved,
        "facts": merging_rows.pairs(survivor, facts),
        "talk": None if talk is None else talk.data,
        "touches": ended,
        "allowances": held,
    }
    row: dict[str, Any] = {"id": key, "survivor_id": survivor.id, "absorbed_id": absorbed.id}
    row |= {"agent_id": agent_id, "at": now}
    await connection.execute(merges.insert().values(**row, data=data))
    return Merge(**row, undone_at=None, undone_by=None, data=data)


async def unmerge(
    connection: AsyncConnection, ids: Ids, merge: Merge, agent_id: int, now: datetime
) -> set[int]:
    """Make them two again: what went over goes back, what came since stays with its address.

    Returns the conversations that changed. What may be undone is asked before: see `later`.
    """
    data, both = merge.data, (merge.survivor_id, merge.absorbed_id)
    ended = update(merges).where(merges.c.id == merge.id, merges.c.undone_at.is_(None))
    await connection.execute(ended.values(undone_at=now, undone_by=agent_id))
    await merging_rows.back(connection, data["moved"], *both)
    await customers.change(connection, merge.absorbed_id, merged_into=None)
    survivor = await customers.one(connection, merge.survivor_id)
    if survivor is not None and (facts := given_back(survivor, data["facts"])):
        await customers.change(connection, survivor.id, **facts)
    await merging_touches.again(connection, ids, data["touches"], now)
    await merging_consents.loosened(connection, ids, data["allowances"], merge.id, now)
    changed = await merging_apart.apart(connection, ids, both, merge.id, data["talk"], now)
    return changed | set(data["moved"]["conversations"])


async def parted(connection: AsyncConnection, one: int, other: int) -> bool:
    """Whether two customers were one and are two again: an agent said that they are not the same."""
    pair = or_(
        and_(merges.c.survivor_id == one, merges.c.absorbed_id == other),
        and_(merges.c.survivor_id == other, merges.c.absorbed_id == one),
    )
    which = select(merges.c.id).where(pair, merges.c.undone_at.is_not(None)).limit(1)
    return (await connection.execute(which)).first() is not None


async def everybody(connection: AsyncConnection, customer_id: int) -> list[int]:
    """List a customer and all who became one with them, over any number of merges."""
    found, fresh = [customer_id], [customer_id]
    while fresh:
        which = select(people.c.id).where(people.c.merged_into.in_(fresh))
        fresh = [key for key in (await connection.execute(which)).scalars() if key not in found]
        found += fresh
    return found


async def forget(connection: AsyncConnection, customer_ids: Sequence[int]) -> None:
    """Forget what merges of erased customers tell of them; such a merge cannot be undone."""
    theirs = or_(merges.c.survivor_id.in_(customer_ids), merges.c.absorbed_id.in_(customer_ids))
    await connection.execute(update(merges).where(theirs).values(data={}))
