"""Asking agents about touches: a post each, changed in place once somebody decided."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from bots.channel import Channel
from inbox.desk.slack import approval_posts, touch_lines
from inbox.desk.slack.approval_posts import Spoken
from inbox.desk.slack.budget import FOR_CARDS, FOR_POSTS
from inbox.desk.slack.calls import NotHeard, NotReached, Said, SlackError, Slowed
from inbox.desk.slack.deeds import Clicked, Submitted
from inbox.desk.slack.people import NotAnAgent, People
from inbox.desk.slack.posts import Post
from inbox.desk.slack.responding import respond
from inbox.desk.slack.telling import CANNOT_EDIT, GONE
from inbox.desk.slack.workspace import Workspace, log
from inbox.touches.deciding import Word, decide
from inbox.touches.drafting import draft
from storage import slack_touches, touch_birthdays, touches
from storage.rows import Agent
from storage.slack_touches import Asked
from storage.touch_rows import TouchRow
from storage.touch_states import WAITING

LANE: Final = "slack-touches"
BELL: Final = "touches"
AT_ONCE: Final = 20
WORDS: Final[Mapping[str, Word]] = {
    "touch_approve": "approve",
    "touch_hold": "hold",
    "touch_refuse": "refuse",
}


class Approving:
    """Asks about touches, and does what agents answer."""

    def __init__(self, workspace: Workspace, people: People) -> None:
        """Work in *workspace*, with who is who."""
        self._workspace, self._people = workspace, people

    async def ask(self) -> None:
        """Post the questions that nobody was asked yet, as far as the budget goes."""
        workspace = self._workspace
        async with workspace.database.reading() as connection:
            rows = await slack_touches.to_ask(connection, workspace.now(), AT_ONCE)
        for row in rows:
            place = await self._place(row)
            if not place or workspace.budget.wait(FOR_POSTS, place, workspace.calls.clock()) > 0:
                continue
            post = await self._post(row)
            async with workspace.database.writing() as connection:
                mine = post is not None and await slack_touches.asking(connection, row.id, workspace.now())
            if mine and post is not None:
                await self._ask(row, place, post)

    async def _place(self, row: TouchRow) -> str:
        """Name who is asked: the customer's account manager, else the team's Slack channel."""
        async with self._workspace.database.reading() as connection:
            manager = await touch_birthdays.manager_of(connection, row.customer_id)
        if manager is not None:
            return manager.slack_id
        current = self._workspace.touches
        return self._workspace.home_of(current.rules.team) if current is not None else ""

    async def _ask(self, row: TouchRow, place: str, post: Post) -> None:
        workspace = self._workspace
        workspace.budget.take(FOR_POSTS, place, workspace.calls.clock())
        event = {"event_type": "tidings_touch", "event_payload": {"key": f"touch:{row.id}"}}
        try:
            answer = await workspace.calls.ask(
                "chat.postMessage",
                channel=place,
                text=post.text,
                blocks=post.blocks,
                metadata=event,
                unfurl_links=False,
                unfurl_media=False,
            )
        except (Slowed, NotReached):
            async with workspace.database.writing() as connection:
                await slack_touches.forget(connection, row.id)
            return
        except SlackError as error:  # lost or refused: asked again after a minute
            if isinstance(error, Said):
                await workspace.refused(place, error)
            log.warning("slack was not asked about a touch", touch=row.id, error=str(error))
            return
        where = {"slack_channel": str(answer.get("channel", place)), "ts": str(answer.get("ts", ""))}
        async with workspace.database.writing() as connection:
            await slack_touches.stands(connection, row.id, said=_hash(post), **where)

    async def refresh(self) -> None:
        """Change the posts whose touch was decided on, moved, sent or ended since."""
        workspace = self._workspace
        async with workspace.database.reading() as connection:
            standing = await slack_touches.standing(connection, 200)
        for asked, row in standing:
            if workspace.budget.wait(FOR_CARDS, "", workspace.calls.clock()) > 0:
                return
            post = await self._post(row)
            if post is not None and _hash(post) != asked.said:
                await self._change(asked, post)
            elif row.state not in (*WAITING, "claimed", "handed_off", "unknown"):
                await self._stands(asked.touch_id, ended_at=workspace.now())

    async def _change(self, asked: Asked, post: Post) -> None:
        workspace = self._workspace
        workspace.budget.take(FOR_CARDS, "", workspace.calls.clock())
        try:
            await workspace.calls.ask(
                "chat.update", channel=asked.slack_channel, ts=asked.ts, text=post.text, blocks=post.blocks
            )
        except (Slowed, NotReached, NotHeard):
            return
        except Said as error:
            if error.code in (*CANNOT_EDIT, *GONE):
                await self._stands(asked.touch_id, ended_at=workspace.now())
            log.warning("slack did not change a question", touch=asked.touch_id, error=str(error))
            return
        await self._stands(asked.touch_id, said=_hash(post))

    async def clicked(self, deed: Clicked) -> None:
        """Do what was pressed; raises NotAnAgent or a SlackError."""
        carried = approval_posts.carries(deed.value)
        if carried is None:
            return
        agent = await self._people.agent(deed.slack_id, deed.team_of_author)
        await self._decide(carried[0], agent, WORDS[deed.action])
        await self._answer(carried[0], deed.response_url)
        self._workspace.nudges.nudge(LANE)

    async def _decide(self, touch_id: int, agent: Agent, word: Word, text: str = "") -> None:
        workspace = self._workspace
        decided = await decide(workspace.desk.ground, touch_id, agent, word, workspace.now(), text)
        if decided.done:
            workspace.nudges.nudge(BELL)
            workspace.nudges.nudge(LANE)
            return
        async with workspace.database.reading() as connection:
            decision = await slack_touches.decision(connection, touch_id)
            asked = await slack_touches.one(connection, touch_id)
        if asked is not None:
            row, language = decided.row, await self._people.language(agent)
            ended = (row.state, row.reason) if row is not None else ("gone", "gone")
            said = approval_posts.told(decision, *ended, language)
            await workspace.whisper(asked.slack_channel, "", agent.slack_id, said)

    async def _answer(self, touch_id: int, url: str) -> None:
        """Show a click's effect at once by its response_url, outside the budget for edits."""
        async with self._workspace.database.reading() as connection:
            row = await touches.one(connection, touch_id)
        post = await self._post(row) if row is not None else None
        body = {"replace_original": True, "text": post.text, "blocks": post.blocks} if post else None
        if body is not None and post is not None and await respond(self._workspace, url, body):
            await self._stands(touch_id, said=_hash(post))

    def wrong(self, deed: Submitted) -> Mapping[str, Any] | None:
        """Say what is wrong with the words in an open modal; None: close it."""
        carried = approval_posts.carries(deed.carried)
        said = approval_posts.wrong(approval_posts.written(deed.values), carried[1] if carried else "")
        return {"response_action": "errors", "errors": {"text": said}} if said else None

    async def submitted(self, deed: Submitted) -> None:
        """Keep the words that an agent wrote for a touch; raises a SlackError."""
        carried = approval_posts.carries(deed.carried)
        if carried is None:
            return
        try:
            agent = await self._people.agent(deed.slack_id, deed.team_of_author)
        except NotAnAgent as refusal:
            async with self._workspace.database.reading() as connection:
                asked = await slack_touches.one(connection, carried[0])
            if asked is not None:
                await self._workspace.whisper(asked.slack_channel, "", deed.slack_id, str(refusal))
            return
        text = approval_posts.written(deed.values)
        if not approval_posts.wrong(text, carried[1]):
            await self._decide(carried[0], agent, "edit", text)

    async def _post(self, row: TouchRow) -> Post | None:
        """Write what stands about a touch, in the language of who is asked: manager or team."""
        workspace = self._workspace
        if workspace.touches is None:
            return None
        async with workspace.database.reading() as connection:
            drafted = await draft(connection, workspace.touches.rules, row, workspace.now())
            decision = await slack_touches.decision(connection, row.id)
            manager = await touch_birthdays.manager_of(connection, row.customer_id)
        if drafted is None:
            return None
        channel: Channel | None = workspace.channels.get(row.channel)
        sms = channel is not None and channel.spec.kind == "sms"
        otherwise = workspace.touches.rules.limits.language
        language = await self._people.language_of(manager, otherwise) if manager else otherwise
        spoken = Spoken(
            language=language,
            occasion=touch_lines.occasion(workspace, row.kind, language),
            channel=workspace.label(row.channel) if row.channel else "",
            sms=sms,
        )
        return approval_posts.made(drafted, spoken, decision)

    async def _stands(self, touch_id: int, **values: Any) -> None:
        async with self._workspace.database.writing() as connection:
            await slack_touches.stands(connection, touch_id, **values)


def _hash(post: Post) -> str:
    return hashlib.sha256(post.text.encode()).hexdigest()
