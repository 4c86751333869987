"""Who lives through a simulated year, and what is going to befall them; all of it follows from a seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from storage import consents
from storage.database import Database
from storage.tables import addresses, customers

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A stretch of time, its people, and when the service or the app's provider is away."""

    begin: datetime
    end: datetime
    people: Sequence[Someone]
    away: Sequence[tuple[datetime, datetime]]
    app_away: Sequence[tuple[datetime, datetime]]


def story(people: int, days: int, seed: int, *, crowded: bool = False) -> Story:
    """Make up a story; *crowded* has all birthdays within it."""
    dice = random.Random(seed)
    begin = datetime(2027, 1, 20, tzinfo=UTC)
    end = begin + timedelta(days=days)
    return Story(
        begin=begin,
        end=end,
        people=[_someone(n, dice, begin, days, crowded=crowded) for n in range(1, people + 1)],
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
    async with database.writing() as connection:
        await connection.execute(customers.insert(), people)
        await connection.execute(addresses.insert(), places)
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
