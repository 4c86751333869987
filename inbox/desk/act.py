"""One act at the desk: one transaction, and after it the telling."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bots.channel import Channel
from inbox.desk.errors import NotThere
from inbox.live import Change, Live
from inbox.nudges import Nudges
from storage import agents, conversations, deliveries, messages, queues
from storage.database import Connection, Database
from storage.ids import Ids
from storage.queues import OwedRow
from storage.rows import Agent, Conversation, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every act stands on; *slack* says whether the Slack desk is owed anything."""

    database: Database
    channels: Mapping[str, Channel]
    live: Live
    nudges: Nudges
    slack: bool

    @asynccontextmanager
    async def act(self, now: datetime) -> AsyncIterator["Act"]:
        """Open a transaction; when it is kept, tell the pages and wake the loops."""
        async with self.database.writing() as connection:
            act = Act(connection=connection, ids=self.database.ids, now=now, slack=self.slack)
            yield act
        for change in act.changes:
            self.live.publish(change)
        for name in act.nudges:
            self.nudges.nudge(name)


@dataclass(slots=True, kw_only=True)
class Act:
    """What one transaction reads, owes, and has to tell afterwards."""

    connection: Connection
    ids: Ids
    now: datetime
    slack: bool
    changes: list[Change] = field(default_factory=list)
    nudges: set[str] = field(default_factory=set)

    async def conversation(self, conversation_id: int) -> Conversation:
        """Find the conversation; raises NotThere."""
        found = await conversations.one(self.connection, conversation_id)
        if found is None:
            raise NotThere
        return found

    async def message(self, message_id: int) -> Message:
        """Find the message; raises NotThere."""
        found = await messages.one(self.connection, message_id)
        if found is None:
            raise NotThere
        return found

    async def agent(self, agent_id: int) -> Agent:
        """Find the agent; raises NotThere."""
        found = await agents.one(self.connection, agent_id)
        if found is None:
            raise NotThere("There is no such agent.")
        return found

    async def owe(self, *rows: OwedRow) -> None:
        """Owe rows and wake the lanes they are in."""
        await queues.owe(self.connection, self.ids, rows, self.now)
        self.nudges |= {row.lane for row in rows}

    async def show(
        self, kind: str, conversation_id: int, *, key: str, message_id: int | None = None, data: Any = None
    ) -> None:
        """Owe the Slack desk a post, where there is one."""
        if not self.slack:
            return
        lane = "slack-marks" if kind == "mark" else "slack"
        row = OwedRow(
            lane=lane,
            kind=kind,
            conversation_id=conversation_id,
            key=key,
            message_id=message_id,
            data=data,
            due_at=self.now,
        )
        await self.owe(row)

    async def changed(self, conversation_id: int) -> None:
        """Tell the pages that a conversation changed, and owe its card a refresh."""
        self.changes.append(Change(kind="conversation", conversation_id=conversation_id))
        if not self.slack:
            return
        key = f"card:{self.ids.next()}"
        row = OwedRow(
            lane="slack-cards", kind="card", conversation_id=conversation_id, key=key, due_at=self.now
        )
        if not await deliveries.waits(self.connection, "slack-cards", conversation_id):
            await self.owe(row)
        self.nudges.add("slack-cards")

    async def happened(
        self, kind: str, conversation_id: int, agent_id: int | None, data: Mapping[str, Any] | None = None
    ) -> None:
        """Record what befell a conversation, show it in its Slack thread, and tell the pages."""
        happening = await conversations.happened(
            self.connection,
            self.ids,
            conversation_id=conversation_id,
            kind=kind,
            agent_id=agent_id,
            at=self.now,
            data=data or {},
        )
        details = {"happening_id": happening.id, "kind": kind, **(data or {})}
        await self.show("happened", conversation_id, key=f"happened:{happening.id}", data=details)
        await self.changed(conversation_id)
