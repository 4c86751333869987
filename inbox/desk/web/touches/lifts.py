"""Whether touches brought buyers, by kind: a dot, its 95 % line, a verdict, and the numbers behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from babel import Locale

from config.telling import Money, told
from inbox.desk.web.touches.words import VERDICTS
from routing.comparing import Lift, lift
from storage.touch_report import Group

EDGE = 4.0  # per cent of the plot's width kept free at either side
REACH = 2.15  # marks that the plot is wide to either side
Spent = Mapping[tuple[str, bool], Mapping[str, int]]
"""Minor units by kind, side (True: left out) and ISO 4217 currency."""
NOTHING: Spent = MappingProxyType({})
STEPS = (1, 2, 5, 10, 20, 25, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One kind: people, buyers and what they spent on both sides, the difference, and its dot and line."""

    name: str
    touched: int
    bought: int
    control: int
    control_bought: int
    lift: Lift
    spent: str = ""
    control_spent: str = ""
    dot: float = 50.0
    low: float = 50.0
    high: float = 50.0

    @property
    def clear(self) -> bool:
        """Whether the line stays on one side of zero."""
        return self.lift.verdict != "unclear"

    @property
    def verdict(self) -> tuple[str, str]:
        """The verdict in words, and its look."""
        return VERDICTS[self.lift.verdict]

    @property
    def says(self) -> str:
        """The plot's line as a sentence."""
        at, low, high = (points(one) for one in (self.lift.absolute, self.lift.low, self.lift.high))
        return f"{self.name}: {at} points, between {low} and {high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """All kinds, and the marks of the axis: where each stands and its words."""

    rows: Sequence[Effect]
    marks: Sequence[tuple[float, str]]

    @property
    def brought(self) -> int | None:
        """How many buyers touches brought, where we can tell; None where we can nowhere."""
        told = [one.lift.incremental for one in self.rows if one.clear]
        return round(sum(told)) if told else None


def points(share: float) -> str:
    """Write a share as points with its sign: +6.2, −1.4."""
    value = round(share * 100, 1)
    return f"{'−' if value < 0 else '+' if value > 0 else ''}{abs(value):.1f}"


def effects(groups: Sequence[Group], names: Mapping[str, str], spent: Spent = NOTHING) -> Effects:
    """Compare the kinds of which somebody was left out, the clearest first."""
    by_kind: dict[str, dict[bool, Group]] = {}
    for group in groups:
        by_kind.setdefault(group.kind, {})[group.control] = group
    found = [
        _effect(names.get(kind, kind), pair[False], pair[True], spent)
        for kind, pair in by_kind.items()
        if len(pair) == 2
    ]
    found.sort(key=lambda one: (not one.clear, -one.touched))
    farthest = max((abs(end) for one in found for end in (one.lift.low, one.lift.high)), default=0.1) * 100
    step = next((step for step in STEPS if step * REACH >= farthest), 50)
    scale = (50 - EDGE) / (step * 2)
    placed = [_placed(one, scale) for one in found]
    marks = [(50 + at * scale, "no difference" if at == 0 else points(at / 100)[:-2]) for at in _axis(step)]
    return Effects(rows=placed, marks=marks)


def _axis(step: int) -> list[int]:
    return [-2 * step, -step, 0, step, 2 * step]


def money(sums: Mapping[str, int]) -> str:
    """Write sums in minor units by currency: €42.50, $10.00."""
    locale = Locale("en")
    return ", ".join(
        told("total", Money(minor=sums[currency], currency=currency), locale, "UTC")
        for currency in sorted(sums)
    )


def _effect(name: str, touched: Group, control: Group, spent: Spent) -> Effect:
    return Effect(
        name=name,
        touched=touched.people,
        bought=touched.buyers,
        control=control.people,
        control_bought=control.buyers,
        lift=lift(touched.people, touched.buyers, control.people, control.buyers),
        spent=money(spent.get((touched.kind, False), {})),
        control_spent=money(spent.get((control.kind, True), {})),
    )


def _placed(one: Effect, scale: float) -> Effect:
    def at(share: float) -> float:
        return min(100.0, max(0.0, 50 + share * 100 * scale))

    return replace(one, dot=at(one.lift.absolute), low=at(one.lift.low), high=at(one.lift.high))
