"""A small world for touches: customers, addresses, consents and orders in rows, and a clock to move."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bots.channel import Closing, Spec
from config.touch_policy import TouchKnobs
from config.touches import Book, load_touches
from inbox.live import Live
from inbox.nudges import Nudges
from inbox.touches.guarding import Guard
from inbox.touches.handing import Handing
from inbox.touches.minding import mind
from inbox.touches.planning import plan
from inbox.touches.rules import Current, Rules, rules_of
from inbox.touches.showing import Showing
from inbox.touches.spans import span
from routing.touch import Touch
from storage import consents, endings, queues, touches
from storage.database import Database
from storage.endings import Outcome
from storage.rows import Delivery
from storage.statuses import DROPPED, FAILED, PERHAPS, SENT
from storage.tables import addresses, customers, orders
from storage.touch_rows import TouchRow

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=900)
SMS = Spec(
    kind="sms",
    label="SMS",
    mark="sms",
    scheme="tel",
    text_limit=1600,
    rate=1_000,
    phone=True,
    closes={
        "30005": Closing(reason="no_such_number"),
        "30003": Closing(reason="undeliverable", for_=timedelta(days=1)),
    },
)
TELEGRAM = Spec(kind="telegram", label="Telegram", mark="tg", scheme="telegram", text_limit=4096, rate=1_000)
WEB = Spec(
    kind="webchat", label="Web chat", mark="web", scheme="web", text_limit=9_000, pushed=False, visited=True
)
SPECS: Mapping[str, Spec] = {"sms": SMS, "telegram": TELEGRAM, "web": WEB}
BIRTHDAY = Touch(
    key="birthday",
    name="Birthday",
    start="birthday",
    subject="birthday",
    days=0,
    at=time(10),
    wording="birthday",
)
DELIVERED = Touch(
    key="after_delivery",
    name="After a delivery",
    start="delivered",
    subject="after_delivery",
    days=3,
    at=time(18),
    valid=timedelta(days=3),
    wording="after_delivery",
    marketing=True,
    stops=("writes", "returns"),
)


def book() -> Book:
    """Our own touches, in Lisbon."""
    knobs = TouchKnobs(on=("birthday", "after_delivery"), zone="Europe/Lisbon", country="PT")
    return load_touches(knobs=knobs, channels=tuple(SPECS))


@dataclass(slots=True)
class World:
    """Rows, rules and a clock."""

    database: Database
    rules: Rules
    now: datetime = NOON
    sent: list[tuple[str, str]] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)

    async def customer(self, name: str = "Ana", *places: str, allow: bool = True, **more: Any) -> int:
        """Add a customer who may be reached at *places*, like `tel:+351912345678`, and allows it."""
        key = self.database.ids.next()
        values = {"id": key, "name": name, "zone": "Europe/Lisbon", "created_at": LONG_AGO, **more}
        async with self.database.writing() as connection:
            await connection.execute(customers.insert().values(**values))
            for place in places:
                await self._address(connection, key, place, allow=allow)
        return key

    async def _address(self, connection: Any, customer: int, place: str, *, allow: bool) -> None:
        key = self.database.ids.next()
        self.known[place] = key
        channel = {"tel": "sms", "telegram": "telegram", "web": "web"}.get(place.partition(":")[0], "sms")
        values = {"id": key, "customer_id": customer, "address": place, "channel": channel}
        await connection.execute(addresses.insert().values(**values, created_at=LONG_AGO))
        if allow:
            await consents.record(
                connection,
                self.database.ids,
                address_id=key,
                word="yes",
                source="form",
                wording="Write to me.",
                at=NOON - timedelta(days=100),
            )

    async def order(self, customer: int, number: str, **more: Any) -> None:
        """Add an order."""
        values = {
            "id": self.database.ids.next(),
            "customer_id": customer,
            "number": number,
            "placed_at": NOON - timedelta(days=5),
            "changed_at": NOON,
            **more,
        }
        async with self.database.writing() as connection:
            await connection.execute(orders.insert().values(**values))

    async def plan(self) -> int:
        """Plan."""
        return await plan(self.database, self.rules, self.now, span(self.now))

    async def hand(self) -> int:
        """Hand off what is due; returns how many went out."""
        handing = Handing(database=self.database, rules=self.rules, live=Live(), nudges=Nudges())
        return (await handing.hand(self.now)).out

    async def deliver(self, *answers: Any) -> None:
        """Do what the outbox does, with an error or a success for each delivery."""
        guard, waiting = Guard(self.database, Current(self.rules)), list(answers)
        for lane in SPECS:
            for row in await self._claimed(lane):
                outcome = await self._outcome(guard, row, waiting.pop(0) if waiting else None)
                async with self.database.writing() as connection:
                    await endings.end(connection, [outcome], self.now)

    async def _claimed(self, lane: str) -> list[Delivery]:
        async with self.database.writing() as connection:
            return await queues.claim(connection, lane, self.now, 100)

    async def _outcome(self, guard: Guard, row: Delivery, answer: Any) -> Outcome:
        if against := await guard.against(row, self.now):
            return Outcome(id=row.id, state=DROPPED, code=against, reason=against)
        if answer == "lost":
            return Outcome(id=row.id, state=PERHAPS, reason="lost")
        if isinstance(answer, str):
            return Outcome(id=row.id, state=FAILED, code=answer, reason=answer)
        self.sent.append((row.lane, row.text))
        return Outcome(id=row.id, state=SENT, external_id=f"x{row.id}")

    async def mind(self) -> int:
        """Write what became of what is out."""
        return await mind(self.database, self.rules, self.now)

    async def visit(self, place: str) -> int:
        """A visitor comes to the page."""
        current = Current(self.rules)
        showing = Showing(database=self.database, current=current, live=Live(), nudges=Nudges())
        return await showing.visited(place, self.now)

    async def touches(self) -> list[TouchRow]:
        """Read every touch, oldest first."""
        keys = [row[0] for row in await self.rows("SELECT id FROM touches ORDER BY id")]
        async with self.database.reading() as connection:
            return await touches.many(connection, keys)

    async def one(self) -> TouchRow:
        """Read the only touch."""
        [row] = await self.touches()
        return row

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a question of the test's own."""
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]

    def forward(self, **by: float) -> datetime:
        """Move the clock."""
        self.now += timedelta(**by)
        return self.now

    def on(self, *kinds: Touch, **limits: Any) -> "World":
        """Switch kinds on, with other limits."""
        by_key = {touch.key: touch for touch in kinds}
        own = replace(self.rules.limits, **limits)
        self.rules = replace(self.rules, touches=by_key, limits=own)
        return self


def world_of(database: Database) -> World:
    """Make a world over an empty database."""
    rules = rules_of(book(), SPECS, team="support", reopen_within=timedelta(hours=72))
    return World(database=database, rules=rules).on(BIRTHDAY, DELIVERED)
