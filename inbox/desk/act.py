"""One act at the desk: one transaction, and after it the telling."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bots.channel import Channel
from inbox.desk import auditing, roles
from inbox.desk.auditing import Door, Seen
from inbox.desk.errors import NotAllowed, NotThere
from inbox.desk.signs import Signs
from inbox.live import Change, Live
from inbox.nudges import Nudges
from inbox.policies import Policies, fixed
from storage import agents, conversations, deliveries, messages, queues
from storage.audit import Line
from storage.database import Connection, Database
from storage.ids import Ids
from storage.queues import OwedRow
from storage.rows import Agent, Conversation, Happening, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every act stands on; *slack* says whether the Slack desk is owed anything.

    *door* is where whoever acts came in, *seen* what was written as seen in this hour.
    """

    database: Database
    channels: Mapping[str, Channel]
    live: Live
    nudges: Nudges
    slack: bool
    policies: Policies = field(default_factory=fixed)
    signs: Signs = field(default_factory=Signs)
    door: Door = field(default_factory=Door)
    seen: Seen = field(default_factory=Seen)

    @property
    def teams(self) -> frozenset[str]:
        """The keys of the teams that there are now."""
        return self.policies.teams

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
        for one in act.attended:
            self.signs.leave("read", one)

    @asynccontextmanager
    async def gesture(self, now: datetime, operation: str, agent_id: int | None) -> AsyncIterator["Act"]:
        """Open a transaction for what an agent does: `roles` are asked first, the audit log is told after.

        No agent is the house itself, by its clock. Raises NotAllowed, also where *operation* has no row.
        """
        who: Agent | None = None
        try:
            async with self.act(now) as act:
                if agent_id is not None:
                    who = await act.agent(agent_id)
                    act.is_of(who, operation)
                yield act
                if (line := act.line(self.door)) is not None:
                    await auditing.keep(act.connection, act.ids, line)
        except NotAllowed as error:
            if who is not None:
                await self.refuses(who, operation, now, error)
            raise

    async def lets(
        self, agent: Agent, operation: str, now: datetime, *, team: str = "", owner: int | None = None
    ) -> None:
        """Ask `roles` before something is shown; raises NotAllowed, which the audit log is told."""
        try:
            roles.check(agent, operation, team=team, owner=owner)
        except NotAllowed as error:
            await self.refuses(agent, operation, now, error)
            raise

    async def refuses(self, agent: Agent, operation: str, now: datetime, error: NotAllowed) -> None:
        """Tell the audit log of a refusal."""
        line = auditing.of_agent(agent, "refused", operation, now, self.door, detail=str(error))
        await auditing.refused(self.database, line)

    async def shows(self, line: Line) -> bool:
        """Tell the audit log that an agent is shown something or takes it away; says whether it was news.

        What is only shown is written once an hour.
        """
        if line.what == "saw":
            return await auditing.saw(self.database, self.seen, line)
        async with self.database.writing() as connection:
            return await auditing.keep(connection, self.database.ids, line)


def by(key: str) -> dict[str, str]:
    """Write which gesture did something, for `Act.did`; nothing where it has no key."""
    return {"gesture": key} if key else {}


