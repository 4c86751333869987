"""Instants in words, in the agent's zone: what the desk says about when."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_time

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MORNING = time(9)
EVENING = time(18)


class Choice(NamedTuple):
    """A moment to set a conversation aside until, by its name in a form."""

    name: str
    label: str
    at: datetime


def zone_of(name: str) -> ZoneInfo:
    """Return the zone called *name*, or UTC for one this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def clock(at: datetime, zone: ZoneInfo, language: str = "en_GB") -> str:
    """14:35."""
    return format_time(at.astimezone(zone).time(), "short", locale=language)


def stamp(at: datetime, zone: ZoneInfo, language: str = "en_GB") -> str:
    """Tuesday 24 November 2026, 14:35:10, Europe/Lisbon."""
    local = at.astimezone(zone)
    return f"{_named(local.date(), 'EEEE d MMMM y', language)}, {local:%H:%M:%S}, {zone.key}"


def waited(since: datetime, now: datetime) -> str:
    """Say how long somebody waits: now, 4 min, 2 h 10, 2 days."""
    past = max(now - since, timedelta())
    if past < MINUTE:
        return "now"
    if past < HOUR:
        return f"{past // MINUTE} min"
    if past < DAY:
        return f"{past // HOUR} h {past % HOUR // MINUTE:02d}"
    days = past // DAY
    return "1 day" if days == 1 else f"{days} days"


def listed(at: datetime, now: datetime, zone: ZoneInfo, language: str = "en_GB") -> str:
    """Say when in a list: 13:52 today, Mon within six days, 12 Nov this year, else 12 Nov 2025."""
    day, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if day == today:
        return clock(at, zone, language)
    if abs((today - day).days) <= 6:
        return _named(day, "EEE", language)
    return _named(day, "d MMM" if day.year == today.year else "d MMM y", language)


def moment(at: datetime, now: datetime, zone: ZoneInfo, language: str = "en_GB") -> str:
    """Say when with its clock: 17:00 today, else Wed 09:00, else 12 Nov 09:00."""
    day = listed(at, now, zone, language)
    hour = clock(at, zone, language)
    return day if at.astimezone(zone).date() == now.astimezone(zone).date() else f"{day} {hour}"


def day(at: datetime, now: datetime, zone: ZoneInfo, language: str = "en_GB") -> str:
    """Name a day between messages: Today, Yesterday, Friday 20 November, with the year if another."""
    that, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    match (today - that).days:
        case 0:
            return "Today"
        case 1:
            return "Yesterday"
        case _:
            return _named(that, "EEEE d MMMM" if that.year == today.year else "EEEE d MMMM y", language)


def window_left(until: datetime, now: datetime) -> str:
    """Say how long a window stays open: 23 h 56 min, 9 min, under 1 min."""
    left = max(until - now, timedelta())
    if left < MINUTE:
        return "under 1 min"
    hours, minutes = left // HOUR, left % HOUR // MINUTE
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def choices(now: datetime, zone: ZoneInfo) -> list[Choice]:
    """Offer moments to set aside until: an hour, this evening, tomorrow at 9, Monday at 9."""
    today = now.astimezone(zone).date()
    monday = today + timedelta(days=7 - today.weekday())
    tomorrow = today + DAY
    offered = [Choice("hour", "For an hour", now + HOUR)]
    evening = _at(today, EVENING, zone)
    if evening - now >= HOUR:
        offered.append(Choice("evening", "This evening", evening))
    offered.append(Choice("tomorrow", "Tomorrow", _at(tomorrow, MORNING, zone)))
    if monday != tomorrow:
        offered.append(Choice("monday", "Monday", _at(monday, MORNING, zone)))
    return offered


def chosen(name: str, on: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the moment that a form named, or None for one that is unknown, unreadable or past.

    *on* is `2026-11-25T09:00` or `2026-11-25` (then 9:00) in *zone*, read where *name* is `date`.
    """
    if name != "date":
        return next((choice.at for choice in choices(now, zone) if choice.name == name), None)
    try:
        wanted = datetime.fromisoformat(on)
    except ValueError:
        return None
    if wanted.tzinfo is not None:
        return None
    at = _at(wanted.date(), wanted.time() if "T" in on else MORNING, zone)
    return at if at > now else None


def _at(on: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, hour, zone).astimezone(UTC)


def _named(that: date, pattern: str, language: str) -> str:
    return format_date(that, pattern, locale=language)
