"""Socket Mode: events over a connection that we open, each kept before Slack hears that it came.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode. The SDK's own client opens the next
connection within 20 ms whatever the reason of the last one's end, so the loop is ours.
"""

import asyncio
import logging
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from aiohttp import ClientWebSocketResponse, ClientWSTimeout, WSMsgType

from bots.channel import Keep
from bots.errors import ChannelError, Throttled, Verdict
from bots.json_body import Json, table, text
from bots.sealing import sealed
from bots.slackconnect.calls import CALL_ERRORS, Calls, heard, translated
from bots.slackconnect.naming import name_of

log = logging.getLogger(__name__)
LONGEST_PAUSE: Final = 300.0
HEARTBEAT: Final = 10.0
GOODBYE_SECONDS: Final = 0.5
"""How long Slack's own goodbye is waited for; aiohttp would wait for ten seconds."""
MOST_NAMES: Final = 10_000
CUT_OFF: Final = "link_disabled"


class Socket:
    """One connection, opened again until `stop`."""

    def __init__(self, calls: Calls, name: str, seal: bytes, keep: Keep) -> None:
        """Open nothing; *seal* is the key that makes what came ours."""
        self._calls, self._name, self._seal, self._keep = calls, name, seal, keep
        self._profiles: dict[str, Json] = {}
        self._stopping = asyncio.Event()
        self._failures = 0
        self._socket: ClientWebSocketResponse | None = None

    async def stop(self) -> None:
        """Ask `run` to end; the event that is being kept is finished first."""
        self._stopping.set()
        if self._socket is not None:
            await self._socket.close()

    async def run(self) -> None:
        """Hear until stopped, or until Slack says that the app may not."""
        while not self._stopping.is_set():
            began = asyncio.get_running_loop().time()
            try:
                reason = await self._hear()
                log.info("slackconnect: the socket of %s ended: %s", self._name, reason)
                if reason == CUT_OFF:
                    log.error("slackconnect: Socket Mode is switched off for the app of %s", self._name)
                    return
                error: Exception | None = None
            except Exception as raised:  # noqa: BLE001 - the loop's own: it never ends
                error = raised
                if isinstance(error, ChannelError) and error.verdict is Verdict.GIVE_UP:
                    log.error("slackconnect: %s hears nothing: %s", self._name, error.reason)
                    return
            lasted = asyncio.get_running_loop().time() - began
            await self._rest(error, lasted)

    async def _hear(self) -> str:
        """Open a connection and keep what comes; says why it ended."""
        token = self._calls.settings.app_token
        assert token is not None
        opened = await heard(self._calls.client.apps_connections_open(app_token=token.get_secret_value()))
        try:
            connecting = self._calls.session.ws_connect(
                str(opened.get("url")), heartbeat=HEARTBEAT, timeout=ClientWSTimeout(ws_close=GOODBYE_SECONDS)
            )
            async with connecting as socket:
                self._socket = socket
                # A stop may have come while it was opened, and found nothing to close.
                return "stopped" if self._stopping.is_set() else await self._frames(socket)
        except CALL_ERRORS as error:
            raise translated(error, Throttled) from error
        finally:
            self._socket = None

    async def _frames(self, socket: ClientWebSocketResponse) -> str:
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT or self._stopping.is_set():
                continue
            said = table(orjson.loads(frame.data))
            match said.get("type"):
                case "hello":
                    continue
                case "disconnect":
                    return text(said.get("reason")) or "disconnect"
                case _:
                    await self._take(socket, said)
        return "closed"

    async def _take(self, socket: ClientWebSocketResponse, said: Json) -> None:
        """Keep an event, then say that it came; what cannot be read now is said to have come all the same."""
        if said.get("type") == "events_api":
            payload = await self._named(table(said.get("payload")))
            hook = sealed(self._seal, self._name, orjson.dumps(payload), datetime.now(UTC))
            try:
                await self._keep(hook)
            except ChannelError as error:
                if error.verdict is not Verdict.NOT_OURS:
                    raise
                log.warning("slackconnect: an event cannot be read: %s", error.reason)
        if envelope := text(said.get("envelope_id")):
            await socket.send_str(orjson.dumps({"envelope_id": envelope}).decode())

    async def _named(self, payload: Json) -> Json:
        """Put the writer's name beside a message: Slack's events name people by id alone."""
        event = table(payload.get("event"))
        user = text(event.get("user"))
        written = event.get("type") == "message" and user and not event.get("bot_id")
        if not written or name_of(event):
            return payload
        profile = self._profiles.get(user) or await self._profile(user)
        if profile:  # else it was not told: it is asked for again
            if len(self._profiles) >= MOST_NAMES:
                self._profiles.clear()
            self._profiles[user] = profile
        return {**payload, "event": {**event, "user_profile": profile}}

    async def _profile(self, user: str) -> Json:
        try:
            answer: Mapping[str, Any] = await heard(self._calls.client.users_info(user=user))
        except ChannelError:
            return {}
        return table(table(answer.get("user")).get("profile"))

    async def _rest(self, error: Exception | None, lasted: float) -> None:
        """Wait before opening again: not at all after a connection that held a while, else ever longer."""
        first = self._calls.settings.retry_seconds
        if error is None and lasted >= first:
            self._failures = 0
            return
        self._failures += 1
        pause = first * 2.0 ** min(self._failures - 1, 10)
        pause = min(LONGEST_PAUSE, pause) * random.uniform(0.5, 1.0)  # noqa: S311 (jitter)
        if isinstance(error, Throttled) and error.retry_after:
            pause += error.retry_after
        log.warning("slackconnect: %s opens again in %.0f s", self._name, pause)
        try:
            await asyncio.wait_for(self._stopping.wait(), pause)
        except TimeoutError:
            return
