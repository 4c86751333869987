"""A house of the test's own: a database, a channel that obeys the test, a clock that does too."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bots.channel import Attachment, Channel, Hook, Keep, MessageIn, MessageOut, Reading, Response, Sent, Spec
from bots.errors import BadSignature, ChannelError, Malformed
from config.policy import AgentEntry, Policy, Team, settled
from inbox.accept import Accept
from inbox.desk.act import Ground
from inbox.desk.operations import Desk
from inbox.journal.applying import Applying
from inbox.journal.embedded import Embedded
from inbox.live import Live
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.policies import fixed
from inbox.quiet import is_quiet
from storage import agents, migrate
from storage.batch import Rules
from storage.database import Database
from storage.keep_postgres import PostgresKeeper
from storage.keep_sqlite import SqliteKeeper
from tests.databases import begin_sqlite

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TEAMS = Policy(teams=tuple(Team(key=key, name=key.title()) for key in ("support", "billing")))
MEDIA = {"image": 1_000_000, "document": 2_000_000}
SPEC = Spec(
    kind="paper",
    label="Paper",
    mark="web",
    scheme="paper",
    text_limit=100,
    caption_limit=20,
    media_sizes=MEDIA,  # type: ignore[arg-type]
    rate=1_000,
    edits=True,
    deletes=True,
)


@dataclass(slots=True)
class Paper(Channel):
    """A channel on paper: hooks say `who|number|text`, sending does what the test put into `answers`."""

    spec: Spec = SPEC
    answers: list[Any] = field(default_factory=list)
    sent: list[MessageOut] = field(default_factory=list)
    edited: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    reacted: list[tuple[str, str]] = field(default_factory=list)
    looked_up: list[Any] = field(default_factory=list)
    files: dict[str, Any] = field(default_factory=dict)
    started: int = 0

    def check(self, hook: Hook) -> None:
        """Take everything for signed but what says that it is not."""
        if hook.body.startswith(b"forged"):
            raise BadSignature

    def read(self, hook: Hook) -> Reading:
        """Translate one line a message; a first line can ask for an error."""
        text = hook.body.decode()
        if text == "forged":
            raise BadSignature
        if text == "garbled":
            raise Malformed("the line has no |")
        if text == "unknown":
            return Reading(skipped=("poll",))
        if text.endswith("bug"):
            raise KeyError("bug")
        events = []
        for line in text.splitlines():
            who, number, words = line.split("|")
            sent_at = "never" if words == "spoiled" else hook.received_at
            message = MessageIn(
                address=f"paper:{who}",
                external_id=f"{who}:{number}",
                text=words,
                sent_at=sent_at,  # type: ignore[arg-type]
                sender_name=who.title(),
            )
            events.append(message)
        return Reading(events=tuple(events), response=Response(body="thanks"))

    async def send(self, message: MessageOut) -> Sent:
        """Do the next thing in `answers`: raise it, or send."""
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, ChannelError):
            raise answer
        if callable(answer):
            await answer()
        self.sent.append(message)
        return Sent(external_id=f"sent:{len(self.sent)}")

    async def edit(self, external_id: str, message: MessageOut) -> None:
        """Remember."""
        self.edited.append((external_id, message.text))

    async def delete(self, external_id: str, address: str) -> None:
        """Remember."""
        self.deleted.append(external_id)

    async def react(self, external_id: str, address: str, reaction: str) -> None:
        """Raise the next of `answers` if it is an error, else remember."""
        if self.answers and isinstance(self.answers[0], ChannelError):
            raise self.answers.pop(0)
        self.reacted.append((external_id, reaction))

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Answer what the test says."""
        answer = self.looked_up.pop(0)
        if isinstance(answer, ChannelError):
            raise answer
        return answer  # type: ignore[no-any-return]

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Give the bytes of the test, or raise its error."""
        content = self.files[attachment.ref]
        if isinstance(content, ChannelError):
            raise content
        for chunk in content:
            yield chunk

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Count."""
        self.started += 1

    async def who(self) -> str:
        """Be nobody."""
        return "paper"


@dataclass(slots=True)
class Clock:
    """A clock that the test moves."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def forward(self, **by: float) -> datetime:
        """Move on."""
        self.now += timedelta(**by)
        return self.now


@dataclass(slots=True, kw_only=True)
class House:
    """What most tests of the inbox need."""

    database: Database
    paper: Paper
    clock: Clock
    ground: Ground
    desk: Desk
    accept: Accept
    agents: dict[str, int] = field(default_factory=dict)

    async def says(self, who: str, number: int, words: str) -> int:
        """A customer says something; returns the conversation's key."""
        body = f"{who}|{number}|{words}".encode()
        await self.accept.take("paper", self.hook(body))
        rows = await self.rows(
            "SELECT c.id FROM conversations c JOIN addresses a ON a.customer_id = c.customer_id "
            f"WHERE a.address = 'paper:{who}' ORDER BY c.id DESC"
        )
        return int(rows[0][0])

    def hook(self, body: bytes) -> Hook:
        """One webhook call."""
        return Hook(
            method="POST", url="http://x/hooks/paper", headers={}, body=body, received_at=self.clock()
        )

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a question of the test's own."""
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]


async def make_house(
    url: str,
    *,
    slack: bool = False,
    names: tuple[str, ...] = ("ana", "rui"),
    policy: Policy | None = None,
) -> House:
    """Make a house over an empty database; without a *policy* of its own, *names* answer for support."""
    policy = settled(policy) if policy is not None else _answered_by(names)
    if url.startswith("sqlite:///"):
        begin_sqlite(Path(url.removeprefix("sqlite:///")))
    database = Database(url)
    await database.open()
    await migrate.upgrade(database)
    paper, clock, live, nudges = Paper(), Clock(), Live(), Nudges()
    ground = Ground(
        database=database,
        channels={"paper": paper},
        live=live,
        nudges=nudges,
        slack=slack,
        policies=fixed(policy),
    )
    keeper: Any = SqliteKeeper if database.dialect == "sqlite" else PostgresKeeper
    applying = Applying(
        database=database,
        keeper=keeper(database),
        rules=Rules(team="support", reopen_within=timedelta(hours=72), slack=slack, is_quiet=is_quiet),
        live=live,
        nudges=nudges,
        metrics=Metrics(),
    )
    accept = Accept(channels={"paper": paper}, applying=applying, journal=Embedded(applying), clock=clock)
    house = House(
        database=database, paper=paper, clock=clock, ground=ground, desk=Desk(ground), accept=accept
    )
    async with database.writing() as connection:
        await agents.sync(connection, database.ids, [one.kept for one in policy.agents], NOON)
        for one in await agents.all_active(connection):
            house.agents[one.key] = one.id
    return house


def _answered_by(names: tuple[str, ...]) -> Policy:
    entries = tuple(AgentEntry(key=name, name=name.title(), teams=("support",)) for name in names)
    return TEAMS.model_copy(update={"agents": entries})
