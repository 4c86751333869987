"""What agents answer when asked: send it, keep it as a note, or ask again."""

from typing import Final

from inbox.desk.errors import DeskError
from inbox.desk.slack import sending_notes, suggesting
from inbox.desk.slack.deeds import Chosen, Clicked
from inbox.desk.slack.notes import Notes
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.places import Places
from inbox.desk.slack.responding import answered, respond
from inbox.desk.slack.workspace import Workspace
from inbox.media import KeptFile
from storage import merging_talks, slack_asks, slack_posts, slack_threads
from storage.rows import Agent
from storage.slack_asks import SlackAsk

NOWHERE: Final = "This message is in no conversation with a customer."


class Questions:
    """Does what an agent says when asked."""

    def __init__(self, workspace: Workspace, people: People, places: Places, notes: Notes) -> None:
        """Work in *workspace*, with who is who, what is where, and how notes are kept."""
        self._workspace, self._people, self._places, self._notes = workspace, people, places, notes

    async def clicked(self, deed: Clicked) -> None:
        """Send what was asked about, or keep it as a note; raises a DeskError or NotAnAgent."""
        slack_channel, _, ts = deed.value.partition("|")
        async with self._workspace.database.reading() as connection:
            row = await slack_asks.ask_at(connection, slack_channel, ts)
        if row is None:
            return
        agent = await self._people.agent_of(deed.slack_id, deed.team_of_author, row.conversation_id)
        done = await (self._send(row, agent) if deed.action == "ask_send" else self._keep(row, agent))
        await answered(self._workspace, deed, done)

    async def _send(self, row: SlackAsk, agent: Agent) -> str:
        """Send what was asked about; a second click finds it sent, by the same key."""
        if row.state == "sent":
            return "It was sent already."
        if row.state == "withdrawn" or not row.sendable:
            raise DeskError("Not sent: it was taken back." if row.sendable else row.question)
        workspace, now = self._workspace, self._workspace.now()
        async with workspace.database.reading() as connection:
            conversation = await merging_talks.surviving(connection, row.conversation_id)
            key = conversation.id if conversation is not None else row.conversation_id
            current = await slack_threads.thread_of(connection, key)
        here = (row.slack_channel, row.thread_ts)
        elsewhere = current is not None and (current.slack_channel, current.root_ts) != here
        if conversation is not None and conversation.state == "resolved":
            await workspace.desk.reopen(key, agent.id, now=now)
        message_id = await workspace.desk.reply(
            key,
            row.agent_id,
            text=str(row.said.get("text", "")),
            files=[KeptFile(**file) for file in row.said.get("files") or ()],
            now=now,
            key=str(row.said.get("key", "")),
            origin="slack-elsewhere" if elsewhere else "slack",
        )
        post = slack_posts.SlackPost(
            slack_channel=row.slack_channel,
            ts=row.ts,
            message_id=message_id,
            thread_ts=row.thread_ts,
            by_agent=True,
            mark="",
        )
        async with workspace.database.writing() as connection:
            await slack_posts.keep_post(connection, post)
            await slack_asks.answer_ask(connection, row, "sent")
        thread = await self._places.thread(row.slack_channel, row.thread_ts)
        if thread is not None:
            await suggesting.suggest(workspace, thread, message_id, agent, str(row.said.get("text", "")))
        return f"{agent.name} sent it."

    async def _keep(self, row: SlackAsk, agent: Agent) -> str:
        if row.state in ("sent", "withdrawn", "noted"):
            return {"sent": "It was sent already.", "noted": "It is a note already."}.get(
                row.state, "Taken back."
            )
        thread = await self._places.thread(row.slack_channel, row.thread_ts)
        if thread is None:
            raise DeskError("This thread is no conversation any more.")
        files = [KeptFile(**file) for file in row.said.get("files") or ()]
        text = str(row.said.get("text", ""))
        await self._notes.note(thread, row.ts, agent, f"{row.said.get('key')}:note", text, files)
        async with self._workspace.database.writing() as connection:
            await slack_asks.answer_ask(connection, row, "noted")
        return f"{agent.name} keeps it as a note."

    async def chosen(self, deed: Chosen) -> None:
        """The shortcut *Send to the customer*: on a note, a question or what failed, offer to send it."""
        here = (deed.slack_channel, deed.thread_ts, deed.slack_id)
        thread = await self._places.thread(deed.slack_channel, deed.thread_ts)
        if thread is None:  # perhaps the app is not there, and cannot whisper
            body = {"replace_original": False, "response_type": "ephemeral", "text": NOWHERE}
            await respond(self._workspace, deed.response_url, body)
            return
        try:
            agent = await self._people.agent_of(deed.slack_id, deed.team_of_author, thread.conversation_id)
            post = await sending_notes.offer(self._workspace, deed, thread, agent)
        except (DeskError, NotAnAgent) as refusal:
            await self._workspace.whisper(*here, str(refusal))
            return
        await self._workspace.whisper(*here, post.text, post.blocks)
