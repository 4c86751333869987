"""A house with its Slack face, a look-alike Slack, two agents, and one clock for all of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from config.policy import AgentEntry, Policy, Team
from inbox.desk.operations import Desk
from inbox.desk.slack.desk import SlackDesk
from inbox.desk.slack.settings import SlackSettings
from inbox.media import MediaStore
from inbox.metrics import Metrics
from inbox.outbox import Outbox
from inbox.owing import Owing
from inbox.policies import fixed
from inbox.touches.rules import Current
from storage import agents
from tests.inbox.house import House, make_house
from tests.providers.slack import Message, Person, SlackLookAlike

PATIENCE = 25.0  # seconds: a busy machine is slow, and who waits for what comes waits no longer
BELLS = (
    *("slack", "slack-cards", "slack-marks", "slack-events", "slack-gap", "slack-direct"),
    *("slack-touches", "paper", "slack-home", "slack-waiting"),
)


@dataclass(slots=True, kw_only=True)
class Bureau:
    """Everything a test of the Slack face needs; `team` is the Slack channel of the agents."""

    slack: SlackLookAlike
    house: House
    face: SlackDesk
    media: MediaStore
    settings: SlackSettings
    policy: Policy
    team: str
    fallback: str
    billing: str
    ana: Person
    rui: Person
    url: str = ""
    touches: Current | None = None
    tasks: "list[asyncio.Task[None]]"

    def now(self) -> datetime:
        """Tell the one time."""
        return datetime.fromtimestamp(self.slack.clock.now(), UTC)

    async def says(self, text: str, number: int = 1, who: str = "maria") -> int:
        """A customer writes; returns the conversation."""
        conversation = await self.house.says(who, number, text)
        self.ring()
        return conversation

    def ring(self) -> None:
        """Wake every loop."""
        for name in BELLS:
            self.house.ground.nudges.nudge(name)

    async def forward(self, seconds: float) -> None:
        """Let time pass for everybody at once."""
        self.slack.clock.advance(seconds)
        self.ring()

    async def until(self, claim: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait until Slack shows this."""
        await self.slack.until(claim, seconds=seconds)

    async def until_row(self, sql: str, *, is_: object = 1, seconds: float = PATIENCE) -> None:
        """Wait until a question has this answer."""
        async with asyncio.timeout(seconds):
            while not (rows := await self.house.rows(sql)) or rows[0][0] != is_:
                await asyncio.sleep(0.02)

    @property
    def posts(self) -> list[Message]:
        """Everything in the team's Slack channel, oldest first."""
        return self.slack.posts(self.team)

    @property
    def cards(self) -> list[Message]:
        """The cards in the team's Slack channel."""
        return [post for post in self.posts if post.thread_ts is None]

    def thread(self, at: int = 0) -> list[Message]:
        """What stands under a card."""
        return [post for post in self.posts if post.thread_ts == self.cards[at].ts]

    async def opened(self, text: str = "where is my order?", who: str = "maria") -> Message:
        """A customer has written and their card and words stand there; returns the card."""
        before = len(self.cards)
        await self.says(text, who=who)
        await self.until(lambda: len(self.cards) > before and self.thread(before))
        return self.cards[before]

    async def sent(self, number: int = 1) -> list[str]:
        """Wait until so many messages have left for customers; returns their words."""
        paper = self.house.paper
        async with asyncio.timeout(PATIENCE):
            while len(paper.sent) < number:
                await asyncio.sleep(0.01)
        return [message.text for message in paper.sent]


@asynccontextmanager
async def bureau(
    folder: Path, *, spec: dict[str, Any] | None = None, start: bool = True, **knobs: Any
) -> AsyncIterator[Bureau]:
    """Open everything; *knobs* are settings, `rules` of touches, or the look-alike's `limits`, `strict`.

    `of_team` is what the support team's own table says besides.
    """
    limits, strict = knobs.pop("limits", False), knobs.pop("strict", True)
    sockets = knobs.pop("socket_mode", True)
    async with SlackLookAlike(limits=limits, strict=strict) as slack:
        ana = slack.add_person("Ana Sousa", email="ana@shop.example")
        rui = slack.add_person("Rui Melo", email="rui@shop.example")
        team, fallback = (
            slack.add_channel("support", private=True),
            slack.add_channel("fallback", private=True),
        )
        billing = slack.add_channel("billing", private=True)
        house = await make_house(f"sqlite:///{folder / 'tidings.db'}", slack=True)
        house.clock = lambda: datetime.fromtimestamp(slack.clock.now(), UTC)  # type: ignore[assignment]
        if spec:
            house.paper.spec = replace(house.paper.spec, **spec)
        made = _made(slack, house, folder, ana, rui, (team, fallback, billing), sockets, knobs)
        await _known(made)
        runner = await _door(made)
        if start:
            await begin(made)
        try:
            yield made
        finally:
            await stop(made.face)
            for task in made.tasks:
                task.cancel()
            await asyncio.gather(*made.tasks, return_exceptions=True)
            await runner.cleanup()
            await house.accept.close()
            await house.database.close()


