"""One day of touches, or some: from rows where they are, from the planner where they are not yet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import merge, nsmallest

from inbox.desk.web.touches.previewing import planned_to, preview
from inbox.desk.web.touches.words import BY_KEY, BY_STATE
from inbox.touches.rules import Rules
from storage import touch_days
from storage.database import Database
from storage.instants import from_micros, to_micros
from storage.touch_days import PAGE, Cursor, Load, quarter_of
from storage.touch_rows import TouchRow
from storage.touch_states import WAITING

LONGEST: timedelta = timedelta(days=62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The customers' own days *first* to *last*."""

    first: date
    last: date

    @property
    def one(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last


@dataclass(slots=True, kw_only=True)
class Due:
    """What is due: counts by chip that add up to *total*, a page of rows, and the load of all."""

    counts: Counter[str] = field(default_factory=Counter)
    rows: list[TouchRow] = field(default_factory=list)
    loads: Sequence[Load] = ()
    more: str = ""
    previewed: bool = False

    @property
    def total(self) -> int:
        """How many customers' touches are due."""
        return sum(self.counts.values())


def cursor_of(text: str) -> Cursor | None:
    """Read where a page ended, as `cursor_after` wrote it; None for what is not one."""
    parts = text.split("-")
    try:
        micros, customer, key = (int(part) for part in parts)
        return from_micros(micros), customer, key
    except (ValueError, OverflowError):
        return None


def cursor_after(row: TouchRow) -> str:
    """Write where a page ends."""
    return f"{to_micros(row.due_at)}-{row.customer_id}-{row.id}"


def place(row: TouchRow) -> Cursor:
    """Say where a row stands among the others."""
    return row.due_at, row.customer_id, row.id


async def due(
    database: Database,
    rules: Rules,
    span: Span,
    now: datetime,
    *,
    chip: str = "",
    after: Cursor | None = None,
) -> Due:
    """Read what is due on the days of *span*: all counted, fifty of *chip* shown behind *after*."""
    states = BY_KEY[chip].states if chip in BY_KEY else ()
    async with database.reading() as connection:
        by_state = await touch_days.by_state(connection, span.first, span.last)
        rows = await touch_days.page(connection, span.first, span.last, states, after, PAGE + 1)
        loads = await touch_days.loads(connection, span.first, span.last)
    found = Due()
    for state, number in by_state.items():
        found.counts[BY_STATE[state].key] += number
    ahead = await _ahead(database, rules, span, now)
    found.previewed = bool(ahead)
    found.counts.update(BY_STATE[row.state].key for row in ahead)
    fits = [
        row for row in ahead if (not states or row.state in states) and (after is None or place(row) > after)
    ]
    both = list(merge(rows, nsmallest(PAGE + 1, fits, key=place), key=place))
    found.rows = both[:PAGE]
    found.more = cursor_after(found.rows[-1]) if len(both) > PAGE else ""
    found.loads = [*loads, *_loads(ahead)]
    return found


async def _ahead(database: Database, rules: Rules, span: Span, now: datetime) -> list[TouchRow]:
    """Preview the days that are neither gone nor planned."""
    begin = now.date() - timedelta(days=1)
    planned = await planned_to(database, now)
    begin = max(span.first, begin, begin if planned is None else planned + timedelta(days=1))
    if begin > span.last:
        return []
    return [row async for page in preview(database, rules, begin, span.last, now) for row in page]


def _loads(rows: Sequence[TouchRow]) -> list[Load]:
    counted = Counter((quarter_of(row.due_at), row.channel) for row in rows if row.state in WAITING)
    return [
        Load(at=at, channel=channel, gone=False, count=number) for (at, channel), number in counted.items()
    ]
