"""A house, agents and matters as the tests of answering need them: plain ones, changed by a word."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from routing.answering import Answerer, Hours, House, Matter, Rule, Span, Target, TeamRules, Tier

NOW = datetime(2027, 3, 10, 10, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Lisbon
OFFICE = Hours(zone="UTC", spans=tuple(Span(weekday=day, start=540, end=1080) for day in range(5)))
FIRST = MappingProxyType({"platinum": 5, "gold": 15, "iron": 60, "lead": 120})  # minutes to the first reply
TIERS = MappingProxyType(
    {
        key: Tier(key=key, rank=rank, target=Target(first_reply=timedelta(minutes=minutes)))
        for rank, (key, minutes) in enumerate(FIRST.items())
    }
)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def team(key: str, **change: Any) -> TeamRules:
    return TeamRules(**{"key": key, "name": key.title()} | change)


def house(*rules: Rule, **change: Any) -> House:
    made: dict[str, Any] = {
        "teams": {key: team(key) for key in ("support", "billing")},
        "first_team": "support",
        "rules": rules,
        "tiers": TIERS,
    }
    return House(**made | change)


def agent(number: int, name: str = "", **change: Any) -> Answerer:
    made: dict[str, Any] = {
        "id": number,
        "key": (name or f"agent{number}").lower(),
        "name": name or f"Agent {number}",
        "teams": frozenset({"support"}),
        "present": True,
        "load": 0,
        "capacity": 5,
        "idle_since": NOW - minutes(60),
    }
    return Answerer(**made | change)


def matter(number: int = 1, **change: Any) -> Matter:
    waited = change.pop("waited", 1)
    made: dict[str, Any] = {
        "id": number,
        "team": "support",
        "channel": "sms",
        "opened_at": NOW - minutes(waited),
        "waiting_since": NOW - minutes(waited),
    }
    return Matter(**made | change)
