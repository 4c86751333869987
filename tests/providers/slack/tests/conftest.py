"""One workspace and the real client for each test."""

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.providers.slack import SlackLookAlike
from tests.providers.slack.tests.door import Door, Json


@pytest.fixture
async def slack() -> AsyncIterator[SlackLookAlike]:
    async with SlackLookAlike(limits=False) as slack:
        yield slack


@pytest.fixture
def client(slack: SlackLookAlike) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.url, retry_handlers=[])


@pytest.fixture
async def door(slack: SlackLookAlike, client: AsyncWebClient) -> AsyncIterator[Door]:
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    door = Door(app)

    async def come_in(request: web.Request) -> web.StreamResponse:
        door.headers.append(dict(request.headers))
        if door.asleep is not None:
            await door.asleep.wait()
        if door.answers:
            return door.answers.pop(0)
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    @app.event(re.compile(".*"))
    async def hear(body: Json) -> None:
        door.heard.append(body)

    server = web.Application()
    server.router.add_post("/slack", come_in)
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack"
    await slack.subscribe(door.url)
    door.headers.clear()
    yield door
    await runner.cleanup()
