"""The report: figures, effect, what became of every due touch, each kind by itself, and a download."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from config.telling import amount
from inbox.desk.web.site import Visit
from inbox.desk.web.touches.days import Span
from inbox.desk.web.touches.ground import Ground, ground, shown
from inbox.desk.web.touches.lifts import Effects, Spent, effects, points
from inbox.desk.web.touches.months_range import choices, months_of
from inbox.desk.web.touches.words import BY_STATE, CHIPS, became
from storage import touch_report, touch_revenue
from storage.touch_report import Ending, Sums
from storage.touch_states import SENT, UNKNOWN

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS: Final = (
    "occasion",
    "due",
    *(chip.key.replace("-", "_") for chip in CHIPS),
    "handed_off",
    "arrived",
    "read",
    "answered",
    "said_stop",
    "touched",
    "touched_bought",
    "left_out_people",
    "left_out_bought",
    "difference_points",
    "low_points",
    "high_points",
    "verdict",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One bar: what became of how many, in per cent of all."""

    name: str
    look: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OfKind:
    """One kind of touch by itself: its counts by chip, what was heard, and why some failed."""

    key: str
    name: str
    due: int
    counts: Counter[str]
    sums: Sums
    whys: Sequence[Why]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it for some months; *sent* went out for certain, or *perhaps*, which are counted in it too."""

    span: Span
    due: int
    sent: int
    perhaps: int
    answered: int
    whys: Sequence[Why]
    kinds: Sequence[OfKind]
    effects: Effects
    spent: Spent


async def report(visit: Visit) -> web.StreamResponse:
    """Show the report of some months, of one kind where the address names it."""
    stands = await ground(visit)
    made, oldest = await _made(visit, stands)
    today = visit.now.astimezone(visit.reader.zone).date()
    kind = visit.request.query.get("kind", "")
    return await shown(
        visit,
        "report",
        "report",
        stands,
        here="report",
        report=made,
        months=choices(oldest, today),
        kind=kind if kind in stands.names else "",
        names=stands.names,
        chips=CHIPS,
        points=points,
    )


async def download(visit: Visit) -> web.StreamResponse:
    """Give the report as CSV, a row a kind; what a spreadsheet would take for a formula is quoted."""
    made, _ = await _made(visit, await ground(visit))
    name = f"touches-{made.span.first:%Y-%m}-{made.span.last:%Y-%m}.csv"
    return web.Response(
        body=("\ufeff" + table(made)).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _made(visit: Visit, stands: Ground) -> tuple[Report, str | None]:
    query = visit.request.query
    today = visit.now.astimezone(visit.reader.zone).date()
    span = months_of(query.get("from", ""), query.get("to", ""), today)
    kind = query.get("kind", "")
    kinds = (kind,) if kind in stands.names else ()
    async with visit.app.database.reading() as connection:
        ended = await touch_report.endings(connection, span.first, span.last, kinds)
        heard = await touch_report.sums(connection, span.first, span.last, kinds)
        groups = await touch_report.groups(connection, span.first, span.last, kinds)
        oldest = await touch_report.first_day(connection)
        spent = await touch_revenue.revenue(connection, span.first, span.last, kinds)
    whole = Report(
        span=span,
        due=sum(one.count for one in ended),
        sent=sum(one.count for one in ended if one.state in (SENT, UNKNOWN)),
        perhaps=sum(one.count for one in ended if one.state == UNKNOWN),
        answered=sum(one.answered for one in heard.values()),
        whys=whys(ended),
        kinds=of_kinds(ended, heard, stands.names),
        effects=effects(groups, stands.names, spent),
        spent=spent,
    )
    return whole, oldest


def whys(ended: Sequence[Ending]) -> list[Why]:
    """Name what became of all, the most first; the counts add up to all."""
    counted: Counter[tuple[str, str]] = Counter()
    for one in ended:
        counted[became(one.state, one.reason), BY_STATE[one.state].look] += one.count
    total = sum(counted.values()) or 1
    return [
        Why(name=name, look=look, count=count, share=100 * count / total)
        for (name, look), count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]


def of_kinds(ended: Sequence[Ending], heard: Mapping[str, Sums], names: Mapping[str, str]) -> list[OfKind]:
    """Part the counts by kind, the largest first."""
    by_kind: dict[str, list[Ending]] = {}
    for one in ended:
        by_kind.setdefault(one.kind, []).append(one)
    found = []
    for key, mine in by_kind.items():
        counts: Counter[str] = Counter()
        for one in mine:
            counts[BY_STATE[one.state].key] += one.count
        found.append(
            OfKind(
                key=key,
                name=names.get(key, key),
                due=sum(counts.values()),
                counts=counts,
                sums=heard.get(key, Sums(kind=key)),
                whys=whys([one for one in mine if BY_STATE[one.state].look == "late"]),
            )
        )
    return sorted(found, key=lambda one: (-one.due, one.name))


def table(made: Report) -> str:
    """Write the report as CSV; what was spent has a pair of columns for each ISO 4217 currency."""
    out = io.StringIO()
    writer = csv.writer(out)
    currencies = sorted({currency for sums in made.spent.values() for currency in sums})
    sides = [(currency, control) for currency in currencies for control in (False, True)]
    spent = [f"{'left_out' if control else 'touched'}_spent_{currency}" for currency, control in sides]
    writer.writerow([*COLUMNS, *map(guarded, spent)])
    by_name = {one.name: one for one in made.effects.rows}
    for one in made.kinds:
        sums, effect = one.sums, by_name.get(one.name)
        compared: list[object] = [""] * 8
        if effect is not None:
            told = effect.lift
            shares = [round(share * 100, 2) for share in (told.absolute, told.low, told.high)]
            people = [effect.touched, effect.bought, effect.control, effect.control_bought]
            compared = [*people, *shares, effect.verdict[0]]
        heard = [sums.handed, sums.delivered, sums.read, sums.answered, sums.stopped]
        counts = [one.counts[chip.key] for chip in CHIPS]
        paid = [amount(made.spent.get((one.key, control), {}).get(code, 0), code) for code, control in sides]
        writer.writerow([guarded(one.name), one.due, *counts, *heard, *compared, *paid])
    return out.getvalue()


def guarded(text: str) -> str:
    """Keep a spreadsheet from taking words for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text
