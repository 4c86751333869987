"""One connection to Discord's gateway: hello, identify or resume, heartbeats, and what is dispatched.

Source: https://docs.discord.com/developers/events/gateway.
"""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import orjson
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, ClientWSTimeout, WSMsgType

from bots.discord.places import Session
from bots.errors import ChannelError, Malformed, Misconfigured, Unreachable
from bots.json_body import table, table_of_body, text

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
INTENTS: Final = 1 << 12 | 1 << 13 | 1 << 14
"""Direct messages, reactions to them, and who types there."""
SERVER_INTENTS: Final = 1 << 9 | 1 << 10 | 1 << 11 | 1 << 15
"""The same of a server, with the words of its messages, which Discord must have allowed."""
LARGEST_FRAME: Final = 16 * 1024 * 1024
RESUMABLE: Final = 4000
"""We close with this code: after 1000 and 1001 Discord forgets the session."""
NEW_SESSION: Final = frozenset({1000, 1001, 4003, 4007, 4009})
HOPELESS: Final[dict[int, str]] = {
    4004: "Discord does not accept the bot's token (DISCORD_BOT_TOKEN).",
    4010: "Discord refuses our shard.",
    4011: "The bot is in too many servers for one connection.",
    4012: "Discord no longer speaks this version of its gateway.",
    4013: "Discord does not know an intent that we ask for.",
    4014: "Switch on Message Content Intent for the bot in the Developer Portal.",
}
Json = dict[str, Any]


class Ended(Exception):
    """The connection is over; *resumable* says whether the session can go on in another one."""

    def __init__(self, why: str, *, resumable: bool) -> None:
        """Keep *why*, words for the log."""
        super().__init__(why)
        self.resumable = resumable


@dataclass(slots=True)
class Pulse:
    """The heartbeat: what was last kept, and whether the last beat was heard."""

    sequence: int | None
    heard: bool = True


class Connection:
    """A connection that is open; iterate `dispatches`, and tell `kept` what need not come again."""

    def __init__(self, socket: ClientWebSocketResponse, token: str, intents: int) -> None:
        """Speak over *socket*."""
        self._socket = socket
        self._token = token
        self._intents = intents
        self._pulse = Pulse(None)
        self._beating: asyncio.Task[None] | None = None

    def kept(self, sequence: int) -> None:
        """Remember for the heartbeat that all up to *sequence* is kept."""
        self._pulse.sequence = sequence

    async def dispatches(self, session: Session | None) -> AsyncIterator[Json]:
        """Greet, go on with *session* or begin one, and yield dispatches until the connection ends.

        Raises Ended, or Misconfigured where another connection would end the same.
        """
        hello = await self._frame()
        interval = table(hello.get("d")).get("heartbeat_interval")
        if hello.get("op") != HELLO or not isinstance(interval, int | float) or interval <= 0:
            raise Ended("the gateway did not say hello", resumable=True)
        self._beating = asyncio.create_task(self._beat(interval / 1000))
        await (self._identify() if session is None else self._resume(session))
        while True:
            frame = await self._frame()
            match frame.get("op"):
                case 0:
                    yield frame
                case 1:
                    await self._send(HEARTBEAT, self._pulse.sequence)
                case 7:
                    raise Ended("the gateway asked us to connect again", resumable=True)
                case 9:
                    raise Ended("the session is invalid", resumable=frame.get("d") is True)
                case 11:
                    self._pulse.heard = True

    async def close(self) -> None:
        """End the heartbeat and the connection, so that the session can be resumed."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        await self._socket.close(code=RESUMABLE)

    async def _frame(self) -> Json:
        message = await self._socket.receive()
        if message.type is WSMsgType.TEXT:
            try:
                return table_of_body(message.data.encode("utf-8", "surrogatepass"))
            except Malformed:
                return {}  # it would come again and again: pass it over
        code = self._socket.close_code or 0
        if code in HOPELESS:
            raise Misconfigured(HOPELESS[code], code=str(code))
        raise Ended(f"the connection closed ({code})", resumable=code not in NEW_SESSION)

    async def _identify(self) -> None:
        about = {"os": sys.platform, "browser": "tidings", "device": "tidings"}
        data = {"token": self._token, "intents": self._intents, "properties": about}
        await self._send(IDENTIFY, data)

    async def _resume(self, session: Session) -> None:
        self._pulse.sequence = session.sequence
        data = {"token": self._token, "session_id": session.id, "seq": session.sequence}
        await self._send(RESUME, data)

    async def _beat(self, seconds: float) -> None:
        """Beat at the pace that was asked; an unanswered beat means that nobody is there any more."""
        await asyncio.sleep(seconds * random.random())  # noqa: S311
        while self._pulse.heard:
            self._pulse.heard = False
            await self._send(HEARTBEAT, self._pulse.sequence)
            await asyncio.sleep(seconds)
        await self._socket.close(code=RESUMABLE)

    async def _send(self, op: int, data: Any) -> None:
        try:
            await self._socket.send_str(orjson.dumps({"op": op, "d": data}).decode())
        except (ClientError, ConnectionError, OSError):
            return  # reading says so too


async def connect(
    session: ClientSession, url: str, token: str, *, intents: int, seconds: float
) -> Connection:
    """Open a connection to the gateway at *url*; raises Unreachable."""
    where = f"{url.rstrip('/')}/?v=10&encoding=json"
    mistake: ChannelError
    try:
        async with asyncio.timeout(seconds):
            socket = await session.ws_connect(
                where, max_msg_size=LARGEST_FRAME, timeout=ClientWSTimeout(ws_close=1.0), autoping=True
            )
        return Connection(socket, token, intents)
    except TimeoutError:
        mistake = Unreachable("Discord's gateway did not answer in time.")
    except (ClientError, OSError, ValueError):
        mistake = Unreachable("Discord's gateway cannot be reached.")
    raise mistake


def session_of(ready: Json, otherwise: str) -> Session | None:
    """Read the session that a READY *frame* begins; it is resumed *otherwise* where it names no place."""
    data = table(ready.get("d"))
    sequence = ready.get("s")
    url = text(data.get("resume_gateway_url")) or otherwise
    if not text(data.get("session_id")) or not isinstance(sequence, int):
        return None
    return Session(id=data["session_id"], url=url, sequence=sequence)
