"""Telling a thread what a row of the lane "slack" owes: what it becomes there."""

from collections.abc import Sequence
from typing import Final

from inbox.desk import answer_times, laters_said, promised, wishing
from inbox.desk.slack import (
    answer_posts,
    later_posts,
    merge_posts,
    moving,
    promise_posts,
    putting,
    sentences,
    wish_posts,
    words,
)
from inbox.desk.slack.calls import Said
from inbox.desk.slack.carrying import Carrying
from inbox.desk.slack.handed import BLIND, Handed
from inbox.desk.slack.lines import LONGEST, of_agent, of_customer
from inbox.desk.slack.posts import Post, question, sentence
from inbox.desk.slack.sheets.elsewhere import failed_value
from inbox.desk.slack.showing import lines_of, post_of, state_of
from inbox.desk.slack.told import Told, claimed, told_of
from inbox.desk.slack.workspace import Workspace, log
from storage import agents, conversations, messages, queues, slack_lanes, slack_posts
from storage.endings import Outcome
from storage.queues import OwedRow
from storage.rows import Delivery, Message
from storage.slack_threads import SlackThread
from storage.statuses import DROPPED, FAILED, PERHAPS, SENT

CANNOT_EDIT: Final = ("edit_window_closed", "cant_update_message")
GONE: Final = ("message_not_found", "thread_not_found", "invalid_thread_ts")


class Telling:
    """Posts in a thread what a row owes."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace
        self._carrying = Carrying(workspace)

    async def tell(
        self, row: Delivery, thread: SlackThread, told: Told | None, along: list[Delivery], done: Handed
    ) -> list[Outcome]:
        """Post it, with those rows that go *along*; *told* is what was read of it. Raises a SlackError."""
        match row.kind:
            case "message":
                told = told or await self._told(row, thread)
                if told is None:
                    return [Outcome(id=row.id, state=DROPPED, reason="the message is gone")]
                along += told.along
                return await self._messages(row, thread, told, done)
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
            case moving.MOVED:
                post = await moving.quote_of(self._workspace, row, thread)
                ts = await self._put(row, thread, post)
                return [Outcome(id=row.id, state=SENT, external_id=ts)]
            case "asked":
                return [await self._asked(row, thread)]
            case "promise":
                return [await self._promise(row, thread)]
            case other:
                log.warning("slack owes what it does not know", kind=other)
                return [Outcome(id=row.id, state=DROPPED, reason=f"unknown kind {other}")]

    async def _told(self, row: Delivery, thread: SlackThread) -> Told | None:
        """Read what a claimed row says with what has come since, and claim that too."""
        async with self._workspace.database.reading() as connection:
            told = (await told_of(connection, self._workspace, [(row, thread)])).get(row.id)
        if told is None or not (told.along or told.mention):
            return told
        async with self._workspace.database.writing() as connection:
            [told] = await claimed(connection, self._workspace, [(told, thread)])
        return told

    async def _messages(self, row: Delivery, thread: SlackThread, told: Told, done: Handed) -> list[Outcome]:
        """Post what the customer said, with what has come since, in one post."""
        post = of_customer(told.lines, told.mention)
        ts = await self._put(row, thread, post, also=[each.key for each in told.along])
        done.shown += [putting.shows(thread, ts, message.id) for message in told.rows]
        if post.whole:
            await self._owe_whole(told.rows)
        return [Outcome(id=each.id, state=SENT, external_id=ts) for each in (row, *told.along)]

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
        done.shown.append(putting.shows(thread, ts, message.id))
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
        called = bool(message.nature)
        said = sentences.failed(label, state, code, str(data.get("reason", "")), called=called)
        about = f"“{words.shortened(message.text, 100)}”: " if message.text and not called else ""
        again = [("send_again", "Call again" if called else "Send again", str(message.id))]
        buttons = again if sentences.may_go_again(code) else []
        if state == PERHAPS:
            buttons.append(("arrived", "It rang" if called else "It arrived", str(message.id)))
        buttons.append(("give_up", "Drop", str(message.id)))
        if state == FAILED and not called:
            value = failed_value(message.conversation_id, message.id)
            buttons.append(("elsewhere", "Send on another channel", value))
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
        moves = kind == "handed_over" and bool(details.get("to_team"))
        if moves:  # before the post, whose answer may be lost; it stands behind this row in any case
            await moving.owe_move(self._workspace, row, thread, details)
        mention = "" if moves else await moving.mention_of(self._workspace, thread, kind)
        if kind in merge_posts.KINDS:
            post = await merge_posts.post_of(self._workspace, row.conversation_id, kind, name, details)
        elif kind in laters_said.KINDS:
            post = await later_posts.post_of(self._workspace, row.conversation_id, kind, name, details)
        elif kind in answer_times.KINDS:
            post = await answer_posts.post_of(self._workspace, kind, details, mention)
        elif kind in wishing.KINDS:
            post = wish_posts.post_of(row.conversation_id, kind, name, details, mention)
        elif kind in promised.KINDS:
            post = promise_posts.happened(kind, name, details)
        else:
            post = sentence(sentences.happened(kind, name, details), mention)
        ts = await self._put(row, thread, post)
        return Outcome(id=row.id, state=SENT, external_id=ts)

    async def _asked(self, row: Delivery, thread: SlackThread) -> Outcome:
        """Post a question that was whispered and not answered."""
        data = row.data or {}
        buttons = [(str(one[0]), str(one[1]), str(one[2])) for one in data.get("buttons") or ()]
        ts = await self._put(row, thread, question(row.text, buttons, str(data.get("mention") or "")))
        return Outcome(id=row.id, state=SENT, external_id=ts)

    async def _promise(self, row: Delivery, thread: SlackThread) -> Outcome:
        """Remind of a promise, if it is open still."""
        async with self._workspace.database.reading() as connection:
            post = await promise_posts.reminder(connection, row)
        if post is None:
            return Outcome(id=row.id, state=DROPPED, reason="the promise is not open any more")
        return Outcome(id=row.id, state=SENT, external_id=await self._put(row, thread, post))

    async def _put(self, row: Delivery, thread: SlackThread, post: Post, also: Sequence[str] = ()) -> str:
        if row.code == BLIND:
            post = _twice(post)
        return await putting.put(self._workspace, post, putting.spot(row, thread, also))


def _twice(post: Post) -> Post:
    """Say that Slack may show this for the second time."""
    said = sentence("(shown twice? Slack did not answer the first time)")
    return Post(text=f"{post.text} {said.text}", blocks=[*post.blocks, *said.blocks], whole=post.whole)
