"""Whether work is shared fairly: who got how many, by tier and hour, and how long each customer waited.

A wait begins with a customer's first words that nobody has answered and ends with an agent's answer; both
lie within the days that are looked at. It counts for who answered, by the clock and not in open hours.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from storage import fairness
from storage.database import Connection
from storage.fairness import Gave, Spoke

MINUTE = timedelta(minutes=1)
COLUMNS = ("by", "of", "given", "answered", "median_minutes", "p90_minutes", "longest_minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: an agent, a tier or an hour; waits are None where nobody was answered."""

    of: str
    given: int
    answered: int
    median: timedelta | None
    p90: timedelta | None
    longest: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it. *spread* is Gini's of what agents were given for their capacity: 0 is all alike.

    *unanswered* waits had no end within the days.
    """

    agents: Sequence[Line]
    tiers: Sequence[Line]
    hours: Sequence[Line]
    spread: float
    unanswered: int


@dataclass(slots=True, kw_only=True)
class Sums:
    """What is counted, by key."""

    given: Counter[Any] = field(default_factory=Counter)
    waits: dict[Any, list[timedelta]] = field(default_factory=lambda: defaultdict(list))

    def lines(self, names: Mapping[Any, str]) -> list[Line]:
        """Make a line of each that *names* has, in that order."""
        return [_line(name, self.given[key], sorted(self.waits.get(key, ()))) for key, name in names.items()]


async def report(
    connection: Connection,
    since: datetime,
    until: datetime,
    *,
    zone: tzinfo,
    names: Mapping[int, str],
    capacity: Mapping[int, int],
    tiers: Iterable[str],
    unknown: str,
    teams: frozenset[str] | None = None,
) -> Report:
    """Read and count what was given and answered in [since, until).

    Hours are of *zone*; *names* and *capacity* are of agents, by key; a customer without a tier is of
    the *unknown* one; *teams* narrows it down.
    """
    gave = await fairness.given(connection, since, until)
    return await counted(
        [one for one in gave if teams is None or one.team in teams],
        fairness.spoken(connection, since, until),
        zone=zone,
        names=names,
        capacity=capacity,
        tiers=tiers,
        unknown=unknown,
        teams=teams,
    )


async def counted(
    gave: Iterable[Gave],
    spoke: AsyncIterable[Spoke],
    *,
    zone: tzinfo,
    names: Mapping[int, str],
    capacity: Mapping[int, int],
    tiers: Iterable[str],
    unknown: str,
    teams: frozenset[str] | None = None,
) -> Report:
    """Count what was given, and follow what was said from each first word to its answer."""
    by_agent, by_tier, by_hour = Sums(), Sums(), Sums()
    known = list(tiers)
    for one in gave:
        for sums, key in (
            (by_agent, one.agent_id),
            (by_tier, one.tier if one.tier in known else unknown),
            (by_hour, one.at.astimezone(zone).hour),
        ):
            sums.given[key] += 1
    waiting: dict[int, datetime] = {}
    async for said in spoke:
        if teams is not None and said.team not in teams:
            continue
        if said.agent_id is None:
            waiting.setdefault(said.conversation_id, said.at)
        elif (since := waiting.pop(said.conversation_id, None)) is not None:
            waited = max(said.at - since, timedelta())
            by_agent.waits[said.agent_id].append(waited)
            by_tier.waits[said.tier if said.tier in known else unknown].append(waited)
            by_hour.waits[since.astimezone(zone).hour].append(waited)
    seen = {*by_agent.given, *by_agent.waits}
    gone = dict.fromkeys(sorted(seen - names.keys()), "somebody who left")
    shares = [by_agent.given[key] / capacity[key] for key in names if capacity.get(key)]
    return Report(
        agents=by_agent.lines({**names, **gone}),
        tiers=by_tier.lines({key: key for key in known}),
        hours=by_hour.lines({hour: f"{hour:02d}:00" for hour in range(24)}),
        spread=gini(shares),
        unanswered=len(waiting),
    )


def gini(values: Sequence[float]) -> float:
    """Say how unequal values are, 0 (all alike) to 1: half the mean difference over the mean (Gini, 1912)."""
    total = sum(values)
    if not total:
        return 0.0
    ranked = sum(rank * value for rank, value in enumerate(sorted(values), 1))
    return 2 * ranked / (len(values) * total) - (len(values) + 1) / len(values)


def table(made: Report) -> str:
    """Write it as CSV; names that a spreadsheet would take for a formula are quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for by, lines in (("agent", made.agents), ("tier", made.tiers), ("hour", made.hours)):
        for one in lines:
            waits = (minutes(each) for each in (one.median, one.p90, one.longest))
            writer.writerow([by, _guarded(one.of), one.given, one.answered, *waits])
    return out.getvalue()


def minutes(waited: timedelta | None) -> str:
    """Write a wait in minutes, "" for none."""
    return "" if waited is None else f"{waited / MINUTE:.1f}"


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def _line(of: str, given: int, waits: Sequence[timedelta]) -> Line:
    """Make a line; *waits* are in order. The share of nearest rank: a wait that somebody had."""
    return Line(
        of=of,
        given=given,
        answered=len(waits),
        median=_rank(waits, 0.5),
        p90=_rank(waits, 0.9),
        longest=waits[-1] if waits else None,
    )


def _rank(waits: Sequence[timedelta], share: float) -> timedelta | None:
    return waits[max(0, -(-len(waits) * round(share * 100) // 100) - 1)] if waits else None
