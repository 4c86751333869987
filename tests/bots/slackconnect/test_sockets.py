"""The socket where Slack does not keep its side."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bots.channel import Hook
from tests.bots.slackconnect.case import CASE
from tests.bots.slackconnect.hooks import BOT_TOKEN, SIGNING

STOP_SECONDS = 3.0
"""Less than the house gives a channel to stop: 5 s."""


class Silent:
    """A Slack that opens a socket, says one thing where it *talks*, and hears nothing any more."""

    def __init__(self) -> None:
        self.opened, self.over = asyncio.Event(), asyncio.Event()
        self.url, self.talks = "", False

    async def answer(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"{self.url.replace('http', 'ws')}/socket"})

    async def hang(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        if self.talks:
            await socket.send_json({"type": "events_api", "payload": {"type": "app_rate_limited"}})
        else:
            self.opened.set()
        await self.over.wait()
        return socket


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    slack = Silent()
    app = web.Application()
    app.add_routes([web.post("/api/{method}", slack.answer), web.get("/socket", slack.hang)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield slack
    slack.over.set()
    await runner.cleanup()


@pytest.mark.parametrize("talks", [False, True], ids=["while it opens", "once it is open"])
async def test_a_slack_that_hangs_holds_up_no_stop(silent: Silent, talks: bool) -> None:
    silent.talks = talks
    channel = CASE.open(
        bot_token=BOT_TOKEN, signing_secret=SIGNING, app_token="xapp-1-x", api_url=f"{silent.url}/api/"
    )

    async def keep(hook: Hook) -> None:
        silent.opened.set()

    await channel.start("https://x.example/hooks/slackconnect", keep)
    async with asyncio.timeout(10):
        await silent.opened.wait()
    async with asyncio.timeout(STOP_SECONDS):
        await channel.stop()
