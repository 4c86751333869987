"""Sign-in links and sessions. Only the hash of a token is kept: who reads the table cannot sign in.

A session's token changes at intervals and with the role. The one before is good until the new one was shown,
and a minute longer for what was under way: an answer that was lost signs nobody out.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.instants import Instant
from storage.rows import Agent, made
from storage.tables import agents, sessions, sign_in_links

LINK_LIVES: Final = timedelta(minutes=15)
SESSION_LIVES: Final = timedelta(days=14)
IDLE_LIVES: Final = timedelta(days=3)
TURNED_EVERY: Final = timedelta(hours=1)
SEEN_EVERY: Final = timedelta(minutes=5)
GRACE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Whose session a token opens; *mark* names it and stays when the token changes.

    *due* asks for a new token, *unseen* for a line that it was used.
    """

    agent: Agent
    mark: str
    due: bool
    unseen: bool


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
    role = select(agents.c.role).where(agents.c.id == agent_id).scalar_subquery()
    await connection.execute(
        insert(sessions).values(
            token_hash=hashed(token),
            agent_id=agent_id,
            created_at=now,
            expires_at=now + lives,
            mark=secrets.token_hex(16),
            role=role,
            seen_at=now,
            turned_at=now,
        )
    )
    return token


async def opened(connection: AsyncConnection, token: str, *, now: datetime) -> Session | None:
    """Find the session that *token* opens, of an active agent, not ended, not too old, not left idle."""
    said = {"hash": hashed(token), "now": now, "idle": now - IDLE_LIVES}
    row = (await connection.execute(_which(), said)).first()
    if row is None:
        return None
    agent = made(Agent, row)
    turned, seen = row.turned_at or row.began_at, row.seen_at
    fresh = row.token_hash == said["hash"]
    # The first time that the new token is shown, the one before gets its last minute.
    settles = fresh and row.before_hash != "" and row.before_until is None
    return Session(
        agent=agent,
        mark=row.mark or row.token_hash,
        due=row.session_role != agent.role or turned <= now - TURNED_EVERY,
        unseen=seen is None or seen <= now - SEEN_EVERY or settles,
    )


@cache
def _which() -> Select[Any]:
    return (
        select(
            agents,
            sessions.c.token_hash,
            sessions.c.before_hash,
            sessions.c.before_until,
            sessions.c.mark,
            sessions.c.role.label("session_role"),
            sessions.c.seen_at,
            sessions.c.turned_at,
            sessions.c.created_at.label("began_at"),
        )
        .join(sessions, sessions.c.agent_id == agents.c.id)
        .where(_shown(bindparam("hash"), bindparam("now", type_=Instant)), *_alive(), agents.c.active)
    )


def _shown(token_hash: Any, now: Any) -> ColumnElement[bool]:
    """Whether a hash is that of the session's token, or of the one before in its grace."""
    still = or_(sessions.c.before_until.is_(None), sessions.c.before_until > now)
    return or_(sessions.c.token_hash == token_hash, and_(sessions.c.before_hash == token_hash, still))


def _alive() -> tuple[ColumnElement[bool], ...]:
    return (
        sessions.c.expires_at > bindparam("now", type_=Instant),
        func.coalesce(sessions.c.seen_at, sessions.c.created_at) > bindparam("idle", type_=Instant),
    )


async def agent_of(connection: AsyncConnection, token: str, *, now: datetime) -> Agent | None:
    """Return the active agent whose session *token* is, or None."""
    found = await opened(connection, token, now=now)
    return None if found is None else found.agent


async def holds(connection: AsyncConnection, mark: str, *, now: datetime) -> bool:
    """Whether the session called *mark* still stands, whatever its token is by now."""
    called = or_(sessions.c.mark == mark, and_(sessions.c.mark == "", sessions.c.token_hash == mark))
    which = (
        select(sessions.c.agent_id)
        .join(agents, agents.c.id == sessions.c.agent_id)
        .where(called, *_alive(), agents.c.active)
    )
    return (await connection.execute(which, {"now": now, "idle": now - IDLE_LIVES})).first() is not None


async def seen(connection: AsyncConnection, token: str, *, now: datetime) -> None:
    """Write down that *token* was shown; the one before it, if any, now has a minute left."""
    fresh, until = hashed(token), literal(now + GRACE, Instant)
    settles = and_(
        sessions.c.token_hash == fresh, sessions.c.before_hash != "", sessions.c.before_until.is_(None)
    )
    await connection.execute(
        update(sessions)
        .where(_shown(fresh, now))
        .values(seen_at=now, before_until=case((settles, until), else_=sessions.c.before_until))
    )


async def turn(connection: AsyncConnection, token: str, *, now: datetime) -> str | None:
    """Give a session whose token is *due* a new one; None where another request did, or it has ended."""
    fresh, shown = secrets.token_urlsafe(32), hashed(token)
    role = select(agents.c.role).where(agents.c.id == sessions.c.agent_id).scalar_subquery()
    turned = await connection.execute(
        update(sessions)
        .where(
            _shown(shown, now),
            sessions.c.expires_at > now,
            or_(
                func.coalesce(sessions.c.turned_at, sessions.c.created_at) <= now - TURNED_EVERY,
                sessions.c.role != role,
            ),
        )
        .values(
            token_hash=hashed(fresh),
            before_hash=shown,
            before_until=None,
            mark=case((sessions.c.mark == "", sessions.c.token_hash), else_=sessions.c.mark),
            role=role,
            turned_at=now,
            seen_at=now,
        )
    )
    return fresh if turned.rowcount else None


async def end(connection: AsyncConnection, token: str) -> None:
    """End one session, by its token or the one before; ending one that is not there is nothing."""
    told = hashed(token)
    await connection.execute(
        delete(sessions).where(or_(sessions.c.token_hash == told, sessions.c.before_hash == told))
    )


async def end_all(connection: AsyncConnection, agent_id: int) -> int:
    """End every session of an agent and every link that was not used; returns how many sessions."""
    await connection.execute(delete(sign_in_links).where(sign_in_links.c.agent_id == agent_id))
    return (await connection.execute(delete(sessions).where(sessions.c.agent_id == agent_id))).rowcount


async def sweep(connection: AsyncConnection, *, now: datetime) -> None:
    """Forget sessions and links that can no longer be used."""
    idle = func.coalesce(sessions.c.seen_at, sessions.c.created_at) <= now - IDLE_LIVES
    await connection.execute(delete(sessions).where(or_(sessions.c.expires_at <= now, idle)))
    await connection.execute(
        delete(sign_in_links).where(
            or_(sign_in_links.c.expires_at <= now, sign_in_links.c.used_at.is_not(None))
        )
    )
