"""Waiting for what happens, without a clock."""

import asyncio
from collections.abc import Callable

from bots.channel import Hook, MessageIn
from bots.telegram.channel import Telegram
from tests.providers.telegram import TelegramServer


class Kept:
    """What was kept, and a way to wait for it."""

    def __init__(self, channel: Telegram, fails: Callable[[str], Exception | None] = lambda _: None) -> None:
        self.channel, self.fails = channel, fails
        self.texts: list[str] = []
        self.tried: list[str] = []
        self.news = asyncio.Event()

    async def __call__(self, hook: Hook) -> None:
        (said,) = self.channel.read(hook).events
        assert isinstance(said, MessageIn)
        self.tried.append(said.text)
        self.news.set()
        if (error := self.fails(said.text)) is not None:
            raise error
        self.texts.append(said.text)

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not done():
                self.news.clear()
                await self.news.wait()


async def eventually(done: Callable[[], bool], server: TelegramServer) -> None:
    """Wait until the look-alike's state fits; it tells when it changes."""
    async with asyncio.timeout(10):
        while not done():
            await server.state.news.wait()
