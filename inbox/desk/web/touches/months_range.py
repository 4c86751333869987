"""The months a report is about, as an address names them: 2026-01 to 2026-10."""

from datetime import date, timedelta

from inbox.desk.web.touches.days import Span
from inbox.desk.web.touches.months import month_of

MOST: int = 36


def months_of(first: str, last: str, today: date) -> Span:
    """Read a range of months, at most 36; without one, this year so far or its last twelve months."""
    begin = month_of(first, (today - timedelta(days=334)))
    end = month_of(last, today)
    begin = min(begin, end)
    if (end.year - begin.year) * 12 + end.month - begin.month >= MOST:
        begin = _back(end, MOST - 1)
    return Span(first=begin, last=_next(end) - timedelta(days=1))


def choices(oldest: str | None, today: date) -> list[date]:
    """List the months that can be chosen, newest first."""
    at = _next(today.replace(day=1))
    found: list[date] = []
    until = month_of((oldest or "")[:7], today)
    while at >= until and len(found) < 120:
        found.append(at)
        at = _back(at, 1)
    return found[1:] if len(found) > 1 else found


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _back(first: date, months: int) -> date:
    total = first.year * 12 + first.month - 1 - months
    return date(total // 12, total % 12 + 1, 1)
