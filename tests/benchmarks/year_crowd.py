"""Who lives through a simulated year, and what is going to befall them; all of it follows from a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from storage import consents
from storage.database import Database
from storage.tables import addresses, customers, orders

ZONES = (
    *("Pacific/Kiritimati", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Fiji"),
    *("Pacific/Norfolk", "Pacific/Noumea", "Australia/Sydney", "Australia/Adelaide", "Australia/Darwin"),
    *("Australia/Lord_Howe", "Australia/Brisbane", "Australia/Perth", "Australia/Eucla", "Asia/Tokyo"),
    *("Asia/Seoul", "Asia/Shanghai", "Asia/Manila", "Asia/Jakarta", "Asia/Bangkok", "Asia/Yangon"),
    *("Asia/Dhaka", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Karachi", "Asia/Tashkent", "Asia/Kabul"),
    *("Asia/Dubai", "Asia/Tehran", "Europe/Moscow", "Asia/Riyadh", "Africa/Nairobi", "Europe/Athens"),
    *("Africa/Cairo", "Asia/Jerusalem", "Europe/Kyiv", "Africa/Johannesburg", "Europe/Berlin"),
    *("Europe/Paris", "Europe/Madrid", "Africa/Lagos", "Europe/London", "Europe/Lisbon"),
    *("Africa/Casablanca", "Atlantic/Azores", "Atlantic/Cape_Verde", "America/Nuuk", "America/Sao_Paulo"),
    *("America/Argentina/Buenos_Aires", "America/St_Johns", "America/Halifax", "America/Caracas"),
    *("America/New_York", "America/Havana", "America/Chicago", "America/Denver", "America/Phoenix"),
    *("America/Anchorage", "Pacific/Marquesas", "Pacific/Pago_Pago"),
)
PHONE = "sms"
APP = "telegram"
ORDERS = (0, 0, 1, 1, 2)  # how many somebody has delivered in the story, drawn by lot
SETTLED = timedelta(days=8)  # before the end: a follow-up is over by then


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """An order that is delivered, perhaps sent back, and perhaps written about before we ask after it."""

    number: str
    delivered_at: datetime
    returned_at: datetime | None
    wrote_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What befalls somebody: stop (at these address keys), wrote (there), delivered, returned (an order)."""

    at: datetime
    what: str
    places: tuple[int, ...] = ()
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """One customer: addresses are (key, text, channel), *asked* says whether they ever allowed it."""

    id: int
    zone: str
    birthday: tuple[int, int]
    places: tuple[tuple[int, str, str], ...]
    asked: bool
    blocks: bool
    stops_at: datetime | None
    orders: tuple[Bought, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A stretch of time, its people, and when the service or the app's provider is away."""

    begin: datetime
    end: datetime
    people: Sequence[Someone]
    away: Sequence[tuple[datetime, datetime]]
    app_away: Sequence[tuple[datetime, datetime]]


def story(people: int, days: int, seed: int, *, crowded: bool = False) -> Story:
    """Make up a story; *crowded* has all birthdays within it, and an order of each second customer."""
    dice, shop = random.Random(seed), random.Random(f"orders {seed}")
    begin = datetime(2027, 1, 20, tzinfo=UTC)
    end = begin + timedelta(days=days)
    return Story(
        begin=begin,
        end=end,
        people=[
            replace(
                _someone(n, dice, begin, days, crowded=crowded),
                orders=_orders(n, shop, begin, days, (0, 1) if crowded else ORDERS),
            )
            for n in range(1, people + 1)
        ],
        away=[_away(dice, begin, days, 3) for _ in range(1 + days // 60)] + [_away(dice, begin, days, 48)],
        app_away=[_away(dice, begin, days, 3) for _ in range(1 + days // 60)],
    )


def _someone(n: int, dice: random.Random, begin: datetime, days: int, *, crowded: bool) -> Someone:
    born = date(2027, 1, 20) + timedelta(days=dice.randrange(days if crowded else 365))
    birthday = (2, 29) if dice.random() < 0.01 else (born.month, born.day)
    places = [(10 * n, f"telegram:{n}", APP)]
    if dice.random() < 0.3:
        places.append((10 * n + 1, f"tel:+3519{n:08}", PHONE))
    stops = begin + timedelta(minutes=dice.randrange(days * 1440)) if dice.random() < 0.1 else None
    return Someone(
        id=n,
        zone=ZONES[n % len(ZONES)],
        birthday=birthday,
        places=tuple(places),
        asked=dice.random() < 0.9,
        blocks=dice.random() < 0.02,
        stops_at=stops,
    )


def _orders(
    n: int, dice: random.Random, begin: datetime, days: int, lots: Sequence[int]
) -> tuple[Bought, ...]:
    """Draw what is delivered to somebody; now and then two orders on one day."""
    made: list[Bought] = []
    minutes = int((timedelta(days=days) - SETTLED).total_seconds()) // 60
    for number in range(dice.choice(lots)):
        at = begin + timedelta(minutes=dice.randrange(minutes))
        if made and dice.random() < 0.2:
            at = made[-1].delivered_at + timedelta(minutes=5)
        soon = [at + timedelta(minutes=dice.randrange(1, 4 * 1440)) for _ in range(2)]
        made.append(
            Bought(
                number=f"W{n}-{number}",
                delivered_at=at,
                returned_at=soon[0] if dice.random() < 0.08 else None,
                wrote_at=soon[1] if dice.random() < 0.12 else None,
            )
        )
    return tuple(made)


def events(told: Story) -> list[Event]:
    """List what befalls everybody, in its order."""
    found = []
    for who in told.people:
        places = tuple(key for key, _, _ in who.places)
        if who.stops_at is not None:
            found.append(Event(at=who.stops_at, what="stop", places=places))
        for one in who.orders:
            found.append(Event(at=one.delivered_at, what="delivered", number=one.number))
            if one.returned_at is not None:
                found.append(Event(at=one.returned_at, what="returned", number=one.number))
            if one.wrote_at is not None:
                found.append(Event(at=one.wrote_at, what="wrote", places=places[-1:]))
    return sorted(found, key=lambda one: one.at)


def _away(dice: random.Random, begin: datetime, days: int, hours: int) -> tuple[datetime, datetime]:
    since = begin + timedelta(minutes=dice.randrange(max((days - 3) * 1440, 1)))
    return since, since + timedelta(hours=hours)


def local(at: datetime, who: Someone) -> datetime:
    """Look at the customer's clock."""
    return at.astimezone(ZoneInfo(who.zone))


async def settle(database: Database, told: Story) -> None:
    """Write the people of a story into an empty database."""
    long_ago = told.begin - timedelta(days=400)
    people = [
        {
            "id": who.id,
            "name": f"Customer {who.id}",
            "zone": who.zone,
            "created_at": long_ago,
            "birth_month": who.birthday[0],
            "birth_day": who.birthday[1],
        }
        for who in told.people
    ]
    places = [
        {"id": key, "customer_id": who.id, "address": text, "channel": channel, "created_at": long_ago}
        for who in told.people
        for key, text, channel in who.places
    ]
    bought = [
        {
            "id": 10 * who.id + at,
            "customer_id": who.id,
            "number": one.number,
            "placed_at": one.delivered_at - timedelta(days=3),
            "changed_at": long_ago,
        }
        for who in told.people
        for at, one in enumerate(who.orders)
    ]
    async with database.writing() as connection:
        await connection.execute(customers.insert(), people)
        await connection.execute(addresses.insert(), places)
        if bought:
            await connection.execute(orders.insert(), bought)
        for who in told.people:
            for key, _, _ in who.places if who.asked else ():
                await consents.record(
                    connection,
                    database.ids,
                    address_id=key,
                    word="yes",
                    source="form",
                    wording="Write to me.",
                    at=long_ago,
                )
