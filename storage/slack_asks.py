"""Questions that agents were asked in Slack before anything was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.once import keep
from storage.rows import made
from storage.tables import (
    slack_asks,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAsk:
    """What an agent wrote and was asked about; state is asked, told, sent, noted or withdrawn."""

    slack_channel: str
    ts: str
    thread_ts: str
    conversation_id: int
    agent_id: int
    question: str
    sendable: bool
    said: Mapping[str, Any]
    state: str
    asked_at: datetime


async def keep_ask(connection: AsyncConnection, ask: SlackAsk) -> bool:
    """Remember what was asked; says whether it was not asked already."""
    return await keep(connection, slack_asks, {name: getattr(ask, name) for name in SlackAsk.__slots__})


async def ask_at(connection: AsyncConnection, slack_channel: str, ts: str) -> SlackAsk | None:
    """Find what was asked about the message at a place."""
    which = select(slack_asks).where(slack_asks.c.slack_channel == slack_channel, slack_asks.c.ts == ts)
    row = (await connection.execute(which)).one_or_none()
    return None if row is None else made(SlackAsk, row)


async def answer_ask(connection: AsyncConnection, ask: SlackAsk, state: str) -> None:
    """Remember how a question ended: told, sent, noted or withdrawn."""
    await _change_ask(connection, ask, state=state)


async def change_ask(connection: AsyncConnection, ask: SlackAsk, said: Mapping[str, Any]) -> None:
    """Keep the words as the agent has changed them meanwhile."""
    await _change_ask(connection, ask, said=dict(said))


async def _change_ask(connection: AsyncConnection, ask: SlackAsk, **values: Any) -> None:
    here = (slack_asks.c.slack_channel == ask.slack_channel, slack_asks.c.ts == ask.ts)
    await connection.execute(update(slack_asks).where(*here).values(**values))


async def unanswered(connection: AsyncConnection, before: datetime) -> list[SlackAsk]:
    """List what was asked before an instant and nobody has answered."""
    which = select(slack_asks).where(slack_asks.c.state == "asked", slack_asks.c.asked_at < before)
    return [made(SlackAsk, row) for row in await connection.execute(which.order_by(slack_asks.c.asked_at))]
