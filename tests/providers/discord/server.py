"""The look-alike itself: start it, let people write, see what the bot sent."""

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, web
from nacl.signing import SigningKey

from tests.providers.discord.api import Api, throttled
from tests.providers.discord.control import Control
from tests.providers.discord.gateway import Gateway
from tests.providers.discord.state import BOT, TOKEN, State, person
from tests.providers.faults import Faults

Json = dict[str, Any]


class DiscordLookAlike:
    """Discord on loopback; *base_url* + /api/v10 is the API's address."""

    def __init__(self, *, token: str = TOKEN) -> None:
        self.token = token
        self.state = State()
        self.people: dict[str, Json] = {}
        self.gateway = Gateway(self)
        self.faults = Faults()
        self.key = SigningKey(b"look-alike discord signing seed!"[:32])
        self.heartbeat_milliseconds = 45_000
        self.answers_heartbeats = True
        self.content_allowed = True
        self.starts_left = 1000
        self.runner: web.AppRunner | None = None
        self.session: ClientSession | None = None
        self.base_url = ""

    @property
    def public_key(self) -> str:
        """The application's public key."""
        return self.key.verify_key.encode().hex()

    @property
    def api_url(self) -> str:
        """The API's address, with its version."""
        return f"{self.base_url}/api/v10"

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives the base URL."""
        app = web.Application(middlewares=[self.faults.middleware(throttled)], client_max_size=20_000_000)
        app.add_routes([*Api(self).routes(), *Control(self).routes(), *self.faults.routes()])
        app.add_routes([web.get("/gateway/", self.gateway.serve)])
        self.runner = web.AppRunner(app, shutdown_timeout=1, handler_cancellation=True)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.session = ClientSession()
        self.base_url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self.base_url

    async def stop(self) -> None:
        """Close everything."""
        await self.gateway.close(1001)
        if self.session is not None:
            await self.session.close()
        if self.runner is not None:
            await self.runner.cleanup()

    @property
    def sent(self) -> list[Json]:
        """What the bot sent, oldest first."""
        found = [one for messages in self.state.messages.values() for one in messages.values()]
        return sorted((one for one in found if one["author"]["id"] == BOT), key=lambda one: int(one["id"]))

    def texts(self) -> list[str]:
        """List the words that the bot sent, in order."""
        return [str(one["content"]) for one in self.sent]

    async def say(self, user: str, content: str = "", *, channel: str = "", **parts: Any) -> Json:
        """Let *user* write to the bot, or in a server's *channel*; gives the message."""
        self.people.setdefault(user, person(user))
        where = channel or self.state.open_direct(user)
        author = parts.pop("author", self.people[user])
        made = self.state.write(where, author, content, **parts)
        await self.dispatch("MESSAGE_CREATE", self.as_event(made))
        return made

    async def dispatch(self, kind: str, data: Json) -> None:
        """Tell everybody at the gateway."""
        await self.gateway.dispatch(kind, data)

    def as_event(self, message: Json) -> Json:
        """Shape *message* as the gateway tells it: with its server, where it is in one."""
        server = self.state.servers.get(message["channel_id"])
        return message if server is None else {**message, "guild_id": server, "member": {"roles": []}}

    def keep_file(self, name: str, content: bytes, content_type: str = "application/octet-stream") -> Json:
        """Keep a file and describe it as messages do."""
        kept = f"{uuid4().hex}-{name}"
        self.state.files[kept] = (content_type, content)
        url = f"{self.base_url}/attachments/{kept}?ex=1&is=1&hm=1"
        return {
            "id": self.state.next_id(),
            "filename": name,
            "size": len(content),
            "url": url,
            "proxy_url": url,
            "content_type": content_type,
        }

    def signed(self, body: Json, at: float | None = None) -> tuple[bytes, dict[str, str]]:
        """Write a call over HTTP with its signature, made now or *at* a second of the epoch."""
        return self.signed_bytes(json.dumps(body).encode(), at)

    def signed_bytes(self, raw: bytes, when: float | None = None) -> tuple[bytes, dict[str, str]]:
        """Sign any body."""
        at = str(int(time.time() if when is None else when))
        mac = self.key.sign(at.encode() + raw).signature.hex()
        return raw, {
            "X-Signature-Ed25519": mac,
            "X-Signature-Timestamp": at,
            "Content-Type": "application/json",
        }

    async def call(self, url: str, body: Json) -> tuple[int, str]:
        """Post *body* to *url*, signed; gives status and body of the answer."""
        assert self.session is not None
        raw, headers = self.signed(body)
        async with self.session.post(url, data=raw, headers=headers) as response:
            return response.status, await response.text()

    async def connected(self) -> None:
        """Wait until the bot is at the gateway."""
        await asyncio.wait_for(self.gateway.arrived.wait(), 10)

    def asked(self, method: str, path: str) -> Sequence[Json]:
        """List the bodies of the calls to *path*."""
        return [body for one, where, body in self.state.requests if (one, where) == (method, path)]