@dataclass(slots=True, kw_only=True)
class Act:
    """What one transaction reads, owes, and has to tell afterwards."""

    connection: Connection
    ids: Ids
    now: datetime
    slack: bool
    changes: list[Change] = field(default_factory=list)
    nudges: set[str] = field(default_factory=set)
    attended: set[int] = field(default_factory=set)  # conversations that an agent took up or answered
    who: Agent | None = None  # none: the house itself
    operation: str = ""
    customer_id: int | None = None  # what the audit log says it is about
    conversation_id: int | None = None
    detail: str = ""
    done: bool = False

    def is_of(self, who: Agent, operation: str) -> None:
        """Make it an agent's gesture; raises NotAllowed."""
        roles.check(who, operation)
        self.who, self.operation = who, operation

    def tell(self, detail: str = "", *, customer_id: int | None = None) -> None:
        """Say that something was done, with what the audit log adds: names and counts, no words."""
        self.done, self.detail = True, detail
        self.customer_id = customer_id or self.customer_id

    def line(self, door: Door) -> Line | None:
        """Make the audit log's line, where something was done that stands in it."""
        did = self.done or self.changes or self.nudges
        kind = roles.OPERATIONS[self.operation].kind if self.who is not None and did else ""
        if self.who is None or not kind:
            return None
        return auditing.of_agent(
            self.who,
            kind,
            self.operation,
            self.now,
            door,
            customer_id=self.customer_id,
            conversation_id=self.conversation_id,
            detail=self.detail,
        )

    async def conversation(self, conversation_id: int) -> Conversation:
        """Find the conversation; raises NotThere, or NotAllowed where the agent may not do it in this one."""
        found = await conversations.one(self.connection, conversation_id)
        if found is None:
            raise NotThere
        if self.who is not None:
            roles.check(self.who, self.operation, team=found.team, owner=found.owner_id)
        if self.conversation_id is None:
            self.conversation_id, self.customer_id = found.id, found.customer_id
        return found

    async def message(self, message_id: int) -> Message:
        """Find the message; raises NotThere, and what `conversation` does."""
        found = await messages.one(self.connection, message_id)
        if found is None:
            raise NotThere
        if self.who is not None:
            await self.conversation(found.conversation_id)
        return found

    async def agent(self, agent_id: int) -> Agent:
        """Find the agent; raises NotThere."""
        if self.who is not None and self.who.id == agent_id:
            return self.who
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
        if self.slack:
            await self.owe(self._post(kind, conversation_id, key, message_id, data))

    async def carry(self, conversation_id: int, *, message_id: int, attachment_id: int) -> None:
        """Owe the Slack desk a file that has become what it is: kept, or refused with a reason."""
        if self.slack:
            key = f"attachment:{attachment_id}"
            owed = self._post("attachment", conversation_id, key, message_id)
            await self.owe(replace(owed, attachment_id=attachment_id))

    def _post(
        self, kind: str, conversation_id: int, key: str, message_id: int | None = None, data: Any = None
    ) -> OwedRow:
        return OwedRow(
            lane="slack-marks" if kind == "mark" else "slack",
            kind=kind,
            conversation_id=conversation_id,
            key=key,
            message_id=message_id,
            data=data,
            due_at=self.now,
        )

    async def changed(self, *conversation_ids: int) -> None:
        """Tell the pages that conversations changed, and owe their cards a refresh."""
        for one in conversation_ids:
            self.changes.append(Change(kind="conversation", conversation_id=one))
        if not self.slack:
            return
        await conversations.revised(self.connection, conversation_ids)
        waiting = await deliveries.who_waits(self.connection, "slack-cards", conversation_ids)
        await self.owe(*(self._card(one) for one in conversation_ids if one not in waiting))
        self.nudges.add("slack-cards")

    def _card(self, conversation_id: int) -> OwedRow:
        key = f"card:{self.ids.next()}"
        return OwedRow(
            lane="slack-cards", kind="card", conversation_id=conversation_id, key=key, due_at=self.now
        )

    async def did(self, kind: str, conversation_id: int, key: str) -> bool:
        """Whether the gesture *key* did this to the conversation before: it came twice."""
        return bool(key) and await conversations.has_happened(self.connection, conversation_id, kind, key)

    async def happened(
        self, kind: str, conversation_id: int, agent_id: int | None, data: Mapping[str, Any] | None = None
    ) -> None:
        """Record what befell a conversation, show it in its Slack thread, and tell the pages."""
        await self.happened_to(kind, [(conversation_id, agent_id, data or {})])

    async def happened_to(
        self, kind: str, which: Sequence[tuple[int, int | None, Mapping[str, Any]]]
    ) -> None:
        """Do the same for many conversations: (conversation, agent, data) each."""
        happenings = [
            Happening(
                id=self.ids.next(),
                conversation_id=one,
                kind=kind,
                agent_id=agent,
                at=self.now,
                data=dict(data),
            )
            for one, agent, data in which
        ]
        await conversations.happened(self.connection, happenings)
        if self.slack:
            await self.owe(*(self._happening(one) for one in happenings))
        await self.changed(*(one.conversation_id for one in happenings))

    def _happening(self, one: Happening) -> OwedRow:
        details = {"happening_id": one.id, "kind": one.kind, **one.data}
        return self._post("happened", one.conversation_id, f"happened:{one.id}", data=details)
