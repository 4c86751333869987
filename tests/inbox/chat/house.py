"""A small real house for the web chat: the store, the door, the outbox, the desk, on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import select

from bots.channel import Hook
from bots.webchat import Settings as ChatSettings
from bots.webchat import WebChat, open_channel
from config.settings import Settings
from inbox import media_door
from inbox.accept import Accept
from inbox.chat.routes import routes
from inbox.desk.act import Ground
from inbox.desk.operations import Desk
from inbox.door import Door
from inbox.files import Files
from inbox.journal.applying import Applying
from inbox.journal.embedded import Embedded
from inbox.live import Live
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.preferences.routes import routes as preference_routes
from inbox.style import sheets
from inbox.touches.first_word import FirstWord, first_word
from storage import agents
from storage.batch import Rules
from storage.database import Database
from storage.keep_sqlite import SqliteKeeper
from storage.tables import conversations, messages
from tests.databases import begin_sqlite

SECRET = "a secret of the application"
SITE_SECRET = "shared with the site"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class House:
    """What the chat's routes ask of the application, and what tests do in it."""

    settings: Settings
    channels: dict[str, WebChat]
    database: Database
    live: Live
    media: MediaStore
    desk: Desk
    accept: Accept
    first_word: FirstWord
    clock: Callable[[], datetime] = field(default=now)
    url: str = ""

    async def keep(self, name: str, hook: Hook) -> None:
        await self.accept.keep(name, hook)

    @property
    def channel(self) -> WebChat:
        return self.channels["webchat"]

    async def agent(self) -> int:
        async with self.database.reading() as connection:
            found = await agents.by_key(connection, "ines")
        assert found is not None
        return found.id

    async def conversation(self) -> int:
        """The newest conversation."""
        which = select(conversations.c.id).order_by(conversations.c.id.desc()).limit(1)
        async with self.database.reading() as connection:
            return int((await connection.execute(which)).scalar_one())

    async def said(self) -> list[str]:
        """The texts of all that customers said, in order."""
        which = select(messages.c.text).where(messages.c.direction == "in").order_by(messages.c.id)
        async with self.database.reading() as connection:
            return list((await connection.execute(which)).scalars())

    async def statuses(self) -> list[str]:
        """What became of all that we said, in order."""
        which = select(messages.c.status).where(messages.c.direction == "out").order_by(messages.c.id)
        async with self.database.reading() as connection:
            return list((await connection.execute(which)).scalars())

    async def reply(self, text: str, **more: Any) -> int:
        return await self.desk.reply(
            await self.conversation(), await self.agent(), text=text, now=now(), **more
        )


@asynccontextmanager
async def house(folder: Path, **chat: Any) -> AsyncIterator[House]:
    """Serve a web chat on a free port; *chat* are settings of its own."""
    settings = Settings(
        business="Casa Oliva",
        secret_key=SecretStr(SECRET),
        media_dir=folder / "media",
        public_url="http://127.0.0.1:1",
    )
    channel = open_channel(
        ChatSettings.model_validate({"secret_key": SECRET, "identity_secret": SITE_SECRET} | chat), "webchat"
    )
    built, loops, door = await _build(settings, channel, folder)
    site = web.Application()
    site.add_routes(door.routes())
    site.add_routes(media_door.routes(built.database, built.media))
    site.add_routes(sheets.routes())
    site.add_routes(routes(built))  # type: ignore[arg-type]  # a house without the desk's pages
    site.add_routes(preference_routes(built))  # type: ignore[arg-type]
    runner = web.AppRunner(site, shutdown_timeout=0.5)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    built.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield built
    finally:
        built.live.close()
        await asyncio.gather(*(loop.stop() for loop in loops))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await runner.cleanup()
        await built.accept.close()
        await built.database.close()


async def _build(settings: Settings, channel: WebChat, folder: Path) -> tuple[House, list[Any], Door]:
    database = Database(begin_sqlite(folder / "tidings.db"))
    await database.open()
    entry = {"key": "ines", "name": "Inés Molina", "email": "", "slack_id": "", "role": "agent"}
    async with database.writing() as connection:
        await agents.sync(connection, database.ids, [entry | {"teams": ["a"], "zone": "UTC"}], now())
    live, nudges, metrics = Live(), Nudges(), Metrics()
    channels = {"webchat": channel}
    ground = Ground(database=database, channels=channels, live=live, nudges=nudges, slack=False)
    media = MediaStore(settings.media_dir, SECRET)
    applying = Applying(
        database=database,
        keeper=SqliteKeeper(database),
        rules=Rules(team="support", reopen_within=timedelta(hours=72), slack=False),
        live=live,
        nudges=nudges,
        metrics=metrics,
    )
    accept = Accept(channels=channels, applying=applying, journal=Embedded(applying), clock=now)
    owing = Owing(
        database=database, live=live, nudges=nudges, media=media, public_url=settings.public_url, slack=False
    )
    outbox = Outbox(lane="webchat", channel=channel, owing=owing, nudges=nudges, metrics=metrics, clock=now)
    files = Files(ground=ground, channels=channels, media=media, nudges=nudges, cap=25_000_000, clock=now)
    built = House(
        settings=settings,
        channels=channels,
        database=database,
        live=live,
        media=media,
        desk=Desk(ground),
        accept=accept,
        first_word=first_word(
            settings, database=database, channels=dict(channels), live=live, nudges=nudges, clock=now
        ),
    )
    door = Door(accept=accept, public_url=settings.public_url, largest=settings.hook_bytes, clock=now)
    return built, [outbox, files], door
