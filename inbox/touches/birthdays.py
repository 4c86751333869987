"""A birthday today, as an agent reads it: that it is one, and what becomes of the touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inbox.touches.rules import Rules
from routing.birthdays import turning
from routing.reasons import REASONS
from routing.touch import Birthday, Limits, Person, Reachable
from routing.zones import where
from storage import customers, touch_birthdays
from storage.database import Connection
from storage.rows import Address, Customer
from storage.touch_rows import TouchRow
from storage.touch_states import SENT

WHYS: Final = {"open_complaint": "a complaint is open"}
"""What is said shorter than in the table of reasons."""
SAYABLE: Final = frozenset(
    {"open_complaint", "open_conversation", "taken_by_agent", "no_consent", "consent_expired", "opted_out"}
    | {"opted_out_same_number", "no_channel", "channel_not_connected", "channel_not_registered"}
    | {"window_closed", "template_not_sendable", "address_closed", "address_rests", "blocked"}
    | {"undeliverable", "no_such_number", "not_on_channel", "per_user_limit", "delivery_failed"}
    | {"missing_variable", "daily_cap", "jurisdiction_closed_all_day", "no_allowed_hours_left"}
)
"""Reasons that keep a touch back and not an agent, who may say it in their own words."""
FROM_HOUR: Final = 8  # of the customer's clock: before it nobody needs to know


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """That it is a customer's birthday; *touch* is what we planned for it, if anything."""

    touch: TouchRow | None


async def today(connection: Connection, rules: Rules, customer: Customer, now: datetime) -> Today | None:
    """Say whether it is a customer's birthday on their own clock."""
    if customer.deceased_at is not None:
        return None
    rows = await touch_birthdays.of_customer(connection, customer.id, rules.birthdays, now)
    row = next((one for one in rows if is_on(one, now)), None)
    if row is not None:
        return Today(touch=row)
    places = await customers.addresses_of(connection, customer.id)
    return Today(touch=None) if falls(customer, places, rules.limits, now) else None


def is_on(row: TouchRow, now: datetime) -> bool:
    """Whether a touch's day is today on its customer's clock."""
    return _local(now, row.zone).isoformat() == row.day


def is_time(row: TouchRow, now: datetime) -> bool:
    """Whether the day of a touch has come and its customer is awake."""
    return is_on(row, now) and now.astimezone(ZoneInfo(row.zone)).hour >= FROM_HOUR


def sentence(name: str, row: TouchRow | None) -> str:
    """Say it, as in: Marta’s birthday is today. The touch is held: a complaint is open."""
    whose = f"{name}’s birthday is today." if name else "The customer’s birthday is today."
    return f"{whose} {becomes(row.state, row.reason, row.clock)}" if row is not None else whose


def becomes(state: str, reason: str, clock: str) -> str:
    """Say in one sentence what becomes of a birthday touch; *clock* is the customer's own."""
    match state:
        case "planned":
            return f"The touch leaves at {clock}, their time."
        case "sent" | "handed_off" | "unknown":
            return "The touch went out." if state == SENT else "The touch is on its way."
        case "held":
            return f"The touch is held: {why(reason)}."
        case "deferred":
            return f"The touch waits: {why(reason)}."
        case _:
            return f"The touch is not sent: {why(reason)}."


def why(reason: str) -> str:
    """Say a reason within a sentence."""
    told = WHYS.get(reason) or REASONS.get(reason, reason.replace("_", " "))
    return told[:1].lower() + told[1:].rstrip(".")


def _local(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def falls(customer: Customer, places: Sequence[Address], limits: Limits, now: datetime) -> bool:
    """Tell whether a birthday is observed today where its customer is, by all that says where they are."""
    if customer.birth_month is None or customer.birth_day is None or customer.birthday_fault:
        return False
    person = Person(
        id=customer.id,
        own_zone=customer.zone,
        device_zone=customer.device_zone,
        region=customer.region,
        country=customer.country,
        addresses=[Reachable(id=one.id, address=one.address, channel=one.channel) for one in places],
    )
    born = Birthday(month=customer.birth_month, day=customer.birth_day, year=customer.birth_year)
    day = _local(now, where(person, limits).zones[0])
    return turning(born, day, customer.feb29 or limits.feb29) is not None
