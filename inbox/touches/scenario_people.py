"""Whom a scenario knows, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from inbox.touches.scenario_house import House
from inbox.touches.scenario_parts import AddressPart, ConsentPart, CustomerPart, OrderPart
from storage import consents, scenario_rows
from storage.database import Connection

LONG: Final = timedelta(days=400)
WORDS: Final = {"opted_in": "yes", "opted_out": "no", "stopped": "stop"}
SAME: Final = (
    *("name", "language", "zone", "device_zone", "region", "country", "tier", "preferred_channel"),
    *("feb29", "birthday_fault"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One address: its key, how it is written and the channel it is on."""

    id: int
    address: str
    channel: str


@dataclass(slots=True, kw_only=True)
class People:
    """Keys of customers by the scenario's names, and their addresses."""

    keys: dict[str, int] = field(default_factory=dict)
    places: dict[str, list[Place]] = field(default_factory=dict)

    def name_of(self, customer_id: int) -> str:
        """How the scenario names a customer."""
        return next((name for name, key in self.keys.items() if key == customer_id), str(customer_id))

    def place(self, customer: str, address: str = "", channel: str = "") -> Place | None:
        """Find where a customer is: the address, else the first one on the channel, else the first."""
        ours = self.places.get(customer, [])
        return next((one for one in ours if _fits(one, address, channel)), None)


def _fits(one: Place, address: str, channel: str) -> bool:
    return address in ("", one.address) and channel in ("", one.channel)


async def add_customer(house: House, people: People, part: CustomerPart, begin: datetime) -> None:
    """Keep one customer with addresses and consents."""
    ids = house.database.ids
    key = people.keys[part.id] = ids.next()
    values: dict[str, Any] = {name: getattr(part, name) for name in SAME}
    quiet = part.quiet or (None, None)
    values |= {
        "id": key,
        "ref": part.id,
        "created_at": part.created_at or begin - LONG,
        "tags": list(part.tags),
        "quiet_from": _minutes(quiet[0]),
        "quiet_until": _minutes(quiet[1]),
        "birthday_at": part.birthday_told_at,
        "birthday_in_bulk": part.bulk,
        "deceased_at": begin if part.deceased else None,
        **birthday_columns(part.birthday),
    }
    async with house.database.writing() as connection:
        await scenario_rows.add_customer(connection, values)
        for address in part.addresses:
            place = await _add_address(house, connection, key, address, part.created_at or begin - LONG)
            people.places.setdefault(part.id, []).append(place)
            await _blocked(connection, place, address, begin)
            for word in _words(address):
                await consent(house, connection, place, word, word.at or begin - timedelta(days=100))


def birthday_columns(birthday: Any) -> dict[str, int | None]:
    """Name the columns of a birthday."""
    return {
        "birth_month": None if birthday is None else birthday.month,
        "birth_day": None if birthday is None else birthday.day,
        "birth_year": None if birthday is None else birthday.year,
    }


def _minutes(clock: time | None) -> int | None:
    return None if clock is None else clock.hour * 60 + clock.minute


def _words(address: AddressPart) -> Sequence[ConsentPart]:
    match address.consent:
        case "none":
            return ()
        case "opted_in" | "opted_out" as word:
            return (ConsentPart(word=word),)
        case ConsentPart() as one:
            return (one,)
        case several:
            return several


async def _add_address(
    house: House, connection: Connection, key: int, part: AddressPart, created: datetime
) -> Place:
    place = Place(id=house.database.ids.next(), address=part.address, channel=part.channel)
    values = {
        "id": place.id,
        "customer_id": key,
        "address": part.address,
        "channel": part.channel,
        "last_in_at": part.last_in_at,
        "created_at": created,
    }
    await scenario_rows.add_address(connection, values)
    return place


async def _blocked(connection: Connection, place: Place, part: AddressPart, begin: datetime) -> None:
    if part.blocked:
        until = None if part.blocked is True else part.blocked
        await scenario_rows.change_address(
            connection, place.id, closed_at=begin, closed_until=until, closed_reason="blocked"
        )


async def consent(
    house: House, connection: Connection, place: Place, part: ConsentPart, at: datetime
) -> None:
    """Write one word about consent into the ledger."""
    await consents.record(
        connection,
        house.database.ids,
        address_id=place.id,
        word=WORDS[part.word],
        subject=part.subject,
        source=part.source,
        wording="Write to me.",
        at=at,
        until=part.until,
    )


async def add_order(house: House, people: People, part: OrderPart, now: datetime) -> None:
    """Keep an order as it is known at *now*: what is to come is not known yet."""
    values = {
        "id": house.database.ids.next(),
        "customer_id": people.keys[part.customer],
        "number": part.number,
        "placed_at": part.placed_at,
        "delivered_at": known(part.delivered_at, now),
        "returned_at": known(part.returned_at, now),
        "cancelled_at": known(part.cancelled_at, now),
        "total": part.total,
        "currency": part.currency,
        "summary": part.goods,
        "changed_at": part.placed_at,
    }
    async with house.database.writing() as connection:
        await scenario_rows.add_order(connection, values)


def known(at: datetime | None, now: datetime) -> datetime | None:
    """Say an instant that has come."""
    return at if at is not None and at <= now else None
