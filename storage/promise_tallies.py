"""How promises were kept: counted by who had to keep them and by team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, case, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import MICROSECOND
from storage.promises import BROKEN, GRACE, KEPT, OPEN, WITHDRAWN
from storage.tables import conversations, promises


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of promises: *overdue* ones are open and late, *withdrawn* ones were let go in time."""

    in_time: int = 0
    late: int = 0
    broken: int = 0
    overdue: int = 0
    withdrawn: int = 0

    @property
    def came_due(self) -> int:
        """How many had to be kept by now: what was withdrawn in time had not."""
        return self.in_time + self.late + self.broken + self.overdue

    @property
    def kept(self) -> float | None:
        """The share kept, in time or late; None where nothing came due."""
        return (self.in_time + self.late) / self.came_due if self.came_due else None

    @property
    def kept_in_time(self) -> float | None:
        """The share kept in time; None where nothing came due."""
        return self.in_time / self.came_due if self.came_due else None

    def __add__(self, other: "Tally") -> "Tally":
        """Count both together."""
        return Tally(
            in_time=self.in_time + other.in_time,
            late=self.late + other.late,
            broken=self.broken + other.broken,
            overdue=self.overdue + other.overdue,
            withdrawn=self.withdrawn + other.withdrawn,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAgent:
    """What became of the promises that one agent had to keep in one team."""

    agent_id: int
    team: str
    tally: Tally


async def tallies(
    connection: AsyncConnection,
    since: datetime,
    now: datetime,
    *,
    owner_ids: Sequence[int] | None = None,
    teams: Sequence[str] | None = None,
) -> list[OfAgent]:
    """Count what was due from *since* until *now*, or ended before it was due, by agent and team.

    *owner_ids* and *teams* leave out the others.
    """
    which = _counted(now).where(promises.c.due_at >= since)
    which = which.where(or_(promises.c.due_at < now, promises.c.state != OPEN))
    if owner_ids is not None:
        which = which.where(promises.c.owner_id.in_(owner_ids))
    if teams is not None:
        which = which.where(conversations.c.team.in_(teams))
    rows = await connection.execute(which.group_by(promises.c.owner_id, conversations.c.team))
    names = Tally.__slots__
    return [
        OfAgent(
            agent_id=row.owner_id, team=row.team, tally=Tally(**{one: getattr(row, one) for one in names})
        )
        for row in rows
    ]


def _counted(now: datetime) -> Any:
    ended, due = (type_coerce(column, BigInteger) for column in (promises.c.ended_at, promises.c.due_at))
    in_time = and_(promises.c.missed_at.is_(None), ended <= due + GRACE // MICROSECOND)
    kept = promises.c.state == KEPT
    columns = {
        "in_time": and_(kept, in_time),
        "late": and_(kept, ~in_time),
        "broken": promises.c.state == BROKEN,
        "overdue": and_(promises.c.state == OPEN, promises.c.due_at < now),
        "withdrawn": promises.c.state == WITHDRAWN,
    }
    sums = [func.sum(case((which, 1), else_=0)).label(name) for name, which in columns.items()]
    joined = promises.join(conversations, conversations.c.id == promises.c.conversation_id)
    return select(promises.c.owner_id, conversations.c.team, *sums).select_from(joined)
