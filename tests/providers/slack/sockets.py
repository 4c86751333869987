"""Socket Mode: single-use tickets, hello, envelopes to any one socket until acked, disconnects."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.providers.slack.state import Handed, Json

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike

MOST = 10  # docs.slack.dev/apis/events-api/using-socket-mode
ACK_SECONDS = 3
RETRIES = 3
GONE_SECONDS = 300  # without any socket an event is given up after so long
LINGER_SECONDS = 10  # after a disconnect frame Slack closes the socket itself


@dataclass(slots=True, eq=False)
class Socket:
    """One open connection; one told to refresh gets nothing new."""

    ws: web.WebSocketResponse
    request: web.Request
    refreshing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An envelope as it went out, and over which socket (its number)."""

    envelope: Mapping[str, Any]
    socket: int


@dataclass(slots=True)
class Sockets:
    """The sockets the app holds. `refusing` answers every new one with this disconnect reason."""

    slack: "SlackLookAlike"
    open: list[Socket] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    acked: set[str] = field(default_factory=set)
    connects: int = 0
    refusing: str = ""
    retry_seconds: float = 0.0
    _awaited: dict[str, "asyncio.Future[Any]"] = field(default_factory=dict)
    _turn: int = 0
    _lingering: set["asyncio.Task[None]"] = field(default_factory=set)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """The app opens a socket with its ticket."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.slack.space.tickets:
            return web.Response(status=408, text="ticket used or unknown")
        self.slack.space.tickets.discard(ticket)
        ws = web.WebSocketResponse(heartbeat=10)
        await ws.prepare(request)
        self.connects += 1
        reason = self.refusing or ("too_many_websockets" if len(self.open) >= MOST else "")
        if reason:
            await ws.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "look-alike"}})
            await ws.close()
            self.slack.space.touch()
            return ws
        socket = Socket(ws, request)
        self.open.append(socket)
        try:
            await self._serve(socket)
        finally:
            self._gone(socket)
        return ws

    async def event(self, envelope: Json) -> Handed:
        """Send an event until some socket acks it."""
        handed = await self.hand("events_api", envelope)
        for attempt in range(1, RETRIES + 1):
            if handed.ok:
                break
            await self.slack.clock.sleep(self.retry_seconds)
            handed = await self.hand("events_api", envelope, attempt=attempt, reason="timeout")
        return handed

    async def hand(self, kind: str, payload: Json, *, attempt: int = 0, reason: str = "") -> Handed:
        """Send one envelope and wait 3 s of the clock for its ack; status 0 when none comes."""
        socket = await self._free()
        if socket is None:
            return Handed(status=0)
        # A redelivery is a new envelope around the same event.
        envelope_id = self.slack.space.new_id("envelope-")
        frame: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            frame |= {"retry_attempt": attempt, "retry_reason": reason}
        ack = self._awaited[envelope_id] = asyncio.get_running_loop().create_future()
        self.sent.append(Sent(envelope=frame, socket=id(socket)))
        self.slack.space.touch()
        late = asyncio.create_task(self.slack.clock.sleep(ACK_SECONDS))
        try:
            if not await self._write(socket, frame):
                return Handed(status=0)
            await asyncio.wait({ack, late}, return_when=asyncio.FIRST_COMPLETED)
            return Handed(status=200, body=ack.result()) if ack.done() else Handed(status=0)
        finally:
            late.cancel()
            del self._awaited[envelope_id]
            self.slack.space.touch()

    async def disconnect(self, reason: str = "refresh_requested", *, everyone: bool = True) -> None:
        """Ask the app to leave: warning, refresh_requested or link_disabled; closed by us after 10 s."""
        for socket in list(self.open) if everyone else self.open[:1]:
            socket.refreshing = reason != "warning"
            frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "look-alike"}}
            await self._write(socket, frame)
            if socket.refreshing:
                task = asyncio.create_task(self._linger(socket))
                self._lingering.add(task)
                task.add_done_callback(self._lingering.discard)

    def drop(self) -> None:
        """Cut every connection without a close frame."""
        for socket in list(self.open):
            self._gone(socket)
            if socket.request.transport is not None:
                socket.request.transport.abort()

    async def close(self) -> None:
        """Close every connection."""
        for task in list(self._lingering):
            task.cancel()
        for socket in list(self.open):
            await socket.ws.close()

    async def _serve(self, socket: Socket) -> None:
        hello = {
            "type": "hello",
            "num_connections": len(self.open),
            "connection_info": {"app_id": self.slack.space.app_id},
            "debug_info": {"host": "look-alike", "approximate_connection_time": 18060},
        }
        await socket.ws.send_json(hello)
        await socket.ws.ping()
        self.slack.space.touch()
        async for message in socket.ws:
            if message.type != WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            awaited = self._awaited.get(str(said.get("envelope_id")))
            if set(said) - {"envelope_id", "payload"} or "envelope_id" not in said:
                self.slack.mistakes.append(f"not an acknowledgement: {sorted(said)}")
                self.slack.space.touch()
            elif awaited is not None and not awaited.done():
                self.acked.add(said["envelope_id"])
                awaited.set_result(said.get("payload"))

    async def _free(self) -> Socket | None:
        until = self.slack.clock.now() + GONE_SECONDS
        while True:
            ready = [s for s in self.open if not s.refreshing and not s.ws.closed]
            if ready:
                self._turn += 1
                return ready[self._turn % len(ready)]
            if self.slack.clock.now() >= until:
                return None
            changed = asyncio.create_task(self.slack.space.changed.wait())
            late = asyncio.create_task(self.slack.clock.sleep(until - self.slack.clock.now()))
            try:
                await asyncio.wait({changed, late}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                changed.cancel()
                late.cancel()

    async def _write(self, socket: Socket, frame: Json) -> bool:
        try:
            await socket.ws.send_json(frame)
        except (ConnectionError, RuntimeError):
            self._gone(socket)
            return False
        return True

    async def _linger(self, socket: Socket) -> None:
        await self.slack.clock.sleep(LINGER_SECONDS)
        await socket.ws.close()

    def _gone(self, socket: Socket) -> None:
        if socket in self.open:
            self.open.remove(socket)
        self.slack.space.touch()
