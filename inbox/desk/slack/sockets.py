"""Socket Mode connections that never hurry.

The SDK's own client opens the next connection within 20 ms whatever the reason of the last one's end
(1,230 opens in 3 s at `too_many_websockets`), so the connection is kept here; Bolt dispatches.
Protocol: docs.slack.dev/apis/events-api/using-socket-mode.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import aiohttp
import orjson
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from inbox.desk.slack import reading
from inbox.desk.slack.calls import Said, SlackError, Slowed
from inbox.desk.slack.workspace import Workspace, log

HEARTBEAT: Final = 10.0
LEAST_APART: Final = 30.0  # a connection opens at most twice a minute
CUT_OFF: Final = "link_disabled"
FATAL: Final = ("invalid_auth", "not_allowed_token_type", "account_inactive", "token_revoked", "not_authed")

Sleep = Callable[[float], Awaitable[None]]


class Socket:
    """One connection, opened again for ever until stopped."""

    def __init__(
        self, workspace: Workspace, bolt: AsyncApp, number: int, sleep: Sleep = asyncio.sleep
    ) -> None:
        """Connect nothing yet."""
        self._workspace, self._bolt, self._number, self._sleep = workspace, bolt, number, sleep
        self._opened_at: float | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self.state = "closed"

    async def run(self) -> None:
        """Keep a connection open; ends only when Slack says that the app may not have one."""
        quick = True
        while True:
            await self._pace(quick)
            try:
                reason = await self._once()
            finally:
                self._workspace.ended(self._number)
            log.info("slack socket ended", socket=self._number, reason=reason)
            self.state = reason
            if reason == CUT_OFF:
                log.error("slack socket mode is switched off for this app", socket=self._number)
                return
            quick = reason in ("refresh_requested", "warning", "closed")

    async def _pace(self, quick: bool) -> None:
        """Wait until the next opening is decent: the first ends of a connection's life come at once."""
        now = self._workspace.calls.clock()
        since = float("inf") if self._opened_at is None else now - self._opened_at
        wait = max(0.0, LEAST_APART - since)
        if not quick:
            wait = max(wait, LEAST_APART) + random.uniform(0, LEAST_APART)  # noqa: S311 (jitter)
        if wait:
            await self._sleep(wait)
        self._opened_at = self._workspace.calls.clock()

    async def _once(self) -> str:
        """Open, hear and answer until the connection ends; says why it did."""
        try:
            url = await self._ticket()
            async with self._workspace.calls.session.ws_connect(
                url, heartbeat=HEARTBEAT, timeout=aiohttp.ClientWSTimeout(ws_close=5.0)
            ) as ws:
                return await self._hear(ws)
        except Slowed as error:
            await self._sleep(error.seconds)
            return "slowed"
        except Said as error:
            log.error("slack socket refused", code=error.code)
            return CUT_OFF if error.code in FATAL else error.code
        except SlackError as error:
            return str(error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return f"{type(error).__name__}: {error}"

    async def _ticket(self) -> str:
        """Ask for an address that is good for one connection."""
        token = self._workspace.settings.app_token.get_secret_value()
        answer = await self._workspace.calls.ask("apps.connections.open", app_token=token)
        return str(answer.get("url", ""))

    async def _hear(self, ws: aiohttp.ClientWebSocketResponse) -> str:
        async for frame in ws:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            told: Mapping[str, Any] = orjson.loads(frame.data)
            match told.get("type"):
                case "hello":
                    self.state = "open"
                    self._workspace.opened(self._number)
                    log.info("slack socket open", socket=self._number)
                case "disconnect":
                    reason = str(told.get("reason", "disconnect"))
                    if reason != "warning":
                        await self._drain()
                        return reason
                case _ if reading.echo(told.get("payload") or {}, self._workspace.bot_id):
                    await self._acknowledge(ws, {"envelope_id": told.get("envelope_id")})
                case _ if told.get("envelope_id"):
                    task = asyncio.create_task(self._answer(ws, told))
                    self._answering.add(task)
                    task.add_done_callback(self._answering.discard)
        return "closed"

    async def finish(self) -> None:
        """Let what is being journalled be journalled."""
        await self._drain()

    async def _drain(self) -> None:
        """What came before the connection's end is still acknowledged over it."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=3)

    async def _answer(self, ws: aiohttp.ClientWebSocketResponse, told: Mapping[str, Any]) -> None:
        """Let Bolt dispatch, then acknowledge; without an acknowledgement Slack sends it again."""
        body = dict(told.get("payload") or {})
        request = AsyncBoltRequest(mode="socket_mode", body=body, headers=_headers(told))
        answer = await self._bolt.async_dispatch(request)
        if answer.status != 200:
            log.warning("slack payload not taken", status=answer.status, socket=self._number)
            return
        reply: dict[str, Any] = {"envelope_id": told["envelope_id"]}
        if answer.body:
            as_json = str(answer.body).startswith(("{", "["))
            reply["payload"] = orjson.loads(answer.body) if as_json else {"text": answer.body}
        await self._acknowledge(ws, reply)

    async def _acknowledge(self, ws: aiohttp.ClientWebSocketResponse, reply: Mapping[str, Any]) -> None:
        try:
            await ws.send_str(orjson.dumps(reply).decode())
        except (ConnectionError, aiohttp.ClientError):
            log.info("slack socket closed before an answer", socket=self._number)


def _headers(told: Mapping[str, Any]) -> dict[str, str | Sequence[str]]:
    named = {
        "x-slack-retry-num": told.get("retry_attempt"),
        "x-slack-retry-reason": told.get("retry_reason"),
    }
    return {name: str(value) for name, value in named.items() if value}
