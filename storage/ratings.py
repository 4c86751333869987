"""How customers say it was: who was asked, and what each agent's ratings come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import made
from storage.tables import ratings


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingRow:
    """A matter of which a customer was asked how it was; *rating* is 1 to 5 once they answered."""

    conversation_id: int
    customer_id: int
    agent_id: int | None
    asked_at: datetime
    message_id: int | None
    rating: int | None
    words: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingTally:
    """What an agent's ratings come to: how many were *asked*, how many *given*, their *mean* (0 for none)."""

    agent_id: int
    asked: int
    given: int
    mean: float


async def ask(
    connection: AsyncConnection,
    *,
    conversation_id: int,
    customer_id: int,
    agent_id: int,
    message_id: int,
    now: datetime,
) -> None:
    """Remember that a customer is asked how it was; asked again, what they answered before goes."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    asked = {
        "customer_id": customer_id,
        "agent_id": agent_id,
        "asked_at": now,
        "message_id": message_id,
        "rating": None,
        "words": "",
        "answered_at": None,
    }
    statement = insert(ratings).values(conversation_id=conversation_id, **asked)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[ratings.c.conversation_id], set_=asked)
    )


async def of(connection: AsyncConnection, conversation_id: int) -> RatingRow | None:
    """Find what a customer was asked and answered of a matter."""
    which = select(ratings).where(ratings.c.conversation_id == conversation_id)
    row = (await connection.execute(which)).one_or_none()
    return None if row is None else made(RatingRow, row)


async def tallies(
    connection: AsyncConnection, since: datetime, until: datetime, agent_ids: Sequence[int] | None = None
) -> Mapping[int, RatingTally]:
    """Count the ratings of matters asked about in [since, until), by the agent whose they were."""
    mine = [ratings.c.agent_id.in_(agent_ids)] if agent_ids is not None else []
    which = (
        select(
            ratings.c.agent_id,
            func.count().label("asked"),
            func.count(ratings.c.rating).label("given"),
            func.avg(ratings.c.rating).label("mean"),
        )
        .where(ratings.c.asked_at >= since, ratings.c.asked_at < until, *mine)
        .where(ratings.c.agent_id.is_not(None))
        .group_by(ratings.c.agent_id)
    )
    return {
        row.agent_id: RatingTally(
            agent_id=row.agent_id, asked=row.asked, given=row.given, mean=float(row.mean or 0)
        )
        for row in await connection.execute(which)
    }


async def forget(connection: AsyncConnection, customer_ids: Sequence[int]) -> None:
    """Forget what customers wrote beside their stars; how many there were stays."""
    await connection.execute(update(ratings).where(ratings.c.customer_id.in_(customer_ids)).values(words=""))
