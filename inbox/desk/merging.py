"""Two customers who are one person, made one by a lead or an admin, and two again within thirty days."""

from datetime import datetime
from typing import Any

from inbox.desk.act import Act, Ground
from inbox.desk.errors import DeskError, NotThere
from storage import conversations, customers, looks, merging
from storage.merging import UNDO_WITHIN, Merge
from storage.rows import Customer

BELL = "touches"


class Merging:
    """The part of the desk that merges customers."""

    def __init__(self, ground: Ground) -> None:
        """Stand on *ground*."""
        self._ground = ground

    async def merge(self, survivor_id: int, absorbed_id: int, agent_id: int, *, now: datetime) -> int:
        """Make two customers one; returns the merge's id. Raises NotAllowed, NotThere, or a DeskError.

        Asked twice, it is done once.
        """
        async with self._ground.gesture(now, "merge", agent_id) as act:
            survivor = await _known(act, survivor_id)
            absorbed = await _known(act, absorbed_id)
            if (done := await _done(act, survivor, absorbed)) is not None:
                return done
            _checked(survivor, absorbed)
            merge = await merging.merge(act.connection, act.ids, survivor, absorbed, agent_id, now)
            for one, other in ((survivor, absorbed), (absorbed, survivor)):
                data = {"merge_id": merge.id, "with": other.id}
                await looks.record(act.connection, act.ids, one.id, agent_id, "merged", now, data)
            act.tell(f"with {absorbed.id}", customer_id=survivor.id)
            await _tell(act, "customers_merged", merge, agent_id, absorbed)
            act.nudges |= {BELL, "assign"}
            return merge.id

    async def unmerge(self, merge_id: int, agent_id: int, *, now: datetime) -> None:
        """Make them two again, what came since with the address it came by; asked twice, it is done once.

        Raises NotAllowed, NotThere, or a DeskError after thirty days and under a later merge.
        """
        async with self._ground.gesture(now, "unmerge", agent_id) as act:
            merge = await merging.one(act.connection, merge_id)
            if merge is None:
                raise NotThere("There is no such merge.")
            if merge.undone_at is not None:
                return
            await _undoable(act, merge)
            changed = await merging.unmerge(act.connection, act.ids, merge, agent_id, now)
            for one, other in (
                (merge.survivor_id, merge.absorbed_id),
                (merge.absorbed_id, merge.survivor_id),
            ):
                data = {"merge_id": merge.id, "with": other}
                await looks.record(act.connection, act.ids, one, agent_id, "unmerged", now, data)
            act.tell(f"from {merge.absorbed_id}", customer_id=merge.survivor_id)
            await _tell_parted(act, merge, agent_id, changed)
            act.nudges |= {BELL, "assign"}


async def _known(act: Act, customer_id: int) -> Customer:
    found = await customers.one(act.connection, customer_id)
    if found is None or found.erased_at is not None:
        raise NotThere("There is no such customer.")
    return found


async def _done(act: Act, survivor: Customer, absorbed: Customer) -> int | None:
    """Find the merge that made them one already, this way round."""
    if absorbed.merged_into != survivor.id:
        return None
    found = await merging.standing(act.connection, survivor.id)
    return next((one.id for one in found if one.absorbed_id == absorbed.id), None)


def _checked(survivor: Customer, absorbed: Customer) -> None:
    if survivor.id == absorbed.id:
        raise DeskError("This is the same customer. Choose another.")
    for one in (survivor, absorbed):
        if one.merged_into is not None:
            raise DeskError(f"{one.name or 'One of them'} became one with another already. Look there.")


async def _undoable(act: Act, merge: Merge) -> None:
    if act.now - merge.at > UNDO_WITHIN:
        raise DeskError("That was more than 30 days ago. It cannot be undone any more.")
    if not merge.data:
        raise DeskError("The customer was erased. It cannot be undone any more.")
    if await merging.later(act.connection, merge) is not None:
        raise DeskError("A later merge stands upon this one. Undo that first.")


async def _tell(act: Act, kind: str, merge: Merge, agent_id: int, absorbed: Customer) -> None:
    """Say it in both threads; only what goes on can be undone from."""
    data: dict[str, Any] = {"merge_id": merge.id, "customer": absorbed.name}
    if merge.talk is None:
        found = await conversations.going_on(act.connection, merge.survivor_id)
        last = await conversations.of_customer(act.connection, merge.survivor_id, limit=1)
        for one in [found] if found else last:
            await act.happened(kind, one.id, agent_id, data)
        return
    on, over = merge.talk
    await act.happened(kind, on, agent_id, {**data, "other": over})
    await act.happened(kind, over, agent_id, {**data, "into": on})


async def _tell_parted(act: Act, merge: Merge, agent_id: int, changed: set[int]) -> None:
    told = list(merge.talk or ())
    if not told:
        for customer in (merge.survivor_id, merge.absorbed_id):
            talk = await conversations.going_on(act.connection, customer)
            told += [talk.id] if talk else []
    for one in told:
        other = next((each for each in told if each != one), None)
        data = {"merge_id": merge.id} | ({"other": other} if other else {})
        await act.happened("customers_parted", one, agent_id, data)
    await act.changed(*sorted(changed - set(told)))
