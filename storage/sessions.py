"""Sign-in links and sessions. Only the hash of a token is kept: who reads the table cannot sign in."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import Agent, made
from storage.tables import agents, sessions, sign_in_links

LINK_LIVES = timedelta(minutes=15)
SESSION_LIVES = timedelta(days=14)


def hashed(token: str) -> str:
    """Return the hex SHA-256 of *token*: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


async def make_link(
    connection: AsyncConnection, agent_id: int, *, now: datetime, lives: timedelta = LINK_LIVES
) -> str:
    """Return a token that signs the agent in once, within *lives*."""
    token = secrets.token_urlsafe(32)
    await connection.execute(
        insert(sign_in_links).values(token_hash=hashed(token), agent_id=agent_id, expires_at=now + lives)
    )
    return token


async def link_holds(connection: AsyncConnection, token: str, *, now: datetime) -> bool:
    """Whether `use_link` would still take *token*; looking uses nothing up."""
    found = await connection.execute(
        select(sign_in_links.c.agent_id)
        .join(agents, agents.c.id == sign_in_links.c.agent_id)
        .where(
            sign_in_links.c.token_hash == hashed(token),
            sign_in_links.c.used_at.is_(None),
            sign_in_links.c.expires_at > now,
            agents.c.active,
        )
    )
    return found.first() is not None


async def use_link(connection: AsyncConnection, token: str, *, now: datetime) -> int | None:
    """Use *token* up and return its agent, or None for one unknown, used, too old or of an agent who left."""
    used = await connection.execute(
        update(sign_in_links)
        .where(
            sign_in_links.c.token_hash == hashed(token),
            sign_in_links.c.used_at.is_(None),
            sign_in_links.c.expires_at > now,
            sign_in_links.c.agent_id.in_(select(agents.c.id).where(agents.c.active)),
        )
        .values(used_at=now)
        .returning(sign_in_links.c.agent_id)
    )
    agent_id: int | None = used.scalar_one_or_none()
    return agent_id


async def begin(
    connection: AsyncConnection, agent_id: int, *, now: datetime, lives: timedelta = SESSION_LIVES
) -> str:
    """Begin a session and return its token."""
    token = secrets.token_urlsafe(32)
    await connection.execute(
        insert(sessions).values(
            token_hash=hashed(token), agent_id=agent_id, created_at=now, expires_at=now + lives
        )
    )
    return token


async def agent_of(connection: AsyncConnection, token: str, *, now: datetime) -> Agent | None:
    """Return the active agent whose session *token* is, or None."""
    found = await connection.execute(
        select(agents)
        .join(sessions, sessions.c.agent_id == agents.c.id)
        .where(sessions.c.token_hash == hashed(token), sessions.c.expires_at > now, agents.c.active)
    )
    row = found.first()
    return None if row is None else made(Agent, row)


async def end(connection: AsyncConnection, token: str) -> None:
    """End one session; ending one that is not there is nothing."""
    await connection.execute(delete(sessions).where(sessions.c.token_hash == hashed(token)))


async def sweep(connection: AsyncConnection, *, now: datetime) -> None:
    """Forget sessions and links that can no longer be used."""
    await connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    await connection.execute(
        delete(sign_in_links).where(
            or_(sign_in_links.c.expires_at <= now, sign_in_links.c.used_at.is_not(None))
        )
    )
