"""The gateway: sessions that outlive their connections, and dispatches that are replayed."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.providers.discord.state import the_bot

if TYPE_CHECKING:
    from tests.providers.discord.server import DiscordLookAlike

Json = dict[str, Any]
MESSAGE_CONTENT = 1 << 15
DIRECT, SERVER = 1 << 12, 1 << 9


@dataclass(slots=True)
class Session:
    """One session: what was dispatched in it, and over which socket it goes at this moment."""

    id: str
    intents: int
    log: list[Json] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None


class Gateway:
    """Everybody at the gateway."""

    def __init__(self, discord: "DiscordLookAlike") -> None:
        self.discord = discord
        self.sessions: dict[str, Session] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.received: list[Json] = []
        self.heartbeats = 0
        self.arrived = asyncio.Event()
        self.heard = asyncio.Condition()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Speak with one client until it or we close."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        interval = self.discord.heartbeat_milliseconds
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": interval}})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            frame = json.loads(message.data)
            await self.take(socket, frame)
            async with self.heard:
                self.received.append(frame)
                self.heard.notify_all()
        for session in self.sessions.values():
            if session.socket is socket:
                session.socket = None
        self.sockets.remove(socket)
        return socket

    async def take(self, socket: web.WebSocketResponse, frame: Json) -> None:
        match frame["op"]:
            case 1:
                self.heartbeats += 1
                if self.discord.answers_heartbeats:
                    await socket.send_json({"op": 11, "d": None})
            case 2:
                await self.identify(socket, frame["d"])
            case 6:
                await self.resume(socket, frame["d"])
            case _:
                await socket.close(code=4001)

    async def identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        if data["token"] != self.discord.token:
            await socket.close(code=4004)
            return
        if data["intents"] & MESSAGE_CONTENT and not self.discord.content_allowed:
            await socket.close(code=4014)
            return
        session = Session(uuid4().hex, data["intents"], socket=socket)
        self.sessions[session.id] = session
        url = self.discord.base_url.replace("http", "ws") + "/gateway"
        ready = {
            "v": 10,
            "user": the_bot(),
            "guilds": [],
            "session_id": session.id,
            "resume_gateway_url": url,
            "application": {"id": the_bot()["id"], "flags": 0},
        }
        await self.push(session, "READY", ready)
        self.arrived.set()

    async def resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None or data["token"] != self.discord.token:
            await socket.send_json({"op": 9, "d": False})
            return
        session.socket = socket
        for frame in session.log:
            if frame["s"] > data["seq"]:
                await socket.send_json(frame)
        await self.push(session, "RESUMED", {})
        self.arrived.set()

    async def push(self, session: Session, kind: str, data: Json) -> None:
        frame = {"op": 0, "s": len(session.log) + 1, "t": kind, "d": data}
        session.log.append(frame)
        if session.socket is not None and not session.socket.closed:
            with suppress(ConnectionError):  # cut a moment ago: it is replayed
                await session.socket.send_json(frame)

    async def dispatch(self, kind: str, data: Json) -> None:
        """Tell every session that asked for such events."""
        wanted = SERVER if "guild_id" in data else DIRECT
        for session in list(self.sessions.values()):
            if session.intents & wanted:
                await self.push(session, kind, data)

    async def close(self, code: int) -> None:
        """Close every connection with *code*; 0 cuts them."""
        self.arrived.clear()
        for socket in list(self.sockets):
            if code:
                await socket.close(code=code)
            elif (transport := socket._req.transport if socket._req else None) is not None:
                transport.abort()

    async def say(self, frame: Json) -> None:
        """Send *frame* to every connection."""
        self.arrived.clear()
        for socket in list(self.sockets):
            await socket.send_json(frame)

    def forget(self) -> None:
        """Forget every session, as Discord does after a while."""
        self.sessions.clear()
