"""What all parts of the Slack face share: the rows, the road to Slack, and what we know of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from bots.channel import Channel
from config.policy import Policy
from inbox.desk.operations import Desk
from inbox.desk.slack.budget import Budget
from inbox.desk.slack.calls import CHANNEL_GONE, TOKEN_GONE, Calls, Said, SlackError
from inbox.desk.slack.settings import SlackSettings
from inbox.live import Live
from inbox.media import MediaStore
from inbox.nudges import Nudges
from inbox.policies import Policies
from inbox.touches.rules import Current
from storage.database import Database

log = structlog.get_logger("slack")


@dataclass(slots=True, kw_only=True)
class Workspace:
    """One workspace; *closed* Slack channels cannot be written to, and why; *public* ones mask addresses.

    *deaf* says that Slack could not tell us something since the threads were last read back; *touches*
    are the rules of what we begin, where the house begins anything.
    """

    settings: SlackSettings
    policies: Policies
    database: Database
    desk: Desk
    channels: Mapping[str, Channel]
    live: Live
    nudges: Nudges
    media: MediaStore
    calls: Calls
    budget: Budget
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    touches: Current | None = None
    team_id: str = ""
    bot_user: str = ""
    bot_id: str = ""
    url: str = ""
    stopped: str = ""
    ending: bool = False
    sockets: set[int] = field(default_factory=set)
    deaf: bool = True
    closed: dict[str, str] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def policy(self) -> Policy:
        """What holds at this moment."""
        return self.policies.now

    @property
    def listens(self) -> bool:
        """Whether Slack can tell us what happens: over a socket that is open, or over HTTP."""
        return bool(self.sockets) or not self.settings.socket_mode

    def opened(self, socket: int) -> None:
        """Take in that a socket is open."""
        self.sockets.add(socket)
        self.nudges.nudge("slack-gap")

    def ended(self, socket: int) -> None:
        """Take in that a socket is open no more; without any we are deaf."""
        self.sockets.discard(socket)
        self.deaf = self.deaf or not self.sockets

    async def meet(self) -> None:
        """Learn who we are; raises a SlackError."""
        told = await self.calls.ask("auth.test")
        self.team_id, self.url = str(told.get("team_id", "")), str(told.get("url", ""))
        self.bot_user, self.bot_id = str(told.get("user_id", "")), str(told.get("bot_id", ""))
        self.stopped = ""

    async def look_around(self) -> None:
        """Look at the Slack channels we are to post in: shared ones are refused; raises a SlackError."""
        places = {team.slack_channel for team in self.policy.teams} | {self.settings.channel}
        for place in sorted(places - {""}):
            try:
                told = (await self.calls.ask("conversations.info", channel=place)).get("channel") or {}
            except Said as error:
                await self.refused(place, error)
                continue
            if told.get("is_ext_shared"):
                await self.shut(place, "it is shared with another organisation")
            elif not told.get("is_private"):
                await self._public(place)

    async def _public(self, place: str) -> None:
        """Everybody in the workspace reads a public Slack channel: refuse it, or mask what they see."""
        if self.settings.allow_public:
            self.public.add(place)
            return
        await self.shut(place, "it is public: make it private, or set allow_public = true")

    def link(self, slack_channel: str, ts: str) -> str:
        """Write the address of a message; Slack's permalinks have this form."""
        return f"{self.url}archives/{slack_channel}/p{ts.replace('.', '')}"

    def home_of(self, team: str) -> str:
        """Name the Slack channel of a team, or the fallback; empty if both are shut."""
        own = next((each.slack_channel for each in self.policy.teams if each.key == team), "")
        open_ones = [place for place in (own, self.settings.channel) if place and place not in self.closed]
        return open_ones[0] if open_ones else ""

    def is_safe(self, team: str) -> bool:
        """Whether nothing that is typed for a team leaves by itself, whoever types it."""
        own = next((one.safe_mode for one in self.policy.teams if one.key == team), False)
        return self.settings.safe_mode or own

    def hold_of(self, team: str) -> float:
        """Say for how many seconds a reply of a team can be taken back: its own choice, else everybody's."""
        own = next((one.hold_seconds for one in self.policy.teams if one.key == team), None)
        return self.settings.hold_seconds if own is None else own

    def label(self, channel: str) -> str:
        """Name a channel of ours for people."""
        known = self.channels.get(channel)
        return known.spec.label if known is not None else channel

    async def refused(self, slack_channel: str, error: Said) -> None:
        """Take in what a refusal says about a whole Slack channel or the token."""
        if error.code in TOKEN_GONE:
            self.stopped = error.code
            log.error("slack stopped", code=error.code)
        elif error.code in CHANNEL_GONE:
            await self.shut(slack_channel, error.code)

    async def shut(self, slack_channel: str, why: str) -> None:
        """Post there no more, and tell the admins once."""
        if slack_channel in self.closed or not slack_channel:
            return
        self.closed[slack_channel] = why
        log.error("slack channel shut", slack_channel=slack_channel, why=why)
        elsewhere = self.settings.channel not in ("", slack_channel)
        goes_on = f" Its conversations go to <#{self.settings.channel}>." if elsewhere else ""
        text = f"tidings cannot write in <#{slack_channel}> ({why}).{goes_on} Invite the app or unarchive it."
        for agent in self.policy.agents:
            if agent.role == "admin" and agent.slack_id:
                await quietly(self.calls.ask("chat.postMessage", channel=agent.slack_id, text=text))

    def reopen(self, slack_channel: str) -> None:
        """Post there again; what is owed flows, oldest first."""
        if self.closed.pop(slack_channel, None):
            log.info("slack channel back", slack_channel=slack_channel)
        for lane in ("slack", "slack-cards", "slack-marks"):
            self.nudges.nudge(lane)

    async def whisper(
        self, slack_channel: str, thread_ts: str, slack_id: str, text: str, blocks: object = None
    ) -> None:
        """Say something only *slack_id* sees; nothing that must be read is said so."""
        post = self.calls.ask(
            "chat.postEphemeral",
            channel=slack_channel,
            user=slack_id,
            thread_ts=thread_ts or None,
            text=text,
            blocks=blocks,
        )
        await quietly(post)

    async def direct(self, slack_id: str, text: str, blocks: object = None) -> bool:
        """Write to one person alone; says whether Slack took it."""
        return await quietly(self.calls.ask("chat.postMessage", channel=slack_id, text=text, blocks=blocks))


async def quietly(call: Awaitable[object]) -> bool:
    """Make a call that nothing depends on; says whether it went well."""
    try:
        await call
    except SlackError as error:
        log.warning("slack call failed", error=str(error))
        return False
    return True
