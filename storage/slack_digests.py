"""The post in which a team reads who waits too long: where it stands, and what it says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.once import keep
from storage.rows import made
from storage.tables import slack_digests

CALM: Final = "calm"
"""What is kept in *said* where the post says that nobody waits too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackDigest:
    """The post of a team: *ts* is empty until Slack has said it, *said* a hash of what stands there.

    *at* is when it was posted, or when posting was last tried.
    """

    team: str
    slack_channel: str
    ts: str
    said: str
    at: datetime


async def digest_of(connection: AsyncConnection, team: str) -> SlackDigest | None:
    """Find a team's post."""
    row = (await connection.execute(select(slack_digests).where(slack_digests.c.team == team))).one_or_none()
    return None if row is None else made(SlackDigest, row)


async def keep_digest(connection: AsyncConnection, digest: SlackDigest) -> None:
    """Let this be the team's post from now on."""
    values = {name: getattr(digest, name) for name in SlackDigest.__slots__}
    if not await keep(connection, slack_digests, values):
        which = update(slack_digests).where(slack_digests.c.team == digest.team)
        await connection.execute(which.values(**values))
