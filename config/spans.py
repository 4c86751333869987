"""How words, zones, spans, hours, days, places, languages and numbers are written, as pydantic types."""

import re
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from pydantic import AfterValidator, BeforeValidator, Field

NIGHT = time(3)  # hours that hold this one allow the night: their ends were swapped
SPAN = re.compile(r"(\d{1,5}) (minute|hour|day|week)s?")
SHORT = re.compile(r"(\d{1,5})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _span(written: object) -> object:
    if isinstance(written, timedelta):
        return written
    found = SPAN.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise ValueError("a span is written like '15 minutes', '24 hours', '3 days' or '2 weeks'")
    return timedelta(**{f"{found[2]}s": int(found[1])})


def _short(written: object) -> object:
    if isinstance(written, timedelta):
        return written
    found = SHORT.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise ValueError("a time is written like '15m', '2h' or '3d'")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {zone!r}") from error
    return zone


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(str(name).partition("_")[0] for name in Locale("en").languages)


def _spoken(language: str) -> str:
    if language and language.partition("-")[0] not in _languages():
        raise ValueError(f"there is no language {language!r}; it is written like 'en' or 'pt-BR'")
    return language


def _phone(number: str) -> str:
    """Give a number as E.164; spaces and the like in it are for people."""
    if not number:
        return ""
    import phonenumbers  # here, so that commands that read none begin sooner

    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        raise ValueError("a number is written with its country, like '+351 912 345 678'") from None
    if not phonenumbers.is_possible_number(read):
        raise ValueError("there can be no such number: a digit is missing or too many")
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)


def _clock(written: object) -> object:
    if isinstance(written, time) and written.tzinfo is None:
        return written
    if isinstance(written, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", written):
        return time.fromisoformat(written)
    raise ValueError("an hour of the day is written like '18:00'")


def _day(written: object) -> object:
    if isinstance(written, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        return date.fromisoformat(written)
    if type(written) is date:
        return written
    raise ValueError("a day is written like 2027-03-01")


def _open(hours: tuple[time, time]) -> tuple[time, time]:
    start, end = hours
    if start == end or (end < start and not end <= NIGHT < start):
        raise ValueError("these hours hold the night or nothing: the first is when they begin")
    return hours


Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Zone = Annotated[str, AfterValidator(_zone)]
Span = Annotated[timedelta, BeforeValidator(_span)]
Duration = Annotated[timedelta, BeforeValidator(_short)]
Clock = Annotated[time, BeforeValidator(_clock)]
Day = Annotated[date, BeforeValidator(_day)]
Open = Annotated[tuple[Clock, Clock], AfterValidator(_open)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Place = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Spoken = Annotated[Language, AfterValidator(_spoken)]
Heard = Annotated[str, Field(pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$"), AfterValidator(_spoken)]
Phone = Annotated[str, AfterValidator(_phone)]
Whole = Annotated[int, Field(strict=True)]
