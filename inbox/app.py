"""The one place that knows everyone: it builds the house, starts it in order, stops it in reverse."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TextIO

from aiohttp.web import Application, AppRunner, TCPSite

from bots.channel import Channel, Hook
from config.policy import Policy
from config.settings import Settings
from inbox.accept import Accept
from inbox.assign import Assign
from inbox.beginning import begin
from inbox.channels import open_channels, slack_settings, speechless
from inbox.desk.act import Ground
from inbox.desk.operations import Desk
from inbox.desk.reminding import Reminding
from inbox.desk.sending_later import Sending
from inbox.desk.slack.settings import SlackSettings
from inbox.files import Files
from inbox.housekeeping import Housekeeping
from inbox.joining import Joining
from inbox.live import Change, Live
from inbox.loops import Loop, Loops, within
from inbox.media import MediaStore, store_of
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.policies import Policies
from inbox.preferences.erasing import Eraser, Erasing
from inbox.quiet import is_quiet
from inbox.searching import Searching
from inbox.signing import Signing
from inbox.site import site
from inbox.texting_back import TextingBack
from inbox.touches.first_word import FirstWord, first_word
from routing.rating import rating_of
from storage import agents, migrate
from storage.alone import be_alone
from storage.batch import Rules
from storage.database import Database
from storage.keep_postgres import PostgresKeeper
from storage.keep_sqlite import SqliteKeeper


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
    slack_settings: SlackSettings | None = None
    clock: Callable[[], datetime] = utc_now
    started: bool = False
    accept: Accept = field(init=False)
    web: Application = field(init=False)
    slack: Any = None
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
        async with self.database.writing() as connection:
            entries = [agent.kept for agent in self.policies.now.agents]
            await agents.sync(connection, self.database.ids, entries, self.clock())
        self.accept = self.accepting()
        self.policies.on_change(self._follow)
        self.slack = _slack(self)
        self.web = site(self)

    def accepting(self) -> Accept:
        """Make what keeps hooks; a command that replays has its own beside a running house."""
        keeper = SqliteKeeper if self.database.dialect == "sqlite" else PostgresKeeper
        return Accept(
            database=self.database,
            keeper=keeper(self.database),
            channels=self.channels,
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
            clock=self.clock,
        )

    async def _follow(self, policy: Policy) -> None:
        """Go on by a new policy: who is an agent, and where what comes in waits."""
        async with self.database.writing() as connection:
            entries = [agent.kept for agent in policy.agents]
            await agents.sync(connection, self.database.ids, entries, self.clock())
        self.accept.rules = replace(self.accept.rules, team=policy.first_team.key)
        self.live.publish(Change(kind="gap"))
        self.nudges.nudge("assign")

    async def start(self) -> None:
        """Open, listen, run the loops, and tell the providers where we are."""
        await self.open()
        self._loops.start(_loops(self))
        self._runner = AppRunner(self.web, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await TCPSite(self._runner, self.settings.host, self.settings.port).start()
        if self.slack is not None:
            await self.slack.start()
        for name, one in self.channels.items():
            hooks_url = f"{self.settings.public_url}/hooks/{name}"
            self._loops.begin(begin(name, one, hooks_url, self.accept))
        self.started = True

    @property
    def policies(self) -> Policies:
        """Who answers what at this moment."""
        return self.ground.policies

    @property
    def eraser(self) -> Eraser:
        """What forgets customers who ask for it."""
        secret = self.settings.secret_key.get_secret_value()
        return Eraser(database=self.database, media=self.media, secret=secret)

    @property
    def port(self) -> int:
        """The port that is listened at, also where the settings said any."""
        addresses = self._runner.addresses if self._runner is not None else []
        return int(addresses[0][1]) if addresses else self.settings.port

    async def stop(self) -> None:
        """Take nothing new, finish what is under way within seconds, close everything."""
        self.started = False
        self.live.close()
        await within("channels", *(channel.stop() for channel in self.channels.values()))
        if self._runner is not None:
            await within("door", self._runner.cleanup())
        if self.slack is not None:
            await within("slack", self.slack.stop())
        await self._loops.stop()
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
        slack_settings=slack,
    )


def _slack(app: App) -> Any:
    """Build the Slack face where it is configured; its library is loaded only then."""
    if app.slack_settings is None:
        return None
    from inbox.desk.slack.desk import slack_desk

    return slack_desk(app)


def _loops(app: App) -> list[Loop]:
    """List the loops: who answers, what is fetched, and one outbox a channel."""
    owing = Owing(
        database=app.database,
        live=app.live,
        nudges=app.nudges,
        media=app.media,
        public_url=app.settings.public_url,
        slack=app.ground.slack,
        guard=app.first_word.guard,
        channels=app.channels,
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
    reminding = Reminding(
        ground=app.ground, nudges=app.nudges, clock=app.clock, leads=lambda: _leads(app.policies.now)
    )
    later = Sending(ground=app.ground, nudges=app.nudges, clock=app.clock)
    assign = Assign(ground=app.ground, nudges=app.nudges, clock=app.clock, business=app.settings.business)
    erasing = Erasing(eraser=app.eraser, nudges=app.nudges, clock=app.clock)
    joining = Joining(
        database=app.database,
        channels=app.channels,
        wording=app.first_word.book.wording,
        live=app.live,
        nudges=app.nudges,
        clock=app.clock,
    )
    texting_back = TextingBack(
        ground=app.ground,
        wording=app.first_word.book.wording,
        current=app.first_word.current,
        nudges=app.nudges,
        clock=app.clock,
    )
    return [
        assign,
        app.policies,
        reminding,
        later,
        files,
        housekeeping,
        erasing,
        joining,
        texting_back,
        *outboxes,
        Searching(database=app.database, nudges=app.nudges),
        Signing(ground=app.ground),
        app.first_word.loop,
    ]


def _leads(policy: Policy) -> dict[str, str]:
    """Name the lead of each team that has one, by key."""
    return {team.key: team.lead for team in policy.teams if team.lead}
