"""A customer writes on LINE and on Discord; an agent answers, by the real house."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from config.filling import Source
from config.settings import Settings
from inbox.app import App, build
from inbox.desk.errors import Stopped
from tests.providers.discord import DiscordLookAlike
from tests.providers.discord.state import TOKEN
from tests.providers.line import LineLookAlike

USER, SUPPORT = "82198898841029460", "278325129692446722"
LINE_USER = "U" + "a" * 32
PICTURE = b"\xff\xd8\xff\xe0" + bytes(200)


@dataclass(frozen=True, slots=True)
class House:
    """The house, running."""

    app: App

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.app.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]

    async def says(self, sql: str, *rows: tuple[Any, ...]) -> None:
        """Wait until *sql* gives *rows*."""

        async def so() -> bool:
            return await self.rows(sql) == list(rows)

        await until(so)

    async def answers(self, text: str) -> None:
        """Let an agent answer in the newest conversation."""
        [(conversation,)] = await self.rows("SELECT max(id) FROM conversations")
        [(agent,)] = await self.rows("SELECT min(id) FROM agents")
        await self.app.desk.reply(conversation, agent, text=text, now=self.app.clock(), key=text)


async def until(found: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the house has done something; the test's own time-out ends it."""
    while not await found():
        await asyncio.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Place:
    """The two providers, and a folder in which the house is built again and again."""

    line: LineLookAlike
    discord: DiscordLookAlike
    folder: Path

    @asynccontextmanager
    async def house(self) -> AsyncIterator[House]:
        """Run the house until the block ends."""
        env = {
            "LINE_CHANNEL_SECRET": self.line.secret,
            "LINE_CHANNEL_ACCESS_TOKEN": self.line.token,
            "DISCORD_BOT_TOKEN": TOKEN,
            "TIDINGS_SECRET_KEY": "k" * 32,
        }
        discord = {
            "api_url": self.discord.api_url,
            "support_channel": SUPPORT,
            "retry_seconds": 0.05,
        }
        line = {"api_url": self.line.base_url, "data_url": self.line.base_url}
        settings = Settings(
            database=f"sqlite:///{self.folder / 'tidings.db'}",
            media_dir=self.folder / "media",
            secret_key=SecretStr("k" * 32),
            port=0,
            channels={"line": line, "discord": discord},
            source=Source(env=env),
        )
        app = build(settings)
        await app.start()
        try:
            yield House(app)
        finally:
            await app.stop()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    line, discord = LineLookAlike(), DiscordLookAlike()
    discord.state.open_server(SUPPORT)
    await line.start()
    await discord.start()
    yield Place(line, discord, tmp_path)
    await line.stop()
    await discord.stop()


async def test_a_customer_of_line_is_answered_by_reply_and_then_by_push(place: Place) -> None:
    line = place.line
    async with place.house() as house:
        door = f"http://127.0.0.1:{house.app.port}/hooks/line"
        shown = line.message(LINE_USER, "image", contentProvider={"type": "line"})
        line.content[shown["message"]["id"]] = ("image/jpeg", PICTURE)
        said = line.message(LINE_USER, text="Is it this one?")
        assert await line.call(door, [shown, said]) == 200
        assert await line.call(door, [shown, said]) == 200
        await house.says("SELECT text FROM messages ORDER BY id", ("",), ("Is it this one?",))
        await house.says("SELECT state, size FROM attachments", ("kept", len(PICTURE)))
        await house.answers("*Yes*, it is")
        await house.says("SELECT status FROM messages WHERE direction = 'out'", ("sent",))
        await house.answers("Shall I put it aside?")
        await house.says("SELECT status FROM messages WHERE direction = 'out'", ("sent",), ("sent",))
        assert line.texts() == ["Yes, it is", "Shall I put it aside?"]
        assert [way for way, _ in line.requests] == ["reply", "push"]
        assert await line.call(door, [line.event(LINE_USER, "unfollow")]) == 200
        with pytest.raises(Stopped):
            await house.answers("Hello?")


async def test_a_customer_of_discord_is_answered_where_they_wrote(place: Place) -> None:
    discord = place.discord
    async with place.house() as house:
        await discord.connected()
        file = discord.keep_file("menu.jpg", PICTURE, "image/jpeg")
        said = await discord.say(USER, "Is there a **table**?", attachments=[file])
        await house.says("SELECT text FROM messages", ("Is there a *table*?",))
        await house.says("SELECT state, size FROM attachments", ("kept", len(PICTURE)))
        await house.answers("At *eight*, gladly")
        await house.says("SELECT status FROM messages WHERE direction = 'out'", ("sent",))
        assert discord.texts() == ["At **eight**, gladly"]
        edit = {**said, "content": "Is there a table for two?", "edited_timestamp": said["timestamp"]}
        await discord.dispatch("MESSAGE_UPDATE", edit)
        await house.says("SELECT text FROM messages WHERE direction = 'in'", (edit["content"],))
        await discord.say(USER, "I ask here too", channel=SUPPORT)
        await house.says("SELECT count(DISTINCT customer_id), count(*) FROM addresses", (1, 2))
        await house.answers("And I answer here")
        await house.says("SELECT count(*) FROM messages WHERE status = 'sent'", (2,))
        (public,) = [one for one in discord.sent if one["channel_id"] == SUPPORT]
        assert public["content"] == f"<@{USER}> And I answer here"
        await house.says("SELECT count(*) FROM messages", (4,))  # our own words are not heard again


async def test_what_is_said_on_discord_while_the_house_is_off_is_kept_when_it_is_on(place: Place) -> None:
    async with place.house() as house:
        await place.discord.connected()
        await place.discord.say(USER, "one")
        await house.says("SELECT text FROM messages", ("one",))
    place.discord.gateway.forget()
    await place.discord.say(USER, "two")
    async with place.house() as house:
        await house.says("SELECT text FROM messages ORDER BY id", ("one",), ("two",))


async def test_nobody_posts_what_only_the_bot_hears(place: Place) -> None:
    async with place.house() as house:
        door = f"http://127.0.0.1:{house.app.port}/hooks/discord"
        forged = {"t": "MESSAGE_CREATE", "d": {"id": "1", "channel_id": "2", "author": {"id": "3"}}}
        assert place.discord.session is not None
        for headers in ({}, {"X-Tidings-Seal": "0" * 64}):
            async with place.discord.session.post(door, json=forged, headers=headers) as answer:
                assert answer.status == 401
        assert await house.rows("SELECT count(*) FROM messages") == [(0,)]
