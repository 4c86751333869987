"""The calendar with one day, or some, looked at: nothing is sent by looking."""

from collections import Counter
from datetime import date, timedelta
from urllib.parse import urlencode

from aiohttp import web

from inbox.desk.web.site import Visit
from inbox.desk.web.touches.days import LONGEST, Span, cursor_of, due
from inbox.desk.web.touches.ground import ground, shown
from inbox.desk.web.touches.lines import lines
from inbox.desk.web.touches.load import plot
from inbox.desk.web.touches.months import month, month_of
from inbox.desk.web.touches.words import BY_KEY, CHIPS


async def calendar(visit: Visit) -> web.StreamResponse:
    """Show a month, and what is due on the day or days that the address names."""
    query, stands = visit.request.query, await ground(visit)
    today = visit.now.astimezone(visit.reader.zone).date()
    span = span_of(query.get("day", ""), query.get("from", ""), query.get("to", ""), today)
    chip = query.get("state", "") if query.get("state", "") in BY_KEY else ""
    after = cursor_of(query.get("after", ""))
    database, rules = visit.app.database, stands.rules
    found = await due(database, rules, span, visit.now, chip=chip, after=after)
    async with database.reading() as connection:
        views = await lines(
            connection,
            found.rows,
            rules=rules,
            kinds=stands.kinds,
            names=stands.names,
            channels=visit.app.channels,
            at=visit.reader,
        )
    birthdays = frozenset(key for key, touch in stands.kinds.items() if touch.start == "birthday")
    first = month_of(query.get("month", ""), span.first)
    return await shown(
        visit,
        "calendar",
        "calendar",
        stands,
        month=await month(visit, rules, birthdays, first, today),
        today=today,
        span=span,
        title=title_of(span, today),
        due=found,
        chips=chips(found.counts),
        chip=chip,
        lines=views,
        plot=plot(found.loads, rules.ways, visit.app.channels, visit.reader),
        here_query=address_of(span),
        nothing_on=not rules.touches,
        moved=after is not None,
    )


def span_of(day: str, first: str, last: str, today: date) -> Span:
    """Read a day or a range, at most 62 days; what cannot be read is today."""
    one = _date(day)
    begin, end = (one, one) if one else (_date(first), _date(last))
    begin = begin or end or today
    end = min(max(end or begin, begin), begin + LONGEST)
    return Span(first=begin, last=end)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2200, 1, 1) else None


def address_of(span: Span) -> str:
    """Write a span as part of an address."""
    if span.one:
        return urlencode({"day": span.first.isoformat()})
    return urlencode({"from": span.first.isoformat(), "to": span.last.isoformat()})


def title_of(span: Span, today: date) -> str:
    """Name the days: Today, Tuesday 24 November."""
    if not span.one:
        return f"{_named(span.first, today)} to {_named(span.last, today)}"
    near = {0: "Today, ", 1: "Tomorrow, ", -1: "Yesterday, "}.get(
        (span.first - today) // timedelta(days=1), ""
    )
    return near + _named(span.first, today)


def _named(day: date, today: date) -> str:
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day:%A} {day.day} {day:%B}{year}"


def chips(counts: Counter[str]) -> list[tuple[str, str, str, int]]:
    """List the chips that count anybody: key, word, look and count."""
    return [(one.key, one.word, one.look, counts[one.key]) for one in CHIPS if counts[one.key]]
