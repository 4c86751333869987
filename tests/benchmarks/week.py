"""A made-up week of answering: customers, agents in shifts, and the two ways to give what waits."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import fmean
from types import MappingProxyType

from routing.answering import Answerer, Hours, House, Matter, Span, Target, TeamRules, Tier
from routing.assignment import give
from routing.hours import between
from routing.pyramid import longest

MONDAY = datetime(2027, 3, 8, tzinfo=UTC)
SEED = 20270308
USUAL = 0.95  # of the customers below
OPEN = Hours(spans=tuple(Span(weekday=day, start=8 * 60, end=19 * 60) for day in range(7)))
TIERS = MappingProxyType({"platinum": (0.05, 5), "gold": (0.15, 15), "iron": (0.3, 60), "lead": (0.5, 120)})
# Customers an hour, from midnight: until one o'clock more than can be served, then fewer.
WEEKDAY = (2, 1, 1, 1, 1, 2, 3, 6, 18, 34, 44, 52, 50, 48, 44, 36, 26, 16, 8, 6, 4, 4, 3, 2)
WEEKEND = tuple(each / 11 for each in WEEKDAY)
STARTS = (8, 9, 10, 11)  # of shifts of eight hours
LASTS = 60.0  # minutes that a conversation is open, in the mean
HOUSE = House(
    teams={"support": TeamRules(key="support", name="Support", hours=OPEN)},
    first_team="support",
    tiers={
        key: Tier(key=key, rank=rank, target=Target(first_reply=timedelta(minutes=first)))
        for rank, (key, (_, first)) in enumerate(TIERS.items())
    },
)
Pairs = list[tuple[int, int]]  # matter, agent
Choose = Callable[[Sequence[Matter], Sequence[Answerer], datetime], Pairs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One agent's week: here from *start* to *end* o'clock on *days*."""

    agent: Answerer
    days: frozenset[int]
    start: int
    end: int

    def covers(self, minute: int) -> bool:
        """Say whether the agent is here in a minute of the week."""
        day, hour = divmod(minute // 60, 24)
        return day % 7 in self.days and self.start <= hour < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A customer who comes in a minute, and how many minutes the conversation will be open."""

    matter: Matter
    minute: int
    lasts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What came of it: minutes waited by tier (business time), spread of load, and who was never served."""

    waited: dict[str, list[float]] = field(default_factory=lambda: {key: [] for key in TIERS})
    spread: list[float] = field(default_factory=list)  # Gini of open for capacity, of who is here
    given: dict[int, float] = field(default_factory=dict)  # conversations by agent, for capacity
    unserved: list[int] = field(default_factory=list)

    @property
    def load_gini(self) -> float:
        """Give the mean spread of what is open at a moment."""
        return fmean(self.spread)

    @property
    def work_gini(self) -> float:
        """Give the spread of the week's conversations for each hour and place of a shift."""
        return gini(list(self.given.values()))


def shifts(number: int = 20) -> list[Shift]:
    """Make agents: a fourth begins at each hour, a fifth works at weekends too; two or three places each."""
    made = []
    for one in range(1, number + 1):
        start = STARTS[one % 4]
        agent = Answerer(
            id=one,
            key=f"agent{one}",
            name=f"Agent {one}",
            teams=frozenset({"support"}),
            present=True,
            load=0,
            capacity=2 + one % 2,
            idle_since=MONDAY - timedelta(minutes=one),
        )
        days = frozenset(range(7)) if one % 5 == 0 else frozenset(range(5))
        made.append(Shift(agent=agent, days=days, start=start, end=start + 8))
    return made


def arrivals(seed: int = SEED, days: int = 7, share: float = USUAL) -> list[Arrival]:
    """Make customers as they come: a Poisson process of each hour's rate, *share* of them all."""
    dice = random.Random(seed)
    made: list[Arrival] = []
    for minute, rate in _rates(days):
        coming = dice.expovariate(1.0)
        while coming < rate * share:  # as many as fit into this minute
            tier = dice.choices(list(TIERS), [part for part, _ in TIERS.values()])[0]
            at = MONDAY + timedelta(minutes=minute)
            matter = Matter(
                id=len(made) + 1, team="support", channel="sms", tier=tier, opened_at=at, waiting_since=at
            )
            lasts = 1 + int(dice.expovariate(1 / LASTS))
            made.append(Arrival(matter=matter, minute=minute, lasts=lasts))
            coming += dice.expovariate(1.0)
    return made


def _rates(days: int) -> Iterator[tuple[int, float]]:
    for minute in range(days * 1440):
        day, hour = divmod(minute // 60, 24)
        yield minute, (WEEKDAY if day % 7 < 5 else WEEKEND)[hour] / 60


def ours(waiting: Sequence[Matter], crew: Sequence[Answerer], now: datetime) -> Pairs:
    """Choose as the house does."""
    return [
        (one.matter_id, one.agent_id) for one in give(waiting, crew, HOUSE, now) if one.agent_id is not None
    ]


def in_turn() -> Choose:
    """Give who waits longest to the next agent in the circle who is here and has room."""
    last = 0

    def choose(waiting: Sequence[Matter], crew: Sequence[Answerer], now: datetime) -> Pairs:
        nonlocal last
        room = {one.id: one.capacity - one.load for one in crew if one.present}
        pairs: Pairs = []
        for matter in sorted(waiting, key=lambda one: (one.waiting_since, one.id)):
            free = [one for one, places in room.items() if places > 0]
            if not free:
                break
            last = min(free, key=lambda one: (one <= last, one))
            room[last] -= 1
            pairs.append((matter.id, last))
        return pairs

    return choose


def play(coming: Sequence[Arrival], crew: Sequence[Shift], choose: Choose) -> Week:
    """Let the week pass, minute by minute, until all is answered that can be."""
    week = Week()
    by_id = {one.matter.id: one for one in coming}
    waiting: dict[int, Matter] = {}
    ends: dict[int, list[int]] = {}  # agents whose conversations end in a minute
    load = {one.agent.id: 0 for one in crew}
    idle = {one.agent.id: one.agent.idle_since for one in crew}
    queue = list(reversed(coming))
    for minute in range(coming[-1].minute + 2 * 1440):
        now = MONDAY + timedelta(minutes=minute)
        for agent in ends.pop(minute, ()):
            load[agent] -= 1
        while queue and queue[-1].minute <= minute:
            one = queue.pop()
            waiting[one.matter.id] = one.matter
        here = [_seen(one, minute, load, idle) for one in crew]
        if waiting and any(one.present and one.load < one.capacity for one in here):
            for matter_id, agent in choose(list(waiting.values()), here, now):
                load[agent] += 1
                idle[agent] = now
                ends.setdefault(minute + by_id[matter_id].lasts, []).append(agent)
                matter = waiting.pop(matter_id)
                waited = between(OPEN, matter.waiting_since, now) / timedelta(minutes=1)
                week.waited[matter.tier].append(waited)
                week.given[agent] = week.given.get(agent, 0.0) + 1
        present = [one for one in here if one.present]
        if minute % 15 == 0 and present:
            week.spread.append(gini([load[one.id] / one.capacity for one in present]))
        if not queue and not waiting:
            break
    for shift in crew:
        places = shift.agent.capacity * (shift.end - shift.start) * len(shift.days)
        week.given[shift.agent.id] = week.given.get(shift.agent.id, 0.0) / places
    week.unserved.extend(waiting)
    return week


def _seen(shift: Shift, minute: int, load: dict[int, int], idle: dict[int, datetime]) -> Answerer:
    one = shift.agent
    return Answerer(
        id=one.id,
        key=one.key,
        name=one.name,
        teams=one.teams,
        present=shift.covers(minute),
        load=load[one.id],
        capacity=one.capacity,
        idle_since=idle[one.id],
    )


def gini(values: Sequence[float]) -> float:
    """Give how unequal values are, 0 (all alike) to 1: half their mean difference over their mean."""
    total = sum(values)
    if not total:
        return 0.0
    ranked = sum(rank * value for rank, value in enumerate(sorted(values), 1))
    return 2 * ranked / (len(values) * total) - (len(values) + 1) / len(values)


def bound() -> float:
    """Give the minutes after which a customer goes before all tiers."""
    return HOUSE.bound * (longest(HOUSE) / timedelta(minutes=1))
