"""Who saw or changed what of a customer: lines that are added and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import Ids
from storage.rows import made
from storage.tables import looks

What = Literal["seen", "changed", "merged", "unmerged", "exported"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One line: *what* an agent did, with the old and the new of each fact they changed in *data*."""

    id: int
    agent_id: int
    customer_id: int
    at: datetime
    what: str
    data: Any


async def record(
    connection: AsyncConnection,
    ids: Ids,
    customer_id: int,
    agent_id: int,
    what: What,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write down what an agent saw or did."""
    line = {"id": ids.next(), "agent_id": agent_id, "customer_id": customer_id, "at": now, "what": what}
    await connection.execute(looks.insert().values(**line, data=None if data is None else dict(data)))


async def of(connection: AsyncConnection, customer_id: int, limit: int = 50) -> list[Look]:
    """List the last looks at a customer, newest first."""
    which = select(looks).where(looks.c.customer_id == customer_id).order_by(looks.c.at.desc())
    found = await connection.execute(which.order_by(looks.c.id.desc()).limit(limit))
    return [made(Look, row) for row in found]


async def forget(connection: AsyncConnection, customer_ids: Sequence[int]) -> None:
    """Forget what the lines on erased customers tell; who looked, and when, stays."""
    await connection.execute(update(looks).where(looks.c.customer_id.in_(customer_ids)).values(data=None))
