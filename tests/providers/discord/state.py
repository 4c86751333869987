"""What the look-alike keeps: people, channels, messages and who is at the gateway."""

import base64
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

EPOCH = 1_420_070_400_000
BOT = "53908232506183680"
TOKEN = base64.urlsafe_b64encode(BOT.encode()).decode().rstrip("=") + ".look-alike.token-of-the-bot"
Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class State:
    """Everything that is said; *closed* are people who take no direct messages."""

    messages: dict[str, dict[str, Json]] = field(default_factory=dict)
    direct: dict[str, str] = field(default_factory=dict)
    servers: dict[str, str] = field(default_factory=dict)
    nonces: dict[str, Json] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    typing: list[str] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    requests: list[tuple[str, str, Json]] = field(default_factory=list)
    uploads: list[list[str]] = field(default_factory=list)
    numbers: Any = field(default_factory=count)
    last: int = 0

    def next_id(self) -> str:
        """Make a snowflake of this moment, larger than all before."""
        made = (time.time_ns() // 1_000_000 - EPOCH) << 22
        self.last = max(self.last + 1, made)
        return str(self.last)

    def open_direct(self, user: str) -> str:
        """Give the channel of *user*'s direct messages with the bot; made at the first time."""
        if user not in self.direct:
            self.direct[user] = self.next_id()
            self.messages[self.direct[user]] = {}
        return self.direct[user]

    def open_server(self, channel: str, server: str = "41771983423143937") -> None:
        """Make a text channel of a server."""
        self.servers[channel] = server
        self.messages[channel] = {}

    def write(self, channel: str, author: Json, content: str, **parts: Any) -> Json:
        """Keep a message in *channel*, shaped as the API shows it."""
        made = {
            "id": self.next_id(),
            "type": 0,
            "channel_id": channel,
            "author": author,
            "content": content,
            "timestamp": datetime.now(UTC).isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "components": [],
            "pinned": False,
            "flags": 0,
            **parts,
        }
        self.messages[channel][made["id"]] = made
        return made


def person(user: str, name: str = "Mason") -> Json:
    """Describe a person as messages do."""
    return {
        "id": user,
        "username": name.lower(),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
        "public_flags": 0,
        "primary_guild": None,
        "flags": 0,
    }


def the_bot() -> Json:
    """Describe the bot."""
    return {**person(BOT, "Example Shop"), "bot": True}
