"""What buttons, modals and shortcuts do; each is checked against the rows, whatever the card showed."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from inbox.desk.errors import DeskError, TakenBy
from inbox.desk.slack import card as cards
from inbox.desk.slack import modals, posts
from inbox.desk.slack.asking import buttons_of
from inbox.desk.slack.deeds import Chosen, Clicked, Submitted
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.places import Places
from inbox.desk.slack.replies import Replies
from inbox.desk.slack.showing import card_of
from inbox.desk.slack.workspace import Workspace, log
from inbox.media import KeptFile
from storage import conversations, messages, slack_asks, slack_facts, slack_posts, slack_threads
from storage.rows import Agent
from storage.slack_asks import SlackAsk
from storage.slack_threads import SlackThread

ON_CARD = ("take", "take_over", "give_back", "wake", "reopen")
ON_FAILURE = ("send_again", "arrived")
ON_QUESTION = ("ask_send", "ask_note")


class Clicks:
    """Applies what was pressed."""

    def __init__(self, workspace: Workspace, people: People, places: Places, replies: Replies) -> None:
        """Work in *workspace*, with who is who, what is where, and how replies are kept."""
        self._workspace, self._people, self._places, self._replies = workspace, people, places, replies

    async def clicked(self, deed: Clicked) -> None:
        """Do what a button says; raises a SlackError to be tried again."""
        here = (deed.slack_channel, deed.thread_ts, deed.slack_id)
        try:
            if deed.action in ON_CARD:
                await self._on_card(deed)
            elif deed.action in ON_FAILURE:
                await self._on_failure(deed)
            elif deed.action in ON_QUESTION:
                await self._on_question(deed)
            else:
                log.info("slack button unknown", action=deed.action)
        except (DeskError, NotAnAgent) as refusal:
            await self._workspace.whisper(*here, str(refusal))

    async def _on_card(self, deed: Clicked) -> None:
        conversation_id = cards.of_value(deed.value)
        if conversation_id is None:
            return
        agent = await self._agent(deed.slack_id, deed.team_of_author, conversation_id)
        thread = await self._places.heal(deed.slack_channel, deed.thread_ts, conversation_id)
        try:
            await self._act(deed.action, conversation_id, agent)
        except TakenBy as taken:
            post = posts.question(str(taken), [("take_over", "Take over", deed.value)])
            place = (deed.slack_channel, deed.thread_ts, deed.slack_id)
            await self._workspace.whisper(*place, post.text, post.blocks)
        finally:
            on_card = not deed.ephemeral and thread is not None and deed.message_ts == thread.root_ts
            if on_card and thread is not None:
                await self._redraw(deed, thread)
            elif deed.ephemeral:
                await self._respond(deed.response_url, {"delete_original": True})

    async def _act(self, action: str, conversation_id: int, agent: Agent) -> None:
        desk, now = self._workspace.desk, self._workspace.now()
        match action:
            case "take":
                await desk.take(conversation_id, agent.id, now=now)
            case "take_over":
                await desk.take(conversation_id, agent.id, now=now, over=True)
            case "give_back":
                await desk.give_back(conversation_id, agent.id, now=now)
            case "wake":
                await desk.wake(conversation_id, agent.id, now=now)
            case _:
                await desk.reopen(conversation_id, agent.id, now=now)

    async def _redraw(self, deed: Clicked, thread: SlackThread) -> None:
        """Show a click's effect at once by its response_url, outside the budget for edits."""
        async with self._workspace.database.reading() as connection:
            card = await card_of(connection, self._workspace, thread.conversation_id)
        if card is None:
            return
        post = cards.made(card)
        body = {"replace_original": True, "text": post.text, "blocks": post.blocks}
        if await self._respond(deed.response_url, body):
            async with self._workspace.database.writing() as connection:
                await slack_threads.shown(connection, thread, card.revision, self._workspace.now())

    async def _respond(self, url: str, body: Mapping[str, Any]) -> bool:
        """Answer by a response_url of Slack's own; it is good for 30 minutes and 5 answers."""
        parts, own = urlsplit(url), urlsplit(self._workspace.settings.api_url)
        of_slack = parts.scheme == "https" and (parts.hostname or "").endswith(".slack.com")
        if not of_slack and parts.netloc != own.netloc:
            return False
        try:
            async with self._workspace.calls.session.post(url, json=body) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _on_failure(self, deed: Clicked) -> None:
        message_id = cards.of_value(deed.value)
        async with self._workspace.database.reading() as connection:
            message = await messages.one(connection, message_id or 0)
        if message is None:
            return
        agent = await self._agent(deed.slack_id, deed.team_of_author, message.conversation_id)
        desk, now = self._workspace.desk, self._workspace.now()
        if deed.action == "send_again":
            await desk.resend(message.id, agent.id, now=now)
            done = f"{agent.name} sends it again."
        else:
            await desk.arrived(message.id, agent.id, now=now)
            done = f"{agent.name} says that it arrived."
        await self._answered(deed, done)

    async def _answered(self, deed: Clicked, done: str) -> None:
        """Take the buttons off what was answered, and say how it was."""
        if deed.ephemeral:
            await self._respond(deed.response_url, {"delete_original": True})
            return
        said = deed.spoken.partition(" [")[0]
        post = posts.sentence(f"{_plain(said)} {done}")
        body = {"replace_original": True, "text": post.text, "blocks": post.blocks}
        await self._respond(deed.response_url, body)

    async def _on_question(self, deed: Clicked) -> None:
        slack_channel, _, ts = deed.value.partition("|")
        async with self._workspace.database.reading() as connection:
            row = await slack_asks.ask_at(connection, slack_channel, ts)
        if row is None:
            return
        agent = await self._agent(deed.slack_id, deed.team_of_author, row.conversation_id)
        done = await (self._send(row, agent) if deed.action == "ask_send" else self._keep(row, agent))
        await self._answered(deed, done)

    async def _send(self, row: SlackAsk, agent: Agent) -> str:
        """Send what was asked about; a second click finds it sent, by the same key."""
        if row.state == "sent":
            return "It was sent already."
        if row.state == "withdrawn" or not row.sendable:
            raise DeskError("Not sent: it was taken back." if row.sendable else row.question)
        workspace, now = self._workspace, self._workspace.now()
        async with workspace.database.reading() as connection:
            conversation = await conversations.one(connection, row.conversation_id)
        if conversation is not None and conversation.state == "resolved":
            await workspace.desk.reopen(row.conversation_id, agent.id, now=now)
        message_id = await workspace.desk.reply(
            row.conversation_id,
            row.agent_id,
            text=str(row.said.get("text", "")),
            files=[KeptFile(**file) for file in row.said.get("files") or ()],
            now=now,
            key=str(row.said.get("key", "")),
            origin="slack",
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
        await self._replies.note(thread, row.ts, agent, f"{row.said.get('key')}:note", text, files)
        async with self._workspace.database.writing() as connection:
            await slack_asks.answer_ask(connection, row, "noted")
        return f"{agent.name} keeps it as a note."

    async def chosen(self, deed: Chosen) -> None:
        """The shortcut *Send to the customer*: on a note or a question, offer to send it."""
        here = (deed.slack_channel, deed.thread_ts, deed.slack_id)
        try:
            thread = await self._places.thread(deed.slack_channel, deed.thread_ts)
            if thread is None:
                raise DeskError("This message is in no conversation with a customer.")
            await self._agent(deed.slack_id, deed.team_of_author, thread.conversation_id)
            async with self._workspace.database.reading() as connection:
                row = await slack_asks.ask_at(connection, deed.slack_channel, deed.message_ts)
            if row is None or not row.sendable or row.state in ("sent", "withdrawn"):
                raise DeskError(
                    "There is nothing here that waits to be sent. Type it again without the note's sign."
                )
        except (DeskError, NotAnAgent) as refusal:
            await self._workspace.whisper(*here, str(refusal))
            return
        post = posts.question(row.question, buttons_of(row))
        await self._workspace.whisper(*here, post.text, post.blocks)

    async def submitted(self, deed: Submitted) -> None:
        """Do what a modal says that was found right; raises a SlackError to be tried again."""
        conversation_id = cards.of_value(deed.carried)
        if conversation_id is None:
            return
        try:
            agent = await self._agent(deed.slack_id, deed.team_of_author, conversation_id)
            await self._submit(deed, conversation_id, agent)
        except (DeskError, NotAnAgent) as refusal:
            async with self._workspace.database.reading() as connection:
                thread = await slack_threads.thread_of(connection, conversation_id)
            if thread is not None:
                here = (thread.slack_channel, thread.root_ts, deed.slack_id)
                await self._workspace.whisper(*here, str(refusal))

    async def _submit(self, deed: Submitted, conversation_id: int, agent: Agent) -> None:
        desk, now = self._workspace.desk, self._workspace.now()
        if deed.callback == modals.SNOOZE:
            until = modals.until(deed.values, now, agent.zone)
            if isinstance(until, modals.Wrong):
                raise DeskError(" ".join(until.errors.values()))
            await desk.snooze(conversation_id, agent.id, until=until, now=now)
        elif deed.callback == modals.RESOLVE:
            if note := modals.filled(deed.values, "note"):
                key = f"slack:{deed.view_id}:note"
                await desk.note(conversation_id, agent.id, text=note, now=now, key=key, origin="slack-modal")
            await desk.resolve(
                conversation_id, agent.id, reason=modals.filled(deed.values, "reason"), now=now
            )

    async def wrong(self, deed: Submitted) -> Mapping[str, Any] | None:
        """Say what Slack is answered while a modal is still open; None: it is right, close it."""
        conversation_id = cards.of_value(deed.carried)
        if conversation_id is None:
            return None
        now = self._workspace.now()
        if deed.callback == modals.SNOOZE:
            async with self._workspace.database.reading() as connection:
                zone = await slack_facts.zone_of(connection, deed.slack_id)
            until = modals.until(deed.values, now, zone)
            wrong = until.errors if isinstance(until, modals.Wrong) else None
            return None if wrong is None else {"response_action": "errors", "errors": wrong}
        if deed.callback != modals.RESOLVE or modals.ticked(deed.values):
            return None
        async with self._workspace.database.reading() as connection:
            conversation = await conversations.one(connection, conversation_id)
            card = await card_of(connection, self._workspace, conversation_id)
        if conversation is None or conversation.waiting_since is None or conversation.state == "resolved":
            return None
        view = modals.resolve(
            deed.carried,
            card.customer if card else "",
            unanswered=True,
            reason=modals.filled(deed.values, "reason"),
            note=modals.filled(deed.values, "note"),
        )
        return {"response_action": "update", "view": view}

    async def _agent(self, slack_id: str, team_of_author: str, conversation_id: int) -> Agent:
        async with self._workspace.database.reading() as connection:
            conversation = await conversations.one(connection, conversation_id)
        if conversation is None:
            raise DeskError("There is no such conversation any more.")
        return await self._people.agent(slack_id, team_of_author, conversation.team)


def _plain(text: str) -> str:
    """Take Slack's mention and entities out of a post's own text, to write it anew."""
    head, _, rest = text.partition("> ")
    bare = rest if head.startswith("<@") and rest else text
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
