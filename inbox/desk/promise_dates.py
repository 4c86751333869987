"""By when, read from a sentence: the hour by our own patterns, the day by the dateparser library.

What says a day only is due at the end of a working day; a part of a day is due at its end.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from inbox.desk.promise_patterns import (
    COUNTS,
    DAYS,
    HOURS,
    LIKELY,
    NAMED,
    NEXT_WEEK,
    SPANS,
    TODAY,
    UNITS,
    WEEK,
)

END_OF_DAY: Final = time(17)
LATEST: Final = time(21)


def may_hold_one(said: str) -> bool:
    """Whether a sentence, in small letters, holds anything like a date: the cheap test."""
    return LIKELY.search(folded(said)) is not None


def due(said: str, language: str, here: datetime) -> datetime | None:
    """Say by when, in UTC; *here* is now in the zone of who speaks. None where no date is read."""
    text = folded(said)
    if span := SPANS[language].search(text):
        return _after(span, here)
    text, hour = _hour(text, language)
    text, part = _part(text)
    at = hour or part
    day = _day(text, language, here)
    if day is None and (TODAY.search(folded(said)) or at is not None):
        day = here.date()
        if hour is not None and datetime.combine(day, hour, here.tzinfo) <= here:
            day += timedelta(days=1)  # an hour that has passed is tomorrow's
    if day is None:
        return None
    return _at(day, at, here)


def folded(text: str) -> str:
    """Take the accents off, letter by letter."""
    return "".join(unicodedata.normalize("NFD", sign)[0] for sign in text.lower())


def _after(span: re.Match[str], here: datetime) -> datetime:
    """Count from now; whole days end when a working day does."""
    count, unit = span.group(1), UNITS[span.group(2)]
    many = COUNTS.get(count) or float(count if count.isdecimal() else 1)
    then = here + many * unit
    if unit < timedelta(days=1):
        return then.astimezone(UTC)
    return datetime.combine(then.date(), END_OF_DAY, here.tzinfo).astimezone(UTC)


def _hour(text: str, language: str) -> tuple[str, time | None]:
    """Read the hour that is said, and take it out of the text."""
    for match in HOURS[language].finditer(text):
        got: Mapping[str, Any] = match.groupdict()
        half, minute = got["half"] or "", got["m"]
        if not (half or minute or got["at"] or got.get("sign")):
            continue
        hour = _of_day(int(got["h"]), half, stated=bool(minute and got["m"] and len(got["h"]) == 2))
        if hour is None or int(minute or 0) > 59:
            continue
        return text[: match.start()] + " " + text[match.end() :], time(hour, int(minute or 0))
    return text, None


def _of_day(hour: int, half: str, *, stated: bool) -> int | None:
    """Make an hour of 24: of those that do not say which half, 1 to 7 are of the afternoon."""
    if half.startswith("p") or half in ("tarde", "noite", "noche"):
        hour = hour + 12 if hour < 12 else hour
    elif half:
        hour = 0 if hour == 12 else hour
    elif 1 <= hour <= 7 and not stated:
        hour += 12
    return hour if hour <= 23 else None


def _part(text: str) -> tuple[str, time | None]:
    """Read a part of the day, and take it out of the text, where mañana would mean tomorrow."""
    for pattern, at in NAMED:
        if match := pattern.search(text):
            words = match.group()
            kept = "tomorrow" if words.startswith("tomorrow") else "today" if "tonight" in words else ""
            return f"{text[: match.start()]}{kept} {text[match.end() :]}", at
    return text, None


def _day(text: str, language: str, here: datetime) -> date | None:
    friday = here.date() + timedelta(days=4 - here.weekday())
    if NEXT_WEEK.search(text):
        return friday + timedelta(weeks=1)
    if WEEK.search(text):
        return friday
    if TODAY.search(text):
        return here.date()
    match = DAYS[language].search(text)
    return None if match is None else _parsed(match.group(), language, here)


def _parsed(words: str, language: str, here: datetime) -> date | None:
    """Let the library read the words of a day, as one to come."""
    if words in ("depois de amanha", "pasado manana"):
        return here.date() + timedelta(days=2)
    plain = re.sub(r"^(?:the|el|dia|el dia) (?=\d)", "", words)
    if plain.isdecimal() or re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)", plain):
        return _of_month(int(re.sub(r"\D", "", plain)), here.date())
    read = _reader(language, here.date()).get_date_data(plain.replace(" feira", "-feira")).date_obj
    return None if read is None else read.date()


@lru_cache(maxsize=16)
def _reader(language: str, today: date) -> Any:
    """Make the library's reader of a language; it is loaded here, for that takes half a second."""
    from dateparser.date import DateDataParser

    base = datetime.combine(today, time(12))
    settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "future", "RETURN_AS_TIMEZONE_AWARE": False}
    order = {} if language == "en" else {"DATE_ORDER": "DMY"}
    return DateDataParser(languages=[language], settings=settings | order)


def _of_month(day: int, today: date) -> date | None:
    """Find the next month in which there is such a day."""
    first = today.replace(day=1)
    for _ in range(3):
        try:
            found = first.replace(day=day)
        except ValueError:
            found = date.min
        if found >= today:
            return found
        first = (first + timedelta(days=32)).replace(day=1)
    return None


def _at(day: date, at: time | None, here: datetime) -> datetime:
    """Join day and hour; what is due today without an hour has until the evening."""
    then = datetime.combine(day, at or END_OF_DAY, here.tzinfo)
    if at is None and then <= here:
        then = datetime.combine(day, LATEST, here.tzinfo)
    return then.astimezone(UTC)
