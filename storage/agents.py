"""Questions about agents."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.by import row_by
from storage.ids import Ids
from storage.rows import Agent, made
from storage.tables import agents


async def all_active(connection: AsyncConnection) -> list[Agent]:
    """List the agents of the policy, by name."""
    rows = await connection.execute(select(agents).where(agents.c.active.is_(True)).order_by(agents.c.name))
    return [made(Agent, row) for row in rows]


async def one(connection: AsyncConnection, agent_id: int) -> Agent | None:
    """Find an agent, active or not."""
    row = await row_by(connection, agents.c.id, agent_id)
    return None if row is None else made(Agent, row)


async def by_key(connection: AsyncConnection, key: str) -> Agent | None:
    """Find an agent by the policy's key."""
    row = (await connection.execute(select(agents).where(agents.c.key == key))).one_or_none()
    return None if row is None else made(Agent, row)


async def by_slack(connection: AsyncConnection, slack_id: str, email: str = "") -> Agent | None:
    """Find an active agent by Slack id, else by e-mail address."""
    active = await all_active(connection)
    by_id = next((agent for agent in active if agent.slack_id and agent.slack_id == slack_id), None)
    if by_id is not None or not email:
        return by_id
    return next((agent for agent in active if agent.email.lower() == email.lower()), None)


async def sync(
    connection: AsyncConnection, ids: Ids, entries: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Make the table say what the policy says: new agents begin, missing ones become inactive."""
    here = {row.key: row.id for row in await connection.execute(select(agents.c.key, agents.c.id))}
    for entry in entries:
        if entry["key"] in here:
            change = update(agents).where(agents.c.key == entry["key"]).values(**entry, active=True)
            await connection.execute(change)
        else:
            await connection.execute(
                agents.insert().values(
                    id=ids.next(), **entry, active=True, available=True, idle_since=now, created_at=now
                )
            )
    kept = [entry["key"] for entry in entries]
    await connection.execute(update(agents).where(agents.c.key.not_in(kept)).values(active=False))


async def change(connection: AsyncConnection, agent_id: int, **values: Any) -> None:
    """Set columns of an agent."""
    await connection.execute(update(agents).where(agents.c.id == agent_id).values(**values))


async def were_given(connection: AsyncConnection, agent_ids: Iterable[int], now: datetime) -> None:
    """Remember that the agents got a conversation at *now*."""
    which = update(agents).where(agents.c.id.in_(list(agent_ids)))
    await connection.execute(which.values(idle_since=now))
