"""What agents type in a thread: a reply, a note, a command; and their second thoughts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bots.marks import plain as bare
from inbox.desk.errors import DeskError, Stopped, WindowOver
from inbox.desk.slack import asking, reading, suggesting, typed, words
from inbox.desk.slack.commands import Commands, Typed
from inbox.desk.slack.deeds import Changed, Replied, Said
from inbox.desk.slack.doubts import Doubt, doubt
from inbox.desk.slack.files import FileGone, fetch
from inbox.desk.slack.notes import Notes
from inbox.desk.slack.people import NotAnAgent, People, mentioned
from inbox.desk.slack.places import Places
from inbox.desk.slack.workspace import Workspace
from inbox.media import KeptFile
from storage import conversations, deliveries, merging_talks, seen, slack_asks, slack_posts
from storage.rows import Agent, Conversation
from storage.slack_threads import SlackThread

GONE = "slack-gone"
TO_CUSTOMER = "Send to the customer"
LATE = (
    "Kept as a note: Slack could not tell us of this in time, so the customer has not got it. "
    "Send it all the same?"
)


class Replies:
    """Applies what was typed, once: every step has the gesture's own key."""

    def __init__(self, workspace: Workspace, people: People, places: Places, notes: Notes) -> None:
        """Work in *workspace*, with who is who and what is where."""
        self._workspace, self._people, self._places = workspace, people, places
        self._notes, self._commands = notes, Commands(workspace, people)

    async def said(self, deed: Said) -> None:
        """Send what was typed, keep it as a note, or ask; raises a SlackError to be tried again."""
        thread = await self._places.thread(deed.slack_channel, deed.thread_ts)
        if thread is None:
            return
        async with self._workspace.database.reading() as connection:
            conversation = await conversations.one(connection, thread.conversation_id)
            known = await slack_posts.posts_at(connection, deed.slack_channel, deed.ts)
            asked = await slack_asks.ask_at(connection, deed.slack_channel, deed.ts)
            gone = await seen.remembers(connection, GONE, f"{deed.slack_channel}:{deed.ts}")
            if conversation is not None and conversation.merged_into is not None:
                # The customers were merged: what is typed here belongs where it goes on.
                conversation = await merging_talks.surviving(connection, thread.conversation_id)
        if conversation is None or known or asked or gone:
            return
        led = thread.conversation_id != conversation.id
        thread = replace(thread, conversation_id=conversation.id)
        here = (deed.slack_channel, deed.thread_ts, deed.slack_id)
        try:
            agent = await self._people.agent(deed.slack_id, deed.team_of_author, conversation.team)
        except NotAnAgent as refusal:
            await self._workspace.whisper(*here, f"Not sent. {refusal}")
            return
        text = await self.written(deed)
        spoken = Typed(text=bare(text), mentioned=mentioned(deed.text, deed.blocks), key=_key(deed))
        if not deed.files and not deed.late and await self._commands.done(spoken, conversation, agent, here):
            return
        try:
            files = [await fetch(self._workspace, file) for file in deed.files]
        except FileGone as error:
            why = f"Not sent. {error} Next: send the words alone, or a smaller or other file."
            question = Doubt(sentence=why, sendable=False)
            await self._notes.told(thread, deed.ts, agent, _kept(deed, text, ()), question)
            return
        if deed.late and not deed.why_note:
            said = {**_kept(deed, text, files), "label": TO_CUSTOMER}
            await self._notes.told(thread, deed.ts, agent, said, Doubt(sentence=LATE), state="noted")
            await self._notes.note(thread, deed.ts, agent, _key(deed), text, files)
        elif deed.why_note:
            await self._note(thread, deed, agent, text, files)
        else:
            await self._reply(conversation, thread, deed, agent, text, files, led=led)

    async def written(self, deed: Said | Changed) -> str:
        """Turn what was typed into words for a customer, in the house's marks."""
        names = await self._people.names(deed.text, deed.blocks)
        exact = words.from_blocks(deed.blocks, names) if deed.blocks else None
        return exact if exact is not None else words.from_markup(deed.text, names)

    async def _reply(
        self,
        conversation: Conversation,
        thread: SlackThread,
        deed: Said,
        agent: Agent,
        text: str,
        files: Sequence[KeptFile],
        *,
        led: bool,
    ) -> None:
        now = self._workspace.now()
        facts = await asking.situation(self._workspace, conversation, thread, agent, text, len(files))
        if led and not facts.moved_to:
            facts = replace(facts, moved_to="another conversation")
        question = doubt(facts)
        said = _kept(deed, text, files)
        if question is not None and not await self._begun(str(said["key"])):
            await asking.ask(self._workspace, thread, deed.ts, agent, question, said)
            return
        held = timedelta(seconds=self._workspace.hold_of(conversation.team))
        hold = reading.at(deed.ts) + held - now
        try:
            message_id = await self._workspace.desk.reply(
                conversation.id,
                agent.id,
                text=text,
                files=files,
                now=now,
                key=str(said["key"]),
                origin="slack",
                hold=min(max(hold, timedelta(0)), timedelta(seconds=30)),
            )
        except DeskError as error:
            shut = isinstance(error, Stopped | WindowOver)
            question = Doubt(sentence=f"Not sent. {error}", sendable=False, elsewhere=shut)
            await asking.ask(self._workspace, thread, deed.ts, agent, question, said)
            return
        await self._notes.stands(thread, deed.ts, message_id)
        await suggesting.suggest(self._workspace, thread, message_id, agent, text)

    async def _begun(self, key: str) -> bool:
        """Whether the gesture was a reply already: the program may have stopped right after."""
        async with self._workspace.database.reading() as connection:
            return await deliveries.by_key(connection, f"reply:{key}:0") is not None

    async def _note(
        self, thread: SlackThread, deed: Said, agent: Agent, text: str, files: Sequence[KeptFile]
    ) -> None:
        message_id = await self._notes.note(
            thread, deed.ts, agent, _key(deed), typed.without_mark(text), files
        )
        if message_id is None or deed.why_note == "marked":
            return
        question = Doubt(
            sentence=f"Kept as a note, because it is {deed.why_note}: the customer does not see it."
        )
        said = {**_kept(deed, text, files), "label": TO_CUSTOMER}
        await asking.ask(self._workspace, thread, deed.ts, agent, question, said, state="noted")

    async def replied(self, deed: Replied) -> Said | None:
        """Ask for a reply that was only hinted at; None if there is none of a person's."""
        told = await self._workspace.calls.ask(
            "conversations.replies",
            channel=deed.slack_channel,
            ts=deed.thread_ts,
            oldest=deed.ts,
            latest=deed.ts,
            inclusive=True,
            limit=5,
        )
        found = next((each for each in told.get("messages") or () if each.get("ts") == deed.ts), None)
        if found is None:
            return None
        said = reading.read(reading.told(found, deed.workspace, deed.slack_channel))
        return said if isinstance(said, Said) else None


def _key(deed: Said) -> str:
    """Name the gesture: the same one may come as two events with two timestamps."""
    return f"slack:{deed.gesture or f'{deed.slack_channel}:{deed.ts}'}"


def _kept(deed: Said, text: str, files: Sequence[KeptFile]) -> dict[str, Any]:
    """Keep what an answer to a question needs; files are in the media store already."""
    kept = [
        {"name": file.name, "content_type": file.content_type, "size": file.size, "path": file.path}
        for file in files
    ]
    return {"text": text, "files": kept, "key": _key(deed)}