def _made(
    slack: SlackLookAlike, house: House, folder: Path, ana: Person, rui: Person, places: tuple[str, str, str],
    sockets: bool, knobs: dict[str, Any],
) -> Bureau:  # fmt: skip
    team, fallback, billing = places
    known = Current(knobs.pop("rules")) if "rules" in knobs else None
    own = knobs.pop("of_team", {})
    quick = {"settle_seconds": 0.05, "hold_seconds": 0, "mark_delay_seconds": 0.1, "card_gap_seconds": 0.0}
    generous = {} if knobs.pop("budgeted", False) else {
        "posts_per_second": 1000, "workspace_posts_per_minute": 60_000,
        "edits_per_minute": 60_000, "marks_per_minute": 60_000, "reads_per_minute": 60_000,
    }  # fmt: skip
    settings = SlackSettings(
        **{
            "bot_token": SecretStr(slack.bot_token),
            "app_token": SecretStr(slack.app_token if sockets else ""),
            "signing_secret": SecretStr(slack.signing_secret),
            "api_url": slack.url,
            "channel": fallback,
            **quick,
            **generous,
            **knobs,
        },
    )
    policy = Policy(
        teams=(
            Team(key="support", name="Support", slack_channel=team, **own),
            Team(key="billing", name="Billing", slack_channel=billing),
        ),
        agents=(
            AgentEntry(key="ana", name="Ana", slack_id=ana.id, role="admin", teams=("support",)),
            AgentEntry(key="rui", name="Rui", email="rui@shop.example", teams=("support", "billing")),
        ),
    )
    if own:  # the desk itself asks what the team may do
        house.ground = replace(house.ground, policies=fixed(policy))
        house.desk = Desk(house.ground)
    media = MediaStore(folder / "media", "secret")
    made = Bureau(
        slack=slack, house=house, face=None, media=media, settings=settings, policy=policy,  # type: ignore[arg-type]
        team=team, fallback=fallback, billing=billing, ana=ana, rui=rui, tasks=[], touches=known,
    )  # fmt: skip
    made.face = face(made)
    return made


def face(made: Bureau) -> SlackDesk:
    """Build a face on the house's rows; a second one is what starts after a crash."""
    built = SlackDesk(
        settings=made.settings,
        policies=fixed(made.policy),
        database=made.house.database,
        desk=made.house.desk,
        channels=made.house.ground.channels,
        live=made.house.ground.live,
        nudges=made.house.ground.nudges,
        media=made.media,
        now=made.now,
        touches=made.touches,
    )
    built.workspace.calls.clock = made.slack.clock.now
    return built


async def _known(made: Bureau) -> None:
    entries = [agent.kept for agent in made.policy.agents]
    async with made.house.database.writing() as connection:
        await agents.sync(connection, made.house.database.ids, entries, made.now())


async def _door(made: Bureau) -> web.AppRunner:
    app = web.Application()
    app.add_routes(made.face.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner


async def start(face: SlackDesk) -> None:
    """Let the face run, as the house does."""
    await face.open()
    running = asyncio.create_task(face.run())
    while not (face.runs or running.done()):
        await asyncio.sleep(0)


async def stop(face: SlackDesk) -> None:
    """End what `start` began."""
    await face.stop()
    await face.close()


async def begin(made: Bureau) -> None:
    """Start the face and the outbox of the paper channel."""
    ground = made.house.ground
    owing = Owing(
        database=made.house.database, live=ground.live, nudges=ground.nudges, media=made.media,
        public_url="http://x", slack=True,
    )  # fmt: skip
    outbox = Outbox(
        lane="paper", channel=made.house.paper, owing=owing, nudges=ground.nudges, metrics=Metrics(),
        clock=made.now,
    )  # fmt: skip
    made.tasks.append(asyncio.create_task(outbox.run()))
    await start(made.face)
    if made.settings.socket_mode:
        await made.until(lambda: len(made.slack.sockets.open) == made.settings.sockets)
    else:
        await made.slack.subscribe(f"{made.url}/slack/events", f"{made.url}/slack/interactivity")
