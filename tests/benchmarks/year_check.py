"""The checker of a simulated year: it reads the providers' file and the rows, and nothing of ours."""

import re
from calendar import isleap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.benchmarks.year_crowd import Bought, Someone, Story

OPEN, CLOSED = 8, 21  # o'clock
BIRTHDAY, AFTER = "birthday", "after_delivery"
ASKED_AFTER, AT, VALID = timedelta(days=3), time(18), timedelta(days=3)  # as touches.toml says
ENDED = ("sent", "failed", "unknown", "expired", "cancelled", "suppressed", "control")
NUMBER = re.compile(r"\bW\d+-\d\b")

Row = tuple[int, str, str, str, str]  # customer, kind, period, state, reason
Occasion = tuple[int, str, str]  # customer, kind, period


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One message that a provider took: for which occasion, on whose clock."""

    who: Someone
    at: datetime
    key: str
    order: Bought | None

    @property
    def local(self) -> datetime:
        """Their clock at that moment."""
        return self.at.astimezone(ZoneInfo(self.who.zone))

    @property
    def occasion(self) -> Occasion:
        """What it was for, as rows name it."""
        if self.order is None:
            return self.who.id, BIRTHDAY, str(self.local.year)
        return self.who.id, AFTER, f"order {self.order.number}"

    def __str__(self) -> str:
        """Say who got what, and when."""
        return f"{self.who.id} got {self.key} ({self.occasion[2]}) at {self.local}"


@dataclass(slots=True, kw_only=True)
class Found:
    """What is wrong, each in words, and how many occasions ended how."""

    birthdays: int = 0
    orders: int = 0
    sent: int = 0
    doubles: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)
    after_stop: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def eligible(self) -> int:
        """How many occasions there were."""
        return self.birthdays + self.orders

    @property
    def wrong(self) -> list[str]:
        """Everything that must not be."""
        lists = (self.doubles, self.outside, self.crowded, self.after_stop, self.unwanted, self.unaccounted)
        return [one for each in lists for one in each]


def check(told: Story, log: Path, rows: Sequence[Row]) -> Found:
    """Compare the providers' *log* with the story, and with *rows*."""
    found, given = Found(), list(_given(told, log))
    found.sent = len(given)
    for one in given:
        _one(found, one)
    same = _more_than_once(one.occasion for one in given)
    found.doubles += [f"{key} came {times} times" for key, times in same]
    days = ((one.who.id, one.local.date()) for one in given)
    found.crowded += [f"{key} has {times}" for key, times in _more_than_once(days)]
    _accounts(found, told, rows, {one.occasion for one in given})
    return found


def _given(told: Story, log: Path) -> Iterator[Given]:
    """Read the providers' file; a follow-up is known by the number of its order, as the customer read it."""
    by_address = {text: who for who in told.people for _, text, _ in who.places}
    by_number = {one.number: one for who in told.people for one in who.orders}
    for line in log.read_text().splitlines() if log.exists() else ():
        at, address, key, words = line.split("\t")
        number = NUMBER.search(words)
        order = by_number[number[0]] if number else None
        yield Given(who=by_address[address], at=datetime.fromisoformat(at), key=key, order=order)


def _more_than_once(keys: Iterable[object]) -> list[tuple[object, int]]:
    return [(key, times) for key, times in Counter(keys).items() if times > 1]


def _one(found: Found, one: Given) -> None:
    who, order = one.who, one.order
    first, over = _wished(who, order, one.local.year)
    if not OPEN <= one.local.hour < CLOSED or not first <= one.at < over:
        found.outside.append(f"{one}, between {first} and {over}")
    if who.stops_at is not None and one.at >= who.stops_at:
        found.after_stop.append(f"{one}, after {who.stops_at}")
    if not who.asked:
        found.after_stop.append(f"{one} and never allowed it")
    if order is not None and order not in who.orders:
        found.unwanted.append(f"{one}, which is somebody else's order")
    if order is not None and order.returned_at is not None and one.at >= order.returned_at:
        found.unwanted.append(f"{one}, after it went back at {order.returned_at}")
    wrote = [each.wrote_at for each in who.orders if each.wrote_at is not None]
    if order is not None and any(order.delivered_at < at <= one.at for at in wrote):
        found.unwanted.append(f"{one}, after they wrote")


def _wished(who: Someone, order: Bought | None, year: int) -> tuple[datetime, datetime]:
    """Say between which instants a message may come: the birthday's day, or the follow-up's three days."""
    zone = ZoneInfo(who.zone)
    if order is None:
        day = _observed(who.birthday, year)
        return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    day = order.delivered_at.astimezone(zone).date() + ASKED_AFTER
    wish = datetime.combine(day, AT, zone)
    return wish, (wish.astimezone(ZoneInfo("UTC")) + VALID)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _observed(birthday: tuple[int, int], year: int) -> date:
    if birthday == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return date(year, *birthday)


def _occasions(told: Story) -> Iterator[Occasion]:
    """List what falls wholly within the story."""
    for who in told.people:
        for year in range(told.begin.year, told.end.year + 1):
            first, over = _wished(who, None, year)
            if told.begin <= first and over <= told.end:
                yield who.id, BIRTHDAY, str(year)
        for order in who.orders:
            if _wished(who, order, 0)[1] <= told.end:
                yield who.id, AFTER, f"order {order.number}"


def _accounts(found: Found, told: Story, rows: Sequence[Row], given: set[Occasion]) -> None:
    """Every occasion within the story has a row that ended, and the row says what the providers say."""
    ended: Mapping[Occasion, tuple[str, str]] = {
        (customer, kind, period): (state, reason) for customer, kind, period, state, reason in rows
    }
    for one in _occasions(told):
        found.birthdays += one[1] == BIRTHDAY
        found.orders += one[1] == AFTER
        state, reason = ended.get(one, ("", ""))
        found.ends[f"{state} {reason}".strip()] += 1
        if state not in ENDED or (state != "sent" and not reason):
            found.unaccounted.append(f"{one}: {state!r} {reason!r}")
        elif (one in given) != (state == "sent") and state != "unknown":
            found.unaccounted.append(f"{one}: {state} {reason}, yet sent is {one in given}")
