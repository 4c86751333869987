"""One post a team in which it reads who waits too long, edited in place (loop "slack-waiting").

It begins when somebody waits beyond the promised time, and says so when nobody does any more. Nobody is
mentioned in it.
"""

import hashlib
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Final

from config.policy import Team
from inbox.desk.slack import finding, listing, putting, waiting_post
from inbox.desk.slack.budget import FOR_CARDS, FOR_POSTS
from inbox.desk.slack.calls import NotHeard, Said, SlackError
from inbox.desk.slack.posts import Post
from inbox.desk.slack.telling import CANNOT_EDIT, GONE
from inbox.desk.slack.turns import ALARMED, ready
from inbox.desk.slack.waiting_post import Late
from inbox.desk.slack.workspace import Workspace, log, quietly
from storage import slack_digests, slack_home, slack_lanes
from storage.instants import EPOCH
from storage.slack_digests import CALM, SlackDigest

LANE: Final = "slack-waiting"
EVERY: Final = 30.0
MOST: Final = 10
FRESH: Final = timedelta(hours=1)  # a post is used again so soon after; later another is seen better
BEHIND: Final = timedelta(seconds=20)
UNSEEN: Final = timedelta(seconds=60)
STEPS: Final = (timedelta(hours=1), timedelta(minutes=10), timedelta(minutes=1), BEHIND)
_NAMES: Final = uuid.UUID("0b7a3a55-8a5e-4c2e-9f0b-3a1d8a6b0c52")


class WaitingDigest:
    """Keeps the post of each team true."""

    def __init__(self, workspace: Workspace) -> None:
        """Work in *workspace*."""
        self._workspace = workspace

    async def turn(self) -> float:
        """Look at every team; says how many seconds until the next look."""
        workspace = self._workspace
        if not await ready(workspace):
            return ALARMED
        behind = await self._behind()
        for team in workspace.policy.teams:
            try:
                await self._team(team, behind)
            except SlackError as error:
                log.warning("slack digest not shown", team=team.key, error=str(error))
        return EVERY

    async def _behind(self) -> timedelta:
        """Say, in steps, how much later than they should posts appear: nothing that ticks."""
        async with self._workspace.database.reading() as connection:
            oldest = await slack_lanes.next_at(connection, "slack", EPOCH)
        waits = self._workspace.now() - oldest if oldest is not None else timedelta(0)
        return next((step for step in STEPS if waits > step), timedelta(0))

    async def _team(self, team: Team, behind: timedelta) -> None:
        late, digest = await self._read(team, behind)
        if digest is not None and not digest.ts and digest.said != CALM:
            digest = await self._looked_up(digest)
        if not late.total:
            if digest is not None and digest.said != CALM:
                await self._show(digest, waiting_post.calm(team.name), CALM)
            return
        post, home = waiting_post.made(late), self._workspace.home_of(team.key)
        said = hashlib.sha256(post.text.encode()).hexdigest()[:60]
        if digest is None or self._is_old(digest, home):
            await self._post(team, home, post, said)
            if digest is not None and digest.ts and digest.slack_channel != home:
                await quietly(self._edit(digest, waiting_post.elsewhere(team.name, home)))
        elif digest.said != said:
            await self._show(digest, post, said)

    async def _read(self, team: Team, behind: timedelta) -> tuple[Late, SlackDigest | None]:
        workspace = self._workspace
        async with workspace.database.reading() as connection:
            rows, total = await slack_home.late(connection, team.key, workspace.now(), MOST)
            links = await listing.links(connection, workspace, [one.id for one in rows])
            digest = await slack_digests.digest_of(connection, team.key)
        labels = {one.channel: workspace.label(one.channel) for one in rows}
        late = Late(team=team.name, rows=rows, total=total, links=links, labels=labels, behind=behind)
        return late, digest

    def _is_old(self, digest: SlackDigest, home: str) -> bool:
        """Whether another post is better: none stands, it stands elsewhere, or it has long been calm."""
        calm_long = digest.said == CALM and self._workspace.now() - digest.at >= FRESH
        return not digest.ts or digest.slack_channel != home or calm_long

    async def _show(self, digest: SlackDigest, post: Post, said: str) -> None:
        """Edit the post in place; one that is gone is forgotten, another follows while it is needed."""
        workspace = self._workspace
        if workspace.budget.wait(FOR_CARDS, "", workspace.calls.clock()) > 0:
            return
        try:
            await self._edit(digest, post)
        except Said as error:
            if error.code not in (*GONE, *CANNOT_EDIT):
                await workspace.refused(digest.slack_channel, error)
                raise
            await self._keep(replace(digest, ts="", said=CALM))
            workspace.nudges.nudge(LANE)
            return
        await self._keep(replace(digest, said=said))

    async def _edit(self, digest: SlackDigest, post: Post) -> None:
        workspace = self._workspace
        workspace.budget.take(FOR_CARDS, "", workspace.calls.clock())
        await putting.change(workspace, digest.slack_channel, digest.ts, post)

    async def _post(self, team: Team, home: str, post: Post, said: str) -> None:
        """Post it once: the row is written before the call, so that a lost answer is looked up."""
        workspace, now = self._workspace, self._workspace.now()
        if not home or workspace.budget.wait(FOR_POSTS, home, workspace.calls.clock()) > 0:
            return
        digest = SlackDigest(team=team.key, slack_channel=home, ts="", said="", at=now)
        await self._keep(digest)
        workspace.budget.take(FOR_POSTS, home, workspace.calls.clock())
        try:
            answer = await workspace.calls.ask(
                "chat.postMessage",
                channel=home,
                text=post.text,
                blocks=post.blocks,
                metadata={"event_type": "tidings_waiting", "event_payload": {"key": _key(digest)}},
                client_msg_id=str(uuid.uuid5(_NAMES, _key(digest))),
                unfurl_links=False,
                unfurl_media=False,
            )
        except NotHeard:
            raise
        except SlackError as error:
            await self._keep(replace(digest, said=CALM))  # nothing stands there
            if isinstance(error, Said):
                await workspace.refused(home, error)
            raise
        await self._keep(replace(digest, ts=str(answer.get("ts", "")), said=said))

    async def _looked_up(self, digest: SlackDigest) -> SlackDigest:
        """Find the post whose answer was lost; where it surely is not, none stands."""
        try:
            found = await self._found(digest)
        except Said:  # we may not look: after a minute a doubled post is better than an unseen customer
            if self._workspace.now() - digest.at < UNSEEN:
                raise
            found = ""
        digest = replace(digest, ts=found, said="" if found else CALM)
        await self._keep(digest)
        return digest

    async def _found(self, digest: SlackDigest) -> str:
        """Look for a post whose answer was lost; empty if it is surely not there."""
        where = {"channel": digest.slack_channel}
        async for message in finding.pages(self._workspace, "conversations.history", digest.at, **where):
            if _key(digest) in finding.keys_of(message):
                return str(message.get("ts", ""))
        return ""

    async def _keep(self, digest: SlackDigest) -> None:
        async with self._workspace.database.writing() as connection:
            await slack_digests.keep_digest(connection, digest)


def _key(digest: SlackDigest) -> str:
    """Name the post, so that it is found again by its metadata: nothing of a person."""
    return f"waiting:{digest.team}:{digest.at.timestamp():.6f}"
