"""The one place that knows everyone: it builds the house, starts it in order, stops it in reverse."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TextIO

import structlog
from aiohttp.web import Application, AppRunner, TCPSite

from bots.channel import Channel, Hook
from bots.errors import ChannelError, Verdict
from config.settings import Settings
from inbox import backoff, health, media_door
from inbox.accept import Accept, Keeper
from inbox.assign import Assign
from inbox.channels import open_channels, slack_settings
from inbox.chat.routes import routes as chat_routes
from inbox.desk.act import Ground
from inbox.desk.operations import Desk
from inbox.desk.slack.settings import SlackSettings
from inbox.desk.web.routes import routes as desk_routes
from inbox.door import Door
from inbox.files import Files
from inbox.housekeeping import Housekeeping
from inbox.live import Live
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.style.sheets import routes as style_routes
from storage import agents, migrate
from storage.alone import be_alone
from storage.batch import Rules
from storage.database import Database
from storage.keep_postgres import PostgresKeeper
from storage.keep_sqlite import SqliteKeeper

STOP_SECONDS = 4.0

log = structlog.get_logger()


class Loop(Protocol):
    """Something that runs until it is stopped, and finishes what is under way."""

    async def run(self) -> None:
        """Run until `stop`."""

    async def stop(self) -> None:
        """Take nothing new, finish the rest."""


def utc_now() -> datetime:
    """Look at the clock; only the loops and the doors do."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class App:
    """The house, built and not yet started."""

    settings: Settings
    database: Database
    channels: dict[str, Channel]
    live: Live
    nudges: Nudges
    media: MediaStore
    metrics: Metrics
    ground: Ground
    desk: Desk
    slack_settings: SlackSettings | None = None
    clock: Callable[[], datetime] = utc_now
    started: bool = False
    accept: Accept = field(init=False)
    web: Application = field(init=False)
    slack: Any = None
    _loops: list[Loop] = field(default_factory=list)
    _tasks: "list[asyncio.Task[None]]" = field(default_factory=list)
    _held: TextIO | None = None
    _runner: AppRunner | None = None

    async def keep(self, name: str, hook: Hook) -> None:
        """Keep a hook of the channel *name* durably."""
        await self.accept.keep(name, hook)

    async def open(self) -> None:
        """Open and migrate the database, write the agents in, make the door; no loop runs yet.

        Raises AlreadyRunning when another process has the SQLite file.
        """
        await self.database.open()
        self._held = be_alone(self.database)
        await migrate.upgrade(self.database)
        await self.database.go_on()
        async with self.database.writing() as connection:
            entries = [_entry(agent) for agent in self.settings.policy.agents]
            await agents.sync(connection, self.database.ids, entries, self.clock())
        self.accept = self.accepting()
        self.slack = _slack(self)
        self.web = _web(self)

    def accepting(self) -> Accept:
        """Make what keeps hooks; a command that replays has its own beside a running house."""
        return Accept(
            database=self.database,
            keeper=_keeper(self.database),
            channels=self.channels,
            rules=Rules(
                team=self.settings.policy.first_team.key,
                reopen_within=timedelta(hours=self.settings.reopen_hours),
                slack=self.slack_settings is not None,
            ),
            live=self.live,
            nudges=self.nudges,
            metrics=self.metrics,
            clock=self.clock,
        )

    async def start(self) -> None:
        """Open, listen, run the loops, and tell the providers where we are."""
        await self.open()
        self._loops = _loops(self)
        self._tasks = [asyncio.create_task(loop.run(), name=type(loop).__name__) for loop in self._loops]
        for task in self._tasks:
            task.add_done_callback(_must_not_end)
        self._runner = AppRunner(self.web, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await TCPSite(self._runner, self.settings.host, self.settings.port).start()
        if self.slack is not None:
            await self.slack.start()
        self._tasks += [asyncio.create_task(self._begin(name, one)) for name, one in self.channels.items()]
        self.started = True

    @property
    def port(self) -> int:
        """The port that is listened at, also where the settings said any."""
        addresses = self._runner.addresses if self._runner is not None else []
        return int(addresses[0][1]) if addresses else self.settings.port

    async def stop(self) -> None:
        """Take nothing new, finish what is under way within seconds, close everything."""
        self.started = False
        self.live.close()
        await _within("channels", *(channel.stop() for channel in self.channels.values()))
        if self._runner is not None:
            await _within("door", self._runner.cleanup())
        if self.slack is not None:
            await _within("slack", self.slack.stop())
        await _within("loops", *(loop.stop() for loop in self._loops))
        if running := self._tasks[: len(self._loops)]:
            await asyncio.wait(running, timeout=1)  # the turn that was under way is finished
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if hasattr(self, "accept"):
            await _within("accept", self.accept.close())
        await self.database.close()
        if self._held is not None:
            self._held.close()

    async def _begin(self, name: str, channel: Channel) -> None:
        """Tell a provider where we are; one that cannot be reached is asked again, the rest goes on."""
        tries = 0
        while True:
            try:
                url = f"{self.settings.public_url}/hooks/{name}"
                await channel.start(url, partial(self.accept.keep, name))
                log.info("channel started", channel=name)
                return
            except ChannelError as error:
                log.error(
                    "channel not started", channel=name, error=type(error).__name__, reason=error.reason
                )
                if error.verdict is Verdict.GIVE_UP:
                    return
            except Exception:
                log.exception("channel not started", channel=name)
            tries += 1
            await asyncio.sleep(backoff.pause(tries).total_seconds())


def build(settings: Settings) -> App:
    """Build the house from *settings*; opens nothing. Raises config's Mistake."""
    database = Database(settings.database)
    channels = open_channels(settings)
    slack = slack_settings(settings)
    live, nudges = Live(), Nudges()
    ground = Ground(
        database=database,
        channels=channels,
        live=live,
        nudges=nudges,
        slack=slack is not None,
        teams=frozenset(team.key for team in settings.policy.teams),
    )
    return App(
        settings=settings,
        database=database,
        channels=channels,
        live=live,
        nudges=nudges,
        media=MediaStore(Path(settings.media_dir), settings.secret_key.get_secret_value()),
        metrics=Metrics(),
        ground=ground,
        desk=Desk(ground),
        slack_settings=slack,
    )


def _keeper(database: Database) -> Keeper:
    return SqliteKeeper(database) if database.dialect == "sqlite" else PostgresKeeper(database)


def _slack(app: App) -> Any:
    """Build the Slack face where it is configured; its library is loaded only then."""
    if app.slack_settings is None:
        return None
    from inbox.desk.slack.desk import slack_desk

    return slack_desk(app)


def _web(app: App) -> Application:
    """Put every page and door under its address."""
    site = Application(client_max_size=app.settings.attachment_bytes + 1_000_000)
    door = Door(
        accept=app.accept,
        public_url=app.settings.public_url,
        largest=app.settings.hook_bytes,
        clock=app.clock,
    )
    site.add_routes(door.routes())
    site.add_routes(media_door.routes(app.database, app.media))
    site.add_routes(health.routes(app))
    site.add_routes(chat_routes(app))
    site.add_routes(desk_routes(app))
    site.add_routes(style_routes())
    if app.slack is not None:
        site.add_routes(app.slack.routes())
    return site


def _loops(app: App) -> list[Loop]:
    """List the loops: who answers, what is fetched, and one outbox a channel."""
    owing = Owing(
        database=app.database,
        live=app.live,
        nudges=app.nudges,
        media=app.media,
        public_url=app.settings.public_url,
        slack=app.ground.slack,
    )
    outboxes = [
        Outbox(lane=name, channel=one, owing=owing, nudges=app.nudges, metrics=app.metrics, clock=app.clock)
        for name, one in app.channels.items()
    ]
    files = Files(
        ground=app.ground,
        channels=app.channels,
        media=app.media,
        nudges=app.nudges,
        cap=app.settings.attachment_bytes,
        clock=app.clock,
    )
    housekeeping = Housekeeping(
        database=app.database, nudges=app.nudges, days=app.settings.journal_days, clock=app.clock
    )
    return [Assign(ground=app.ground, nudges=app.nudges, clock=app.clock), files, housekeeping, *outboxes]


def _must_not_end(task: "asyncio.Task[None]") -> None:
    """A loop that died must be seen: nothing else would tell."""
    if not task.cancelled() and task.exception() is not None:
        log.critical("a loop ended by a mistake", loop=task.get_name(), exc_info=task.exception())


async def _within(what: str, *works: Awaitable[None]) -> None:
    """Wait for *works*, but not so long that stopping is late."""
    tasks = [asyncio.ensure_future(work) for work in works]
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
    for task in late:
        log.warning("did not stop in time", what=what)
        task.cancel()


def _entry(agent: Any) -> dict[str, Any]:
    return {
        "key": agent.key,
        "name": agent.name,
        "email": agent.email,
        "slack_id": agent.slack_id,
        "role": agent.role,
        "teams": list(agent.teams),
        "zone": agent.zone,
    }
