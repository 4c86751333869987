"""Handing one owed row to Slack: what it becomes there, and what became of it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from inbox.desk.slack import finding, putting, sentences, words
from inbox.desk.slack.calls import CHANNEL_GONE, TOKEN_GONE, NotHeard, Said, SlackError, Slowed
from inbox.desk.slack.carrying import Carrying
from inbox.desk.slack.lines import LONGEST, MERGED, Line, of_agent, of_customer, room_for
from inbox.desk.slack.posts import Post, question, sentence
from inbox.desk.slack.showing import lines_of, owner_to_mention, post_of, state_of
from inbox.desk.slack.workspace import Workspace, log, quietly
from storage import agents, conversations, messages, queues, slack_lanes, slack_posts, slack_threads
from storage.endings import Outcome
from storage.queues import OwedRow
from storage.rows import Delivery, Message
from storage.slack_posts import SlackPost
from storage.slack_threads import SlackThread
from storage.statuses import ASKING, DROPPED, FAILED, PERHAPS, QUEUED, READY, SENT

# A lost answer: look after 2 s and again at 10 s; where nobody can look, once more after 60 s.
FIRST_LOOK, SECOND_LOOK, BLIND = "look:1", "look:2", "blind"
AFTER: Final = {FIRST_LOOK: 2.0, SECOND_LOOK: 8.0, BLIND: 60.0}
MENTION_AGAIN: Final = 30 * 60.0
JUST_POSTED: Final = timedelta(seconds=10)
CANNOT_EDIT: Final = ("edit_window_closed", "cant_update_message")
GONE: Final = ("message_not_found", "thread_not_found", "invalid_thread_ts")


@dataclass(slots=True, kw_only=True)
class Handed:
    """What became of a row and of those that went along, and which posts now show which messages."""

    outcomes: list[Outcome] = field(default_factory=list)
    shown: list[SlackPost] = field(default_factory=list)


class Hand:
    """Hands claimed rows of the lane "slack" over, one conversation at a time."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace
        self._carrying = Carrying(workspace)

    async def over(
        self, row: Delivery, slack_channel: str, thread: SlackThread | None, *, asking: bool
    ) -> Handed:
        """Do what a row owes in its *thread*, which begins with the card if there is none yet."""
        along: list[Delivery] = []
        done = Handed()
        try:
            if asking and not row.code.startswith("file:"):
                found = await self._looked_up(row, slack_channel, done)
                if found is not None:
                    return Handed(outcomes=[found], shown=done.shown)
                thread = await self._thread(row)
            if thread is None or thread.slack_channel != slack_channel:
                thread = await putting.put_card(self._workspace, row.conversation_id, slack_channel)
            if thread is None:
                done.outcomes = [Outcome(id=row.id, state=DROPPED, reason="the conversation is gone")]
            else:
                done.outcomes = await self._done(row, thread, along, done)
        except NotHeard as error:
            done.outcomes = [self._lost(each, error) for each in (row, *along)]
        except SlackError as error:
            outcome = await self._refused(row, slack_channel, error)
            # Those that went along stand behind the head again, or they would overtake it.
            done.outcomes = [outcome, *(Outcome(id=each.id, state=QUEUED) for each in along)]
        return done

    async def _thread(self, row: Delivery) -> SlackThread | None:
        async with self._workspace.database.reading() as connection:
            return await slack_threads.thread_of(connection, row.conversation_id)

    async def _done(
        self, row: Delivery, thread: SlackThread, along: list[Delivery], done: Handed
    ) -> list[Outcome]:
        match row.kind:
            case "message":
                return await self._messages(row, thread, along, done)
            case "edited" | "deleted" | "reacted":
                return [await self._redone(row, thread)]
            case "attachment" | "whole":
                return [await self._carrying.carry(row, thread)]
            case "reply" | "note":
                return [await self._answer(row, thread, done)]
            case "failure":
                return [await self._failure(row, thread)]
            case "happened":
                return [await self._happened(row, thread)]
            case "asked":
                return [await self._asked(row, thread)]
            case other:
                log.warning("slack owes what it does not know", kind=other)
                return [Outcome(id=row.id, state=DROPPED, reason=f"unknown kind {other}")]

    async def _messages(
        self, row: Delivery, thread: SlackThread, along: list[Delivery], done: Handed
    ) -> list[Outcome]:
        """Post what the customer said, with what has come since, in one post."""
        rows, lines, mention = await self._waiting(row, thread)
        if not lines:
            return [Outcome(id=row.id, state=DROPPED, reason="the message is gone")]
        more = room_for(lines[0], lines[1:])
        if more or mention:
            async with self._workspace.database.writing() as connection:
                along += await queues.claim_behind(connection, row, ("message",), more) if more else []
                if mention:
                    await slack_threads.mentioned(connection, thread, self._workspace.now())
        post = of_customer(lines[: 1 + len(along)], mention)
        ts = await self._put(row, thread, post, also=[each.key for each in along])
        said = rows[: 1 + len(along)]
        done.shown += [_shown(thread, ts, message.id) for message in said]
        if post.whole:
            await self._owe_whole(said)
        return [Outcome(id=each.id, state=SENT, external_id=ts) for each in (row, *along)]

    async def _waiting(self, row: Delivery, thread: SlackThread) -> tuple[list[Message], list[Line], str]:
        """Read what waits, how it is shown, and whom to mention with it."""
        async with self._workspace.database.reading() as connection:
            behind = await slack_lanes.behind(connection, row, MERGED - 1)
            wanted = [each.message_id for each in (row, *behind) if each.message_id is not None]
            rows = {each.id: each for each in await messages.many(connection, wanted)}
            ordered = [rows[key] for key in wanted if key in rows]
            lines = await lines_of(connection, self._workspace, ordered)
            mention = await owner_to_mention(connection, self._workspace, thread, MENTION_AGAIN)
            return ordered, lines, mention

    async def _owe_whole(self, rows: Sequence[Message]) -> None:
        now = self._workspace.now()
        async with self._workspace.database.writing() as connection:
            owed = [
                OwedRow(
                    lane="slack",
                    kind="whole",
                    conversation_id=row.conversation_id,
                    message_id=row.id,
                    key=f"whole:{row.id}",
                    due_at=now,
                )
                for row in rows
                if len(row.text) > LONGEST
            ]
            await queues.owe(connection, self._workspace.database.ids, owed, now)

    async def _redone(self, row: Delivery, thread: SlackThread) -> Outcome:
        """Make the post that shows a message say what the row says now."""
        async with self._workspace.database.reading() as connection:
            standing = await slack_posts.posts_of(connection, row.message_id or 0)
            places = [(post.slack_channel, post.ts) for post in standing if not post.by_agent]
            shown = await slack_posts.posts_at(connection, *places[0]) if places else []
            post = await post_of(connection, self._workspace, shown) if shown else None
        if post is None:
            return Outcome(id=row.id, state=DROPPED, reason="it stands nowhere in Slack")
        try:
            await putting.change(self._workspace, *places[0], post)
        except Said as error:
            if error.code not in (*CANNOT_EDIT, *GONE):
                raise
            ts = await self._put(row, thread, post)
            return Outcome(id=row.id, state=SENT, external_id=ts)
        return Outcome(id=row.id, state=SENT, external_id=places[0][1])

    async def _answer(self, row: Delivery, thread: SlackThread, done: Handed) -> Outcome:
        """Show what an agent wrote in the browser."""
        async with self._workspace.database.reading() as connection:
            message = await messages.one(connection, row.message_id or 0)
            if message is None:
                return Outcome(id=row.id, state=DROPPED, reason="the message is gone")
            lines = await lines_of(connection, self._workspace, [message])
        ts = await self._put(row, thread, of_agent(lines[0], state_of(message)))
        done.shown.append(_shown(thread, ts, message.id))
        return Outcome(id=row.id, state=SENT, external_id=ts)

    async def _failure(self, row: Delivery, thread: SlackThread) -> Outcome:
        """Say that an answer failed or was perhaps sent, why, and what can be done."""
        async with self._workspace.database.reading() as connection:
            message = await messages.one(connection, row.message_id or 0)
            author = await agents.one(connection, message.agent_id) if message and message.agent_id else None
        if message is None:
            return Outcome(id=row.id, state=DROPPED, reason="the message is gone")
        data = row.data or {}
        state = str(data.get("state", FAILED))
        label = self._workspace.label(message.channel)
        code = str(data.get("code", ""))
        said = sentences.failed(label, state, code, str(data.get("reason", "")))
        about = f"“{words.shortened(message.text, 100)}”: " if message.text else ""
        again = [("send_again", "Send again", str(message.id))]
        buttons = again if sentences.may_go_again(code) else []
        if state == PERHAPS:
            buttons.append(("arrived", "It arrived", str(message.id)))
        mention = author.slack_id if author is not None else ""
        ts = await self._put(row, thread, question(about + said, buttons, mention))
        async with self._workspace.database.writing() as connection:
            await slack_lanes.note_post(connection, row.id, ts)
        return Outcome(id=row.id, state=SENT, external_id=ts)

    async def _happened(self, row: Delivery, thread: SlackThread) -> Outcome:
        async with self._workspace.database.reading() as connection:
            data = row.data or {}
            event = await conversations.happening(connection, int(data.get("happening_id") or 0))
            agent = await agents.one(connection, event.agent_id) if event and event.agent_id else None
        details = {**(event.data if event else {}), **data}
        kind = str(details.get("kind") or (event.kind if event else ""))
        name = agent.name if agent is not None else ""
        ts = await self._put(row, thread, sentence(sentences.happened(kind, name, details)))
        return Outcome(id=row.id, state=SENT, external_id=ts)

    async def _asked(self, row: Delivery, thread: SlackThread) -> Outcome:
        """Post a question that was whispered and not answered."""
        data = row.data or {}
        buttons = [(str(one[0]), str(one[1]), str(one[2])) for one in data.get("buttons") or ()]
        ts = await self._put(row, thread, question(row.text, buttons, str(data.get("mention") or "")))
        return Outcome(id=row.id, state=SENT, external_id=ts)

    async def _put(self, row: Delivery, thread: SlackThread, post: Post, also: Sequence[str] = ()) -> str:
        if row.code == BLIND:
            post = _twice(post)
        return await putting.put(
            self._workspace,
            thread.slack_channel,
            post,
            thread_ts=thread.root_ts,
            key=row.key,
            conversation_id=row.conversation_id,
            also=also,
        )

    async def _looked_up(self, row: Delivery, slack_channel: str, done: Handed) -> Outcome | None:
        """Say what a lost answer would have said; None means: hand it over once more."""
        if row.code == BLIND:
            return None
        try:
            thread = await self._thread_found(row, slack_channel)
            found = None
            if thread is not None:
                found = await finding.find_post(self._workspace, thread, row.key, row.owed_at)
        except (Said, NotHeard) as error:
            log.warning("slack cannot be looked into", key=row.key, error=str(error))
            return self._ask(row, BLIND)
        if found is not None and thread is not None:
            async with self._workspace.database.reading() as connection:
                message = await messages.one(connection, row.message_id or 0)
            if message is not None and row.kind in ("message", "reply", "note"):
                done.shown.append(_shown(thread, found.ts, message.id))
            return Outcome(id=row.id, state=SENT, external_id=found.ts)
        return None if row.code == SECOND_LOOK else self._ask(row, SECOND_LOOK)

    async def _thread_found(self, row: Delivery, slack_channel: str) -> SlackThread | None:
        """Find the thread; the card itself may be what was lost."""
        async with self._workspace.database.reading() as connection:
            thread = await slack_threads.thread_of(connection, row.conversation_id)
        if thread is not None:
            return thread
        ts = await finding.find_card(self._workspace, row.conversation_id, slack_channel, row.owed_at)
        if not ts:
            return None
        return await putting.keep_card(self._workspace, row.conversation_id, slack_channel, ts, 0)

    def _ask(self, row: Delivery, code: str) -> Outcome:
        due_at = self._workspace.now() + timedelta(seconds=AFTER[code])
        reason = "no answer from Slack yet; looking for it"
        return Outcome(id=row.id, state=ASKING, code=code, reason=reason, due_at=due_at)

    def _lost(self, row: Delivery, error: NotHeard) -> Outcome:
        log.warning("slack did not answer", key=row.key, error=str(error))
        if row.code == BLIND:
            return Outcome(id=row.id, state=PERHAPS, code="lost", reason="shown in Slack, perhaps twice")
        if row.kind in ("edited", "deleted", "reacted"):
            return self._again(row, 2.0, str(error))
        return self._ask(row, FIRST_LOOK)

    async def _refused(self, row: Delivery, slack_channel: str, error: SlackError) -> Outcome:
        match error:
            case Slowed():
                return self._again(row, error.seconds, str(error))
            case Said() if error.code in (*TOKEN_GONE, *CHANNEL_GONE):
                await self._workspace.refused(slack_channel, error)
                return self._again(row, 0.0, str(error))
            case Said() if error.code in GONE:
                return await self._root_gone(row)
            case Said():
                log.error("slack refused", key=row.key, code=error.code, details=error.details)
                return Outcome(id=row.id, state=FAILED, code=error.code, reason=str(error))
            case _:
                seconds = min(60.0, 2.0 ** min(row.tries, 6)) * random.uniform(0.5, 1.0)  # noqa: S311
                return self._again(row, seconds, str(error))

    async def _root_gone(self, row: Delivery) -> Outcome:
        """Somebody deleted the card: begin a new thread, then hand the row over again."""
        async with self._workspace.database.reading() as connection:
            thread = await slack_threads.thread_of(connection, row.conversation_id)
        if thread is None:
            return self._again(row, 0.0, "the card was deleted")
        if self._workspace.now() - thread.posted_at < JUST_POSTED:
            return self._again(row, 60.0, "Slack does not know the card that was just posted")
        begun = await quietly(putting.renew_card(self._workspace, thread))
        return self._again(row, 0.0 if begun else 30.0, "the card was deleted")

    def _again(self, row: Delivery, seconds: float, why: str) -> Outcome:
        due_at = self._workspace.now() + timedelta(seconds=seconds)
        return Outcome(id=row.id, state=READY, reason=why, due_at=due_at)


def _shown(thread: SlackThread, ts: str, message_id: int) -> SlackPost:
    return SlackPost(
        slack_channel=thread.slack_channel,
        ts=ts,
        message_id=message_id,
        thread_ts=thread.root_ts,
        by_agent=False,
        mark="",
    )


def _twice(post: Post) -> Post:
    """Say that Slack may show this for the second time."""
    said = sentence("(shown twice? Slack did not answer the first time)")
    return Post(text=f"{post.text} {said.text}", blocks=[*post.blocks, *said.blocks], whole=post.whole)
