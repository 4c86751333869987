"""What a customer's form asks for, read with care: facts to change, and where it is wrong."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from storage.rows import Customer

FIRST_YEAR: Final = 1900
LEAP: Final = 2000
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
Fields = Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Wish:
    """Columns of the customer to set, and *wrong* fields with the name of the sentence that says why."""

    facts: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The fields as the page shows them."""

    preferred: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    day: str = ""
    month: str = ""
    year: str = ""


def shown(customer: Customer) -> Shown:
    """Write a customer's facts as the page's fields; a date that we doubt is not shown as theirs."""
    doubted = bool(customer.birthday_fault)
    return Shown(
        preferred=customer.preferred_channel,
        quiet_from=_clock(customer.quiet_from),
        quiet_until=_clock(customer.quiet_until),
        day="" if doubted else str(customer.birth_day or ""),
        month="" if doubted else str(customer.birth_month or ""),
        year="" if doubted else str(customer.birth_year or ""),
    )


def typed(fields: Fields) -> Shown:
    """Write what was typed, to show it again."""
    return Shown(**{name: fields.get(name, "").strip()[:20] for name in Shown.__slots__})


def wish(fields: Fields, customer: Customer, channels: Collection[str], now: datetime) -> Wish:
    """Read what changed against what the page shows; nothing is taken where anything is wrong."""
    made, before, after = Wish(), shown(customer), typed(fields)
    if after.preferred != before.preferred and after.preferred in {"", *channels}:
        made.facts["preferred_channel"] = after.preferred
    if (after.quiet_from, after.quiet_until) != (before.quiet_from, before.quiet_until):
        _quiet(made, after)
    if (after.day, after.month, after.year) != (before.day, before.month, before.year):
        _birthday(made, after, now)
    return made


def _quiet(made: Wish, after: Shown) -> None:
    if not after.quiet_from and not after.quiet_until:
        made.facts |= {"quiet_from": None, "quiet_until": None}
        return
    first, last = _minutes(after.quiet_from), _minutes(after.quiet_until)
    if first is None or last is None or first == last:
        made.wrong["quiet"] = "bad_quiet"
        return
    made.facts |= {"quiet_from": first, "quiet_until": last}


def _birthday(made: Wish, after: Shown, now: datetime) -> None:
    told = {"birthday_at": now, "birthday_in_bulk": False, "birthday_fault": ""}
    if not (after.day or after.month or after.year):
        made.facts |= {"birth_day": None, "birth_month": None, "birth_year": None, **told}
        return
    year = _number(after.year) if after.year else None
    if after.year and (year is None or not FIRST_YEAR <= year <= now.year):
        made.wrong["year"] = "bad_year"
        return
    day, month = _number(after.day), _number(after.month)
    if not _is_day(year or LEAP, month, day) or (year and date(year, month or 1, day or 1) > now.date()):
        made.wrong["day"] = "bad_day"
        return
    made.facts |= {"birth_day": day, "birth_month": month, "birth_year": year, **told}


def _is_day(year: int, month: int | None, day: int | None) -> bool:
    try:
        date(year, month or 0, day or 0)
    except ValueError:
        return False
    return True


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def _minutes(text: str) -> int | None:
    found = CLOCK.fullmatch(text)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _clock(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
