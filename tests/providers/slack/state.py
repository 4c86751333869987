"""What the look-alike remembers: people, Slack channels, messages, files, views."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.providers.slack.clock import Clock

Json = dict[str, Any]


class SlackError(Exception):
    """Answered as `ok: false` with this code; `extra` goes beside it."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


@dataclass(slots=True, kw_only=True)
class Handed:
    """What came of handing one thing over: 0 for no answer in 3 s, and the app's answer."""

    status: int
    body: Any = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """A person or a bot of some workspace."""

    id: str
    name: str
    team_id: str
    email: str = ""
    guest: bool = False
    deleted: bool = False
    bot: bool = False
    locale: str = "en-US"
    zone: str = "Europe/Lisbon"
    presence: str = "active"  # or away


@dataclass(slots=True, kw_only=True, eq=False)
class SlackChannel:
    """A Slack channel or a direct message (`id` begins with D)."""

    id: str
    name: str
    private: bool = False
    archived: bool = False
    shared: bool = False
    members: list[str] = field(default_factory=list)
    messages: dict[str, "Message"] = field(default_factory=dict)
    threads: dict[str, dict[str, "Message"]] = field(default_factory=dict)  # replies by their root's ts

    def put(self, message: "Message") -> None:
        """Add a message, and to its thread if it is a reply."""
        self.messages[message.ts] = message
        if message.thread_ts:
            self.threads.setdefault(message.thread_ts, {})[message.ts] = message

    def take(self, message: "Message") -> None:
        """Take a message away; its replies stay, as at Slack."""
        del self.messages[message.ts]
        if message.thread_ts:
            del self.threads[message.thread_ts][message.ts]

    def thread(self, root_ts: str) -> list["Message"]:
        """The root, if it is still there, and its replies, oldest first."""
        root = self.messages.get(root_ts)
        return [*([root] if root else []), *self.threads.get(root_ts, {}).values()]

    @property
    def direct(self) -> bool:
        return self.id.startswith("D")


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """A message as it stands now; `edits` holds the texts it had before."""

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    files: list["KeptFile"] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)
    edited_ts: str | None = None
    subtype: str | None = None
    client_msg_id: str | None = None
    ephemeral_for: str | None = None
    arguments: Json = field(default_factory=dict)

    @property
    def root_ts(self) -> str:
        return self.thread_ts or self.ts


@dataclass(slots=True, kw_only=True, eq=False)
class KeptFile:
    """A file: announced, then filled by an upload, then completed and perhaps shared."""

    id: str
    name: str
    length: int
    mimetype: str
    user: str
    title: str = ""
    alt_text: str = ""
    content: bytes | None = None
    completed: bool = False
    deleted: bool = False
    shares: dict[str, list[Json]] = field(default_factory=dict)
    serves: str = "bytes"  # or "html", "forbidden"
    check_info: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class View:
    """A modal or a Home tab; `number` counts its changes and makes the hash."""

    id: str
    user: str
    body: Json
    number: int = 1
    root_id: str = ""
    previous_id: str | None = None
    open: bool = True

    @property
    def hash(self) -> str:
        return f"{1700000000 + self.number}.{self.id[-6:]}"


@dataclass(slots=True, kw_only=True, eq=False)
class Gesture:
    """What a click or command left behind: the user it belongs to, when, and what it may still open."""

    user: str
    at: float
    channel: str | None = None
    message: Message | None = None
    view_id: str | None = None
    trigger_used: bool = False
    responses: int = 0


class Workspace:
    """Everything one workspace holds, and a condition that wakes on each change."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.team_id = "T0TIDINGS1"
        self.app_id = "A0TIDINGS1"
        self.bot_id = "B0TIDINGS1"
        self.bot_user = "U0TIDINGS1"
        self.accounts: dict[str, Account] = {}
        self.channels: dict[str, SlackChannel] = {}
        self.files: dict[str, KeptFile] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}
        self.gestures: dict[str, Gesture] = {}
        self.ephemerals: list[Message] = []
        self.posted_ids: dict[str, Message] = {}
        self.base_url = ""
        self.scopes: set[str] = set()
        self.tickets: set[str] = set()
        self.auth_error = ""
        self.outgoing: list[Callable[[Json], None]] = []
        self.numbers = itertools.count(1)
        self.last_ts = 0
        self.changed = asyncio.Event()
        self.edit_window_closed = False
        self.accounts[self.bot_user] = Account(
            id=self.bot_user, name="tidings", team_id=self.team_id, bot=True, zone="Etc/UTC"
        )

    def happen(self, event: Json) -> None:
        """Tell whoever delivers events that this happened."""
        self.touch()
        for deliver in self.outgoing:
            deliver(event)

    def touch(self) -> None:
        """Wake who waits for a change."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    def new_id(self, letter: str) -> str:
        """A fresh id of Slack's form, such as C0000000012."""
        return f"{letter}{next(self.numbers):010d}"

    def new_ts(self) -> str:
        """The next timestamp: unique, rising, microseconds of the clock."""
        self.last_ts = max(self.last_ts + 1, int(self.clock.now() * 1_000_000))
        return f"{self.last_ts // 1_000_000}.{self.last_ts % 1_000_000:06d}"

    def channel(self, channel_id: str, error: str = "channel_not_found") -> SlackChannel:
        """The Slack channel of this id."""
        found = self.channels.get(channel_id)
        if found is None:
            raise SlackError(error)
        return found

    def joined(self, channel_id: str) -> SlackChannel:
        """The Slack channel of this id, if the bot may write there."""
        channel = self.channel(channel_id)
        if channel.archived:
            raise SlackError("is_archived")
        if self.bot_user not in channel.members:
            # A private Slack channel one is not in does not exist for the asker.
            raise SlackError("channel_not_found" if channel.private else "not_in_channel")
        return channel

    def message(self, channel_id: str, ts: str) -> Message:
        """The message at this place."""
        found = self.channel(channel_id).messages.get(ts)
        if found is None:
            raise SlackError("message_not_found")
        return found

    def direct(self, user: str) -> SlackChannel:
        """The direct message between the bot and this person, opened if need be."""
        for channel in self.channels.values():
            if channel.direct and user in channel.members:
                return channel
        channel = SlackChannel(id=self.new_id("D"), name="", private=True, members=[self.bot_user, user])
        self.channels[channel.id] = channel
        return channel
