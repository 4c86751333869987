"""Laws, people and ways for the tests of when: the hours of a few places, as vendor tables have them."""

from datetime import UTC, datetime, time
from typing import Any

from routing.touch import Birthday, Hours, Limits, Person, Reachable, Touch, Way

NOW = datetime(2027, 1, 1, tzinfo=UTC)
SMS = Way(channel="sms", kind="sms", label="SMS", phone=True)
TELEGRAM = Way(channel="telegram", kind="telegram", label="Telegram")
CHAT = Way(channel="chat", kind="webchat", label="Web chat", pushed=False)


def pair(hours: str) -> tuple[time, time] | None:
    """Read "08:00-21:00"; "" is closed."""
    if not hours:
        return None
    start, end = hours.split("-")
    return time.fromisoformat(start), time.fromisoformat(end)


def open_hours(place: str, weekdays: str, saturday: str, sunday: str, **more: Any) -> Hours:
    week = (pair(weekdays),) * 5 + (pair(saturday), pair(sunday))
    return Hours(place=place, week=week, **more)


LAWS = {
    row.place: row
    for row in (
        open_hours("US", "08:00-21:00", "08:00-21:00", "08:00-21:00"),
        open_hours("US-FL", "08:00-20:00", "08:00-20:00", "08:00-20:00"),
        open_hours("US-CA", "09:00-21:00", "09:00-21:00", "09:00-21:00"),
        open_hours("US-KY", "10:00-21:00", "10:00-21:00", "10:00-21:00"),
        open_hours("US-TX", "09:00-21:00", "09:00-21:00", "12:00-21:00"),
        open_hours("US-RI", "09:00-18:00", "10:00-17:00", ""),
        open_hours("FR", "08:00-22:00", "08:00-22:00", "", holidays="FR"),
    )
}
LIMITS = Limits(zone="Europe/Lisbon", country="PT", laws=LAWS)


def reachable(address: str, key: int = 1) -> Reachable:
    return Reachable(id=key, address=address, channel="sms", allowed=True)


def person(*addresses: str, born: str = "1990-03-01", **more: Any) -> Person:
    """Make a customer; *born* is 1990-03-01, or 03-01 without a year."""
    parts = [int(part) for part in born.split("-")]
    birthday = Birthday(month=parts[-2], day=parts[-1], year=parts[0] if len(parts) == 3 else None)
    own = tuple(reachable(address, key) for key, address in enumerate(addresses, 1))
    known: dict[str, Any] = {"id": 1, "birthday": birthday, "addresses": own}
    return Person(**known | more)


def touch(start: Any = "birthday", **more: Any) -> Touch:
    known: dict[str, Any] = {"key": "one", "name": "One", "start": start, "subject": "one"}
    return Touch(**known | more)
