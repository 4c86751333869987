"""Customers, ways and touches as the tests of reach and consent need them: plain ones, changed by a word."""

from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from routing.touch import Birthday, Hours, Limits, Occasion, Person, Reachable, Touch, Way, Where

NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Lisbon
LISBON = Where(zones=("Europe/Lisbon",), source="own")
LIMITS = Limits(zone="Europe/Lisbon", country="PT", channels=("sms", "telegram", "chat"), salt="sea")
WAYS = MappingProxyType(
    {
        "sms": Way(channel="sms", kind="sms", label="SMS", phone=True),
        "telegram": Way(channel="telegram", kind="telegram", label="Telegram"),
        "wa": Way(
            channel="wa",
            kind="whatsapp",
            label="WhatsApp",
            phone=True,
            window=timedelta(hours=24),
            margin=timedelta(seconds=60),
            templates={"en": ("birthday",), "pt_BR": ("birthday",)},
            no_marketing_to=("US",),
        ),
        "messenger": Way(
            channel="messenger", kind="messenger", label="Messenger", window=timedelta(hours=24)
        ),
        "chat": Way(channel="chat", kind="webchat", label="Web chat", pushed=False),
    }
)
BIRTHDAY = Touch(
    key="birthday", name="Birthday", start="birthday", subject="birthday", days=0, wording="birthday"
)
FOLLOW_UP = Touch(
    key="delivered",
    name="After delivery",
    start="delivered",
    subject="follow_up",
    days=3,
    at=time(18),
    wording="delivered",
    stops=("writes", "buys", "returns"),
)
PROMOTION = Touch(
    key="spring", name="Spring", start="once", subject="marketing", on=date(2027, 3, 10), at=time(10)
)
FLORIDA = Hours(place="US-FL", week=((time(8), time(20)),) * 7)


def at(text: str) -> datetime:
    """Read an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sms(key: int = 1, number: str = "+351912345678", **change: Any) -> Reachable:
    made: dict[str, Any] = {"id": key, "address": f"tel:{number}", "channel": "sms", "allowed": True}
    return Reachable(**made | change)


def telegram(key: int = 2, **change: Any) -> Reachable:
    made: dict[str, Any] = {"id": key, "address": f"telegram:{key}", "channel": "telegram", "allowed": True}
    return Reachable(**made | change)


def whatsapp(key: int = 3, number: str = "+351912345678", **change: Any) -> Reachable:
    made: dict[str, Any] = {"id": key, "address": f"whatsapp:{number}", "channel": "wa", "allowed": True}
    return Reachable(**made | change)


def chat(key: int = 4, **change: Any) -> Reachable:
    made: dict[str, Any] = {"id": key, "address": f"chat:{key}", "channel": "chat", "allowed": True}
    return Reachable(**made | change)


def person(*addresses: Reachable, **change: Any) -> Person:
    made: dict[str, Any] = {
        "id": 7,
        "name": "Marta",
        "language": "en",
        "birthday": Birthday(month=3, day=10, year=1990),
    }
    return Person(**made | {"addresses": addresses} | change)


def occasion(**change: Any) -> Occasion:
    made: dict[str, Any] = {
        "period": "2027",
        "due_at": NOW,
        "valid_until": NOW + timedelta(hours=14),
        "day": NOW.date(),
        "clock": time(10),
        "where": LISBON,
    }
    return Occasion(**made | change)
