"""The Slack face, whole: built from what it needs, started and stopped by the application."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bots.channel import Channel
from config.policy import Policy
from inbox.desk.auditing import Door
from inbox.desk.operations import Desk
from inbox.desk.slack import (
    ahead,
    gap,
    home,
    looping,
    presence,
    refreshing,
    touched,
    unread,
    waiting_digest,
    working,
)
from inbox.desk.slack import marks as marking
from inbox.desk.slack.applying import Applying
from inbox.desk.slack.approving import Approving
from inbox.desk.slack.budget import Budget
from inbox.desk.slack.calls import Calls, SlackError
from inbox.desk.slack.clicks import Clicks
from inbox.desk.slack.hearing import Hearing
from inbox.desk.slack.home import Home
from inbox.desk.slack.lane import LANE, Lane
from inbox.desk.slack.manifest import COMMANDS_PATH, EVENTS_PATH, INTERACTIVITY_PATH, OPTIONS_PATH
from inbox.desk.slack.notes import Notes
from inbox.desk.slack.opening import Openings
from inbox.desk.slack.people import People
from inbox.desk.slack.places import Places
from inbox.desk.slack.questions import Questions
from inbox.desk.slack.replies import Replies
from inbox.desk.slack.rethinking import Rethinking
from inbox.desk.slack.settings import SlackSettings
from inbox.desk.slack.signing import is_signed
from inbox.desk.slack.slash import Slash
from inbox.desk.slack.sockets import Socket
from inbox.desk.slack.submissions import Submissions
from inbox.desk.slack.workspace import Workspace, log, quietly
from inbox.live import Live
from inbox.media import MediaStore
from inbox.nudges import Nudges
from inbox.policies import Policies
from inbox.touches.rules import Current
from storage.database import Database

if TYPE_CHECKING:
    from inbox.app import App

LARGEST = 1_000_000
CALM = 0.1
TAKEN = (200, 401, 404)


class SlackDesk:
    """Agents answer in Slack: posts out, payloads in."""

    def __init__(
        self,
        *,
        settings: SlackSettings,
        policies: Policies,
        database: Database,
        desk: Desk,
        channels: Mapping[str, Channel],
        live: Live,
        nudges: Nudges,
        media: MediaStore,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        touches: Current | None = None,
    ) -> None:
        """Build every part; nothing is opened."""
        budget = Budget(
            posts_per_second=settings.posts_per_second,
            burst=settings.posts_burst,
            posts_per_minute=settings.workspace_posts_per_minute,
            edits_per_minute=settings.edits_per_minute,
            marks_per_minute=settings.marks_per_minute,
            reads_per_minute=settings.reads_per_minute,
        )
        self.workspace = Workspace(
            settings=settings,
            policies=policies,
            database=database,
            desk=desk.at(Door(face="slack")),
            channels=channels,
            live=live,
            nudges=nudges,
            media=media,
            calls=Calls(settings, budget),
            budget=budget,
            now=now,
            touches=touches,
        )
        people, places = People(self.workspace), Places(workspace=self.workspace)
        approving = Approving(self.workspace, people)
        notes, submissions = Notes(self.workspace), Submissions(self.workspace, people, approving)
        replies = Replies(self.workspace, people, places, notes)
        rethinking = Rethinking(self.workspace, people, places, replies, notes)
        questions = Questions(self.workspace, people, places, notes)
        openings = Openings(self.workspace, people)
        slash = Slash(self.workspace, people, openings)
        clicks = Clicks(self.workspace, people, places, questions, approving, slash)
        self.touched = touched.Touched(self.workspace, approving, people)
        self.lane = Lane(self.workspace)
        self.home = Home(self.workspace, people)
        self.waiting = waiting_digest.WaitingDigest(self.workspace)
        applying = Applying(
            self.workspace, people, replies, rethinking, clicks, questions, submissions, self.home
        )
        self.working = working.Working(self.workspace, applying)
        self.hearing = Hearing(self.workspace, submissions, openings, slash, self.working.keep)
        self._database = database
        self.sockets: list[Socket] = []
        self._lanes: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._hearers: list[asyncio.Task[None]] = []

    async def follow(self, _policy: Policy) -> None:
        """Look at the Slack channels that a new policy names."""
        await quietly(self.workspace.look_around())

    async def open(self) -> None:
        """Open the road to Slack and learn who we are; Slack may be down."""
        await self.workspace.calls.open()
        try:
            await self.workspace.meet()
            await self.workspace.look_around()
        except SlackError as error:
            log.warning("slack does not answer yet; what is owed waits", error=str(error))

    def owned(self, database: Database) -> "SlackDesk":
        """Make the face of who owns the workspace for now: it writes to *database*."""
        self.workspace.database = database
        return self

    async def run(self) -> None:
        """Recover what a crash left, post and hear until `stop`; one node at a time does."""
        workspace, loops = self.workspace, self._turns()
        workspace.ending, workspace.deaf = False, True
        await self._recover()
        self._lanes = [lane for lane, _, _ in loops]
        self._tasks = [asyncio.create_task(looping.repeat(workspace, *loop)) for loop in loops]
        if workspace.settings.socket_mode:
            count = range(workspace.settings.sockets)
            self.sockets = [Socket(workspace, self.hearing.bolt, number) for number in count]
            self._hearers = [asyncio.create_task(socket.run()) for socket in self.sockets]
        await asyncio.wait(self._tasks)

    @property
    def runs(self) -> bool:
        """Whether it posts and hears."""
        return bool(self._tasks)

    async def stop(self) -> None:
        """Take nothing new and let what is in hand end; what is owed waits in its rows."""
        self.workspace.ending = True
        for lane in self._lanes:
            self.workspace.nudges.nudge(lane)
        for task in self._hearers:
            task.cancel()
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=2)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, *self._hearers, return_exceptions=True)
            await asyncio.gather(*(socket.finish() for socket in self.sockets))
            await asyncio.gather(self.lane.finish(), self.working.finish())
        finally:
            for task in (*self._tasks, *self._hearers):
                task.cancel()
            self.lane.forget()
            self.working.forget()
            self._tasks, self._hearers, self.sockets = [], [], []
            self.workspace.database = self._database  # a lease that is over would refuse all that is heard

    async def close(self) -> None:
        """Hear nothing more and close the road to Slack."""
        await self.hearing.close()
        await self.workspace.calls.close()

    async def _recover(self) -> None:
        while not self.workspace.ending:
            try:
                return await self.lane.recover()
            except Exception as error:  # noqa: BLE001 (the loop: the rows are asked until they answer)
                log.exception("slack lanes not recovered", error=str(error))
                await asyncio.sleep(1)
        return None

    def _turns(self) -> Sequence[tuple[str, Callable[[], Awaitable[float]], float]]:
        """List the loops: the bell each waits for, its turn, and how many seconds lie between two."""
        workspace = self.workspace
        return (
            (LANE, self.lane.turn, 0.0),
            (refreshing.LANE, refreshing.Cards(workspace).turn, CALM),
            (marking.LANE, marking.Marks(workspace).turn, CALM),
            (working.BELL, self.working.turn, 0.0),
            (unread.LANE, unread.Direct(workspace).turn, 0.0),
            (home.LANE, self.home.turn, CALM),
            (waiting_digest.LANE, self.waiting.turn, CALM),
            (touched.LANE, self.touched.turn, CALM),
            (gap.LANE, gap.Gap(workspace, self.working.keep).turn, 0.0),
            (presence.LANE, presence.Presence(workspace).turn, CALM),
            (ahead.LANE, ahead.Ahead(workspace).turn, CALM),
        )

    def routes(self) -> list[web.RouteDef]:
        """Serve events and interactivity over HTTP; without a signing secret there is no such door."""
        if not self.workspace.settings.over_http:
            return []
        return [
            web.post(path, self._heard)
            for path in (EVENTS_PATH, INTERACTIVITY_PATH, OPTIONS_PATH, COMMANDS_PATH)
        ]

    async def _heard(self, request: web.Request) -> web.Response:
        """Check the signature on the raw body; what could not be kept is answered 503."""
        if (request.content_length or 0) > LARGEST:
            raise web.HTTPRequestEntityTooLarge(max_size=LARGEST, actual_size=request.content_length or 0)
        body = await request.content.read(LARGEST + 1)
        while len(body) <= LARGEST and (more := await request.content.read(LARGEST)):
            body += more
        if len(body) > LARGEST:
            raise web.HTTPRequestEntityTooLarge(max_size=LARGEST, actual_size=len(body))
        settings = self.workspace.settings
        if not is_signed(settings.signing_secrets, request.headers, body, datetime.now(UTC)):
            return web.Response(status=401, text="the request is not signed by Slack, or too long ago")
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return web.Response(status=400, text="the body is not UTF-8")
        headers: dict[str, str | Sequence[str]] = {k.lower(): v for k, v in request.headers.items()}
        asked = AsyncBoltRequest(body=text, query=request.query_string, headers=headers)
        return _answered(await self.hearing.bolt.async_dispatch(asked))


def _answered(answer: BoltResponse) -> web.Response:
    status = answer.status if answer.status in TAKEN else 503
    content = (answer.headers.get("content-type") or ["text/plain"])[0].partition(";")[0]
    return web.Response(status=status, text=answer.body or "", content_type=content)


def slack_desk(app: "App") -> SlackDesk:
    """Build the Slack face of the house; its settings must be there."""
    if app.slack_settings is None:
        raise ValueError("Slack is not configured")
    face = SlackDesk(
        settings=app.slack_settings,
        policies=app.policies,
        database=app.database,
        desk=app.desk,
        channels=app.channels,
        live=app.live,
        nudges=app.nudges,
        media=app.media,
        now=app.clock,
        touches=app.first_word.current,
    )
    app.policies.on_change(face.follow)
    return face
