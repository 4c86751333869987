"""The one place that knows everyone: it builds the house, starts it in order, stops it in reverse."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TextIO

from aiohttp.web import Application, AppRunner, TCPSite

from bots.channel import Channel, Hook
from config.policy import Policy
from config.retention import soonest
from config.settings import Settings
from inbox.accept import Accept, Journal
from inbox.channels import open_channels, slack_settings, speechless
from inbox.credentials import Credentials, seals_at_rest
from inbox.desk.act import Ground
from inbox.desk.auditing import settled
from inbox.desk.operations import Desk
from inbox.desk.slack.settings import SlackSettings
from inbox.duties import everywhere, owned
from inbox.journal.applying import Applying
from inbox.journal.embedded import Embedded
from inbox.live import Change, Live
from inbox.loops import Loop, Loops, within
from inbox.media import MediaStore, store_of
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.owned import Owner
from inbox.policies import Policies
from inbox.preferences.erasing import Eraser
from inbox.quiet import is_quiet
from inbox.site import site
from inbox.touches.first_word import FirstWord, first_word
from routing.rating import rating_of
from storage import agents, migrate
from storage.alone import be_alone
from storage.batch import Rules
from storage.database import Database
from storage.keepers import keeper_of

if TYPE_CHECKING:
    from inbox.journal.bells import Bells
    from inbox.journal.server import Server

FAREWELL: Final = 1.5
"""Seconds for which a node that stops still answers, so that who shares the work out stops sending it any."""


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
    first_word: FirstWord
    learns: Mapping[str, bool]
    slack_settings: SlackSettings | None = None
    clock: Callable[[], datetime] = utc_now
    started: bool = False
    stopping: bool = False
    accept: Accept = field(init=False)
    web: Application = field(init=False)
    slack: Any = None
    server: "Server | None" = None
    _bells: "Bells | None" = None
    _loops: Loops = field(default_factory=Loops)
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
        if self.server is not None:
            await self.server.open()
        async with self.database.writing() as connection:
            entries = [agent.kept for agent in self.policies.now.agents]
            await agents.sync(connection, self.database.ids, entries, self.clock())
            await settled(connection, self.database.ids, self.policies.now, self.clock())
        self.accept = self.accepting()
        self.policies.on_change(self._follow)
        self.slack = _slack(self)
        self.web = site(self)

    def accepting(self) -> Accept:
        """Make what keeps hooks; a command that replays has its own beside a running house."""
        applying = Applying(
            database=self.database,
            keeper=keeper_of(self.database),
            rules=Rules(
                team=self.policies.now.first_team.key,
                reopen_within=timedelta(hours=self.settings.reopen_hours),
                slack=self.slack_settings is not None,
                is_quiet=is_quiet,
                rating_of=rating_of,
                speechless=speechless(self.channels),
            ),
            live=self.live,
            nudges=self.nudges,
            metrics=self.metrics,
            credentials=Credentials(seals_at_rest(self.settings)),
        )
        journal = _journal(applying, self.server)
        return Accept(channels=self.channels, applying=applying, journal=journal, clock=self.clock)

    async def _follow(self, policy: Policy) -> None:
        """Go on by a new policy: who is an agent, and where what comes in waits."""
        async with self.database.writing() as connection:
            entries = [agent.kept for agent in policy.agents]
            await agents.sync(connection, self.database.ids, entries, self.clock())
            await settled(connection, self.database.ids, policy, self.clock())
        applying = self.accept.applying
        applying.rules = replace(applying.rules, team=policy.first_team.key)
        self.live.publish(Change(kind="gap"))
        self.nudges.nudge("assign")

    async def start(self) -> None:
        """Open, listen, run the loops, and tell the providers where we are."""
        await self.open()
        self._runner = AppRunner(self.web, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await TCPSite(self._runner, self.settings.host, self.settings.port).start()
        if self.slack is not None:
            await self.slack.open()
        if self.server is not None:
            self._bells = await _bells(self, self.server)
        self._loops.start([*everywhere(self), *self._owned()])
        self.started = True

    def _owned(self) -> list[Loop]:
        """Own every duty where nobody else has the database, else those that leases give us."""
        duties = owned(self)
        if self.database.dialect == "sqlite":
            return [duty.begin(self.database) for duty in duties]
        return [Owner(self.database, self.nudges, duties)]

    @property
    def policies(self) -> Policies:
        """Who answers what at this moment."""
        return self.ground.policies

    @property
    def eraser(self) -> Eraser:
        """What forgets customers who ask for it."""
        return Eraser(
            database=self.database,
            media=self.media,
            secret=next(iter(self.settings.mark_keys), ""),
            streamed=self.server is not None,
        )

    @property
    def port(self) -> int:
        """The port that is listened at, also where the settings said any."""
        addresses = self._runner.addresses if self._runner is not None else []
        return int(addresses[0][1]) if addresses else self.settings.port

    async def stop(self) -> None:
        """Take nothing new, finish what is under way within seconds, close everything."""
        self.started, self.stopping = False, True
        if self.database.dialect != "sqlite":
            await asyncio.sleep(FAREWELL)
        self.live.close()
        if self._runner is not None:
            await within("door", self._runner.cleanup())
        await self._loops.stop()
        if self._bells is not None:
            self._bells.close()
        await within("channels", *(channel.stop() for channel in self.channels.values()))
        if self.slack is not None:
            await within("slack", self.slack.close())
        if hasattr(self, "accept"):
            await within("accept", self.accept.close())
        await self.database.close()
        if self._held is not None:
            self._held.close()


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
        policies=Policies(
            settings,
            kinds={name: channel.spec.kind for name, channel in channels.items()},
            nudges=nudges,
            check=slack_settings if slack is not None else None,
        ),
    )
    desk = Desk(ground)
    return App(
        settings=settings,
        database=database,
        channels=channels,
        live=live,
        nudges=nudges,
        media=store_of(settings),
        metrics=Metrics(),
        ground=ground,
        desk=desk,
        first_word=first_word(
            settings,
            database=database,
            channels=channels,
            live=live,
            nudges=nudges,
            clock=utc_now,
            desk=desk,
        ),
        learns={name: channel.spec.learning for name, channel in channels.items()},
        slack_settings=slack,
        server=_server(settings),
    )


def _server(settings: Settings) -> "Server | None":
    """Name the servers of the journal where it is not the database itself; their library is loaded then."""
    if not settings.journal:
        return None
    if not settings.database.startswith("postgresql"):
        what = "A journal at NATS serves many nodes, and they have no database together."
        raise settings.source.mistake(
            ("journal",), what, "Write database = 'postgresql://…', or leave journal out."
        )
    from inbox.journal.server import Server

    return Server(settings.journal, soonest(settings.journal_days, settings.retention.messages_days))


def _journal(applying: Applying, server: "Server | None") -> Journal:
    if server is None:
        return Embedded(applying)
    from inbox.journal.stream import Stream

    return Stream(applying, server)


async def _bells(app: App, server: "Server") -> "Bells":
    from inbox.journal.bells import Bells

    bells = Bells(server, app.live, app.nudges)
    await bells.open()
    return bells


def _slack(app: App) -> Any:
    """Build the Slack face where it is configured; its library is loaded only then."""
    if app.slack_settings is None:
        return None
    from inbox.desk.slack.desk import slack_desk

    return slack_desk(app)
