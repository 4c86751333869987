"""The checker of a simulated year: it reads the providers' file and the rows, and nothing of ours."""

from calendar import isleap
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.benchmarks.year_crowd import Someone, Story

OPEN, CLOSED = 8, 21  # o'clock
ENDED = ("sent", "failed", "unknown", "expired", "cancelled", "suppressed", "control")


@dataclass(slots=True, kw_only=True)
class Found:
    """What is wrong, each in words, and how many occasions ended how."""

    eligible: int = 0
    sent: int = 0
    doubles: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    after_stop: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> list[str]:
        """Everything that must not be."""
        return [*self.doubles, *self.outside, *self.after_stop, *self.unaccounted]


def check(told: Story, log: Path, rows: Sequence[tuple[int, str, str, str]]) -> Found:
    """Compare the providers' *log* with the story, and with *rows* of (customer, period, state, reason)."""
    found = Found()
    by_address = {text: who for who in told.people for _, text, _ in who.places}
    given: Mapping[tuple[int, int], list[str]] = defaultdict(list)
    for line in log.read_text().splitlines() if log.exists() else ():
        at, address, key = line.split("\t")
        who = by_address[address]
        _one(found, who, datetime.fromisoformat(at), address, given, key)
    found.sent = sum(len(each) for each in given.values())
    found.doubles += [f"{who} got {keys}" for who, keys in given.items() if len(keys) > 1]
    _accounts(found, told, rows, given)
    return found


def _one(
    found: Found,
    who: Someone,
    at: datetime,
    address: str,
    given: Mapping[tuple[int, int], list[str]],
    key: str,
) -> None:
    local = at.astimezone(ZoneInfo(who.zone))
    given[who.id, local.year].append(key)
    if not OPEN <= local.hour < CLOSED or local.date() != _observed(who.birthday, local.year):
        found.outside.append(f"{who.id} got {key} at {local}, born {who.birthday}")
    if who.stops_at is not None and at >= who.stops_at:
        found.after_stop.append(f"{who.id} got {key} at {at}, after {who.stops_at}")
    if not who.asked:
        found.after_stop.append(f"{who.id} got {key} and never allowed it")


def _observed(birthday: tuple[int, int], year: int) -> date:
    if birthday == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return date(year, *birthday)


def _accounts(
    found: Found,
    told: Story,
    rows: Sequence[tuple[int, str, str, str]],
    given: Mapping[tuple[int, int], list[str]],
) -> None:
    """Every birthday within the story has a row that ended, and the row says what the providers say."""
    by_key = {(customer, int(period)): (state, reason) for customer, period, state, reason in rows}
    for who in told.people:
        for year in range(told.begin.year, told.end.year + 1):
            day = datetime.combine(_observed(who.birthday, year), datetime.min.time(), ZoneInfo(who.zone))
            if day < told.begin or day + timedelta(days=1) > told.end:
                continue
            found.eligible += 1
            state, reason = by_key.get((who.id, year), ("", ""))
            was_sent = (who.id, year) in given
            found.ends[f"{state} {reason}".strip()] += 1
            if state not in ENDED or (state != "sent" and not reason):
                found.unaccounted.append(f"{who.id} in {year}: {state!r} {reason!r}")
            elif was_sent != (state == "sent") and state != "unknown":
                found.unaccounted.append(f"{who.id} in {year}: {state} {reason}, yet sent is {was_sent}")
