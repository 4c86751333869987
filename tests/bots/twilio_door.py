"""A door of ours that a look-alike can call: it reads hooks and keeps their events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from bots.channel import Channel, Event, Hook
from bots.errors import ChannelError


class Door:
    """What came to a *channel*, at *url*."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.events: list[Event] = []
        self.skipped: list[str] = []
        self.refused: list[str] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        hook = Hook(
            method=request.method,
            url=self.url.removesuffix(request.path) + request.raw_path,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
            received_at=datetime.now(UTC),
        )
        try:
            reading = self.channel.read(hook)
        except ChannelError as error:
            self.refused.append(error.reason)
            return web.Response(status=401, text=error.reason)
        self.events.extend(reading.events)
        self.skipped.extend(reading.skipped)
        answer = reading.response
        return web.Response(status=answer.status, text=answer.body, content_type=answer.content_type)


@asynccontextmanager
async def opened(channel: Channel) -> AsyncIterator[Door]:
    """Open a door for *channel*, which is started with its address."""
    door = Door(channel)
    app = web.Application()
    app.router.add_route("*", "/hooks/ours", door.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/ours"

    async def keep(_: Hook) -> None:
        raise AssertionError("a channel of Twilio polls nothing")

    try:
        await channel.start(door.url, keep)
        yield door
        assert door.refused == []
    finally:
        await channel.stop()
        await runner.cleanup()
