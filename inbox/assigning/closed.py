"""Closed teams: since when, and when they open again in words of the customer's language and zone."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_skeleton, format_time

from routing.answering import Hours
from routing.hours import between, is_open
from routing.touch import Limits, Person, Reachable
from routing.zones import where
from storage.waiting import Waits

FARTHEST: Final = timedelta(days=31)
SECOND: Final = timedelta(seconds=1)


def closed_since(hours: Hours, now: datetime) -> datetime | None:
    """Say since when it is closed, to the second, at most a month ago; None where it is open."""
    if is_open(hours, now):
        return None
    early, late = now - FARTHEST, now  # open at some time after the first, never after the second
    if not between(hours, early, now):
        return early
    while late - early > SECOND:
        middle = early + (late - early) / 2
        if between(hours, middle, now):
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def zone_of(one: Waits, zone: str) -> ZoneInfo:
    """Say in which zone a customer is by the best evidence that we have, else *zone*, the team's."""
    person = Person(
        id=one.customer_id,
        own_zone=one.zone,
        device_zone=one.device_zone,
        region=one.region,
        country=one.country,
        addresses=[Reachable(id=one.address_id, address=one.address, channel=one.channel)],
    )
    return ZoneInfo(where(person, Limits(zone=zone)).zones[0])


def told(opens: datetime, zone: ZoneInfo, language: str, now: datetime) -> str:
    """Write when it opens as the customer reads clocks: "9:00" today, else with the day."""
    locale = _locale(language)
    local = opens.astimezone(zone)
    clock = format_time(local, "short", tzinfo=zone, locale=locale)
    if local.date() == now.astimezone(zone).date():
        return clock
    weekday = format_datetime(local, "EEEE", tzinfo=zone, locale=locale)
    day = format_skeleton("MMMMd", local, tzinfo=zone, locale=locale)  # with a weekday it shortens that
    return f"{weekday}, {day}, {clock}"


def _locale(language: str) -> Locale:
    """Find the locale of a language; English as Europe reads it stands for what is not known."""
    for name in (language, language.partition("-")[0]):
        if name and name != "en":
            try:
                return Locale.parse(name, sep="-")
            except (UnknownLocaleError, ValueError):
                continue
    return Locale("en", "GB")
