"""Second thoughts in a thread: what an agent changes or takes back of what was typed."""

from datetime import datetime

from inbox.desk.errors import CannotChange, DeskError
from inbox.desk.slack import asking, typed
from inbox.desk.slack.deeds import Changed, Removed
from inbox.desk.slack.doubts import Doubt
from inbox.desk.slack.notes import Notes
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.places import Places
from inbox.desk.slack.replies import GONE, Replies
from inbox.desk.slack.workspace import Workspace
from inbox.live import Change
from storage import messages, seen, slack_asks, slack_posts
from storage.rows import Agent, Message


class Rethinking:
    """Changes what is still held, carries what has left, and explains what cannot be carried."""

    def __init__(
        self, workspace: Workspace, people: People, places: Places, replies: Replies, notes: Notes
    ) -> None:
        """Work in *workspace*."""
        self._workspace, self._people, self._places = workspace, people, places
        self._replies, self._notes = replies, notes

    async def changed(self, deed: Changed) -> None:
        """Change what was typed, where it still can be; else offer a correction."""
        text = await self._replies.written(deed)
        async with self._workspace.database.reading() as connection:
            asked = await slack_asks.ask_at(connection, deed.slack_channel, deed.ts)
            posts = await slack_posts.posts_at(connection, deed.slack_channel, deed.ts)
            rows = await messages.many(connection, [post.message_id for post in posts if post.by_agent])
        if asked is not None and asked.state in ("asked", "told"):
            async with self._workspace.database.writing() as connection:
                await slack_asks.change_ask(connection, asked, {**asked.said, "text": text})
        for row in rows[-1:]:
            kept = typed.without_mark(text) if row.direction == "note" else text
            if row.text != kept:
                await self._edit(deed, row, text)

    async def _edit(self, deed: Changed, row: Message, text: str) -> None:
        now = self._workspace.now()
        thread = await self._places.thread(deed.slack_channel, deed.thread_ts)
        agent = await self._author(deed.slack_id, row)
        if thread is None or agent is None:
            return
        if row.direction == "note":
            await self._rewrite(row, typed.without_mark(text), now)
            return
        try:
            if typed.without_mark(text) != text and await self._workspace.desk.delete_reply(
                row.id, agent.id, now=now
            ):
                key = f"slack:{deed.slack_channel}:{deed.ts}:note"
                await self._notes.note(thread, deed.ts, agent, key, typed.without_mark(text))
                return
            await self._workspace.desk.edit_reply(row.id, agent.id, text=text, now=now)
        except CannotChange as error:
            said = {
                "text": text,
                "files": [],
                "key": f"slack:{deed.slack_channel}:{deed.ts}:{deed.edited_ts}",
                "label": "Send a correction",
                "correction": True,
            }
            await asking.ask(self._workspace, thread, deed.ts, agent, Doubt(sentence=str(error)), said)
        except DeskError as error:
            await self._workspace.whisper(deed.slack_channel, deed.thread_ts, deed.slack_id, str(error))

    async def _rewrite(self, row: Message, text: str, now: datetime) -> None:
        async with self._workspace.database.writing() as connection:
            await messages.change(connection, row.id, text=text, text_before=row.text, edited_at=now)
        change = Change(kind="message", conversation_id=row.conversation_id, message_id=row.id)
        self._workspace.live.publish(change)

    async def _author(self, slack_id: str, row: Message) -> Agent | None:
        """Only the author changes what they wrote, and only while they are an agent."""
        try:
            agent = await self._people.agent(slack_id, "")
        except NotAnAgent:
            return None
        return agent if agent.id == row.agent_id else None

    async def removed(self, deed: Removed) -> None:
        """Take back what was typed: cancelled while held, carried or explained after."""
        now = self._workspace.now()
        async with self._workspace.database.writing() as connection:
            await seen.remember(connection, GONE, f"{deed.slack_channel}:{deed.ts}", now)
            asked = await slack_asks.ask_at(connection, deed.slack_channel, deed.ts)
            posts = await slack_posts.posts_at(connection, deed.slack_channel, deed.ts)
            rows = await messages.many(connection, [post.message_id for post in posts if post.by_agent])
            if asked is not None and asked.state in ("asked", "told", "noted"):
                await slack_asks.answer_ask(connection, asked, "withdrawn")
            for row in rows:
                if row.direction == "note":
                    await messages.change(connection, row.id, deleted_at=now)
        for row in rows:
            if row.direction == "out" and row.deleted_at is None:
                await self._take_back(deed, row, now)

    async def _take_back(self, deed: Removed, row: Message, now: datetime) -> None:
        try:
            await self._workspace.desk.delete_reply(row.id, row.agent_id or 0, now=now)
        except CannotChange:
            label = self._workspace.label(row.channel)
            said = f"{label} cannot take back what was sent: the customer still has it. Write a correction."
            await self._workspace.whisper(deed.slack_channel, deed.thread_ts, deed.slack_id, said)
        except DeskError as error:
            await self._workspace.whisper(deed.slack_channel, deed.thread_ts, deed.slack_id, str(error))
