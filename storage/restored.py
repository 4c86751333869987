"""A database that was put back from a backup: what it owed then may have been sent since, so nothing leaves.

The house knows what was so when the backup was made, and nothing of what it did afterwards. Whatever it
would send by itself waits, marked with why, until a person says what is to become of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import facts
from storage.endings import REPEATABLE
from storage.messages import refresh_status
from storage.queues import promote
from storage.statuses import ASKING, DROPPED, PERHAPS, QUEUED, READY, SENDING
from storage.tables import deliveries, laters, messages

HELD: Final = "house.restored"
CODE: Final = "restored"
"""The code of what was owed when the backup was made, until it is sent or dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A house that sends nothing: its backup was made at *made_at*, and put back at *at* by somebody."""

    made_at: datetime
    at: datetime
    by: str


async def hold(connection: AsyncConnection, held: Held) -> None:
    """Let nothing leave from now on, and say on all that is owed to customers why it waits.

    What was being sent is perhaps sent; an edit or a deletion, which is the same when made twice, waits.
    """
    told = {"made_at": held.made_at.isoformat(), "at": held.at.isoformat(), "by": held.by}
    await facts.tell(connection, HELD, told)
    made = f"{held.made_at:%Y-%m-%d %H:%M}Z"
    under_way = and_(_TO_CUSTOMERS, deliveries.c.state.in_((SENDING, ASKING)))
    twice_is_once = deliveries.c.kind.in_(REPEATABLE)
    result = await connection.execute(
        update(deliveries)
        .where(under_way)
        .values(
            state=case((twice_is_once, READY), else_=PERHAPS),
            ended_at=case(
                (twice_is_once, None), else_=bindparam("ended", held.at, deliveries.c.ended_at.type)
            ),
            code=CODE,
            reason=f"it was being sent when the backup of {made} was made",
        )
        .returning(deliveries.c.lane, deliveries.c.conversation_id, deliveries.c.message_id)
    )
    rows = result.all()
    waits = update(deliveries).where(_TO_CUSTOMERS, deliveries.c.state.in_((QUEUED, READY)))
    why = f"owed when the backup of {made} was made; it may have been sent since (tidings resume)"
    await connection.execute(waits.values(code=CODE, reason=why))
    await refresh_status(connection, [row.message_id for row in rows], held.at)
    await promote(connection, {(row.lane, row.conversation_id) for row in rows})


async def held(connection: AsyncConnection) -> Held | None:
    """Say since when nothing leaves, and why; None in a house that sends."""
    told = await facts.told(connection, HELD)
    return None if not told or told.get("over") else _held(told)


async def restored_at(connection: AsyncConnection) -> datetime | None:
    """Say when this database was put back last, also where it sends again."""
    told = await facts.told(connection, HELD)
    return None if not told else _held(told).at


async def let_go(connection: AsyncConnection) -> None:
    """Let everything leave again."""
    told = await facts.told(connection, HELD)
    await facts.tell(connection, HELD, {**told, "over": True})


async def doubtful(connection: AsyncConnection, since: Held) -> int:
    """Count what waits and may have been sent before: see `give_up`."""
    which = select(func.count()).select_from(deliveries).where(_doubtful(since))
    return int((await connection.execute(which)).scalar_one())


async def certain(connection: AsyncConnection, since: Held) -> int:
    """Count what waits and cannot have been sent before: what agents wrote since it was put back."""
    waits = and_(_TO_CUSTOMERS, deliveries.c.state.in_((QUEUED, READY)), not_(_doubtful(since)))
    return int(
        (await connection.execute(select(func.count()).select_from(deliveries).where(waits))).scalar_one()
    )


async def give_up(connection: AsyncConnection, since: Held, now: datetime) -> int:
    """Drop what waits and may have been sent before: returns how many.

    That is what was owed then, what was to be sent later and fell due meanwhile, and all that the house
    began by itself since it was put back. What agents wrote since then stays.
    """
    why = f"given up after the backup of {since.made_at:%Y-%m-%d %H:%M}Z was put back: it may have been sent"
    result = await connection.execute(
        update(deliveries)
        .where(_doubtful(since))
        .values(state=DROPPED, ended_at=now, code=CODE, reason=why)
        .returning(deliveries.c.lane, deliveries.c.conversation_id, deliveries.c.message_id)
    )
    rows = result.all()
    await refresh_status(connection, [row.message_id for row in rows], now)
    await promote(connection, {(row.lane, row.conversation_id) for row in rows})
    return len(rows)


def _held(told: dict[str, Any]) -> Held:
    return Held(
        made_at=datetime.fromisoformat(told["made_at"]),
        at=datetime.fromisoformat(told["at"]),
        by=told["by"],
    )


# Posts in Slack are not held: agents must see what waits, and Slack is asked before a post is made twice.
_TO_CUSTOMERS: ColumnElement[bool] = and_(deliveries.c.lane != "slack", deliveries.c.lane.not_like("slack-%"))


def _doubtful(since: Held) -> ColumnElement[bool]:
    by_itself = exists().where(messages.c.id == deliveries.c.message_id, messages.c.agent_id.is_(None))
    fell_due = exists().where(laters.c.message_id == deliveries.c.message_id, laters.c.at <= since.at)
    return and_(
        _TO_CUSTOMERS,
        deliveries.c.state.in_((QUEUED, READY)),
        or_(deliveries.c.code == CODE, by_itself, fell_due),
    )
