"""The look-alike itself: start it, let customers write, see what was sent."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, web

from tests.providers.faults import Faults
from tests.providers.line.api import Api, throttled
from tests.providers.line.control import Control

SECRET = "look-alike-channel-secret"
TOKEN = "look-alike-access-token"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOut:
    """A message object that reached a chat."""

    id: str
    to: str
    message: Json


class LineLookAlike:
    """LINE on loopback; *quota_left* pushes are free this month (None: as many as you like)."""

    def __init__(self, *, secret: str = SECRET, token: str = TOKEN) -> None:
        self.secret = secret
        self.token = token
        self.bot_id = "U" + "b" * 32
        self.sent: list[SentOut] = []
        self.requests: list[tuple[str, Json]] = []
        self.accepted: dict[str, tuple[str, list[Json]]] = {}
        self.last_sent: list[Json] = []
        self.reply_tokens: dict[str, str] = {}
        self.read_tokens: dict[str, str] = {}
        self.read: list[str] = []
        self.typing: list[str] = []
        self.content: dict[str, tuple[str, bytes]] = {}
        self.transcoding: set[str] = set()
        self.unknown: set[str] = set()
        self.quota_left: int | None = None
        self.faults = Faults()
        self.ids = count(400_000_000_000)
        self.runner: web.AppRunner | None = None
        self.session: ClientSession | None = None
        self.base_url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives the base URL."""
        app = web.Application(middlewares=[self.faults.middleware(throttled)], client_max_size=8_000_000)
        app.add_routes([*Api(self).routes(), *Control(self).routes(), *self.faults.routes()])
        self.runner = web.AppRunner(app, shutdown_timeout=1, handler_cancellation=True)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.session = ClientSession()
        self.base_url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self.base_url

    async def stop(self) -> None:
        """Close everything."""
        if self.session is not None:
            await self.session.close()
        if self.runner is not None:
            await self.runner.cleanup()

    def next_id(self) -> str:
        """Make a message id as LINE's: digits."""
        return str(next(self.ids))

    def keep_sent(self, chat: str, messages: Sequence[Json], ids: Sequence[str]) -> None:
        """Let *messages* reach *chat*."""
        if self.quota_left is not None:
            self.quota_left -= 1
        self.sent += [SentOut(id=id_, to=chat, message=one) for id_, one in zip(ids, messages, strict=True)]

    def texts(self) -> list[str]:
        """List the words that reached anybody, in order."""
        return [one.message["text"] for one in self.sent if one.message["type"] == "text"]

    def event(self, user: str, kind: str = "message", *, group: str = "", **parts: Any) -> Json:
        """Make an event as LINE's, with a reply token that is good once."""
        source = {"type": "group", "groupId": group, "userId": user} if group else {"type": "user"}
        token = uuid4().hex
        self.reply_tokens[token] = group or user
        return {
            "type": kind,
            "mode": "active",
            "timestamp": time.time_ns() // 1_000_000,
            "source": {"userId": user, **source},
            "webhookEventId": "01" + uuid4().hex[:24].upper(),
            "deliveryContext": {"isRedelivery": False},
            "replyToken": token,
            **parts,
        }

    def message(self, user: str, kind: str = "text", *, group: str = "", **parts: Any) -> Json:
        """Make a message event; *parts* are the message's own."""
        number = self.next_id()
        read = uuid4().hex
        self.read_tokens[read] = number
        said = {"id": number, "type": kind, "quoteToken": f"q{number}", "markAsReadToken": read, **parts}
        return self.event(user, group=group, message=said)

    def signed(self, events: Sequence[Json]) -> tuple[bytes, dict[str, str]]:
        """Write the hook of *events* with its signature."""
        body = json.dumps({"destination": self.bot_id, "events": list(events)}).encode()
        mac = hmac.new(self.secret.encode(), body, hashlib.sha256).digest()
        return body, {"Content-Type": "application/json", "X-Line-Signature": b64encode(mac).decode()}

    async def call(self, url: str, events: Sequence[Json]) -> int:
        """Post the hook of *events* to *url*; gives the status that was answered."""
        assert self.session is not None
        body, headers = self.signed(events)
        async with self.session.post(url, data=body, headers=headers) as response:
            return response.status
