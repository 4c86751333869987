"""Hours as they are written, like "mon-fri 9:00-18:00", and the spans of a week that they mean."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator

from routing.answering import Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60  # minutes
WEEK = 7 * DAY
LOOKS = "hours are written like 'mon-fri 9:00-18:00', 'sat 10:00-14:00' or 'fri 22:00-6:00'"
WRITTEN = re.compile(r"([a-z,-]+) +(\d.*)")
TIMES = re.compile(r"(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)")


def spans(written: Sequence[str]) -> tuple[Span, ...]:
    """Read lines of hours as spans in the order of the week, where those that touch are one.

    An end before its start lies on the next day. Raises ValueError, with how hours are written.
    """
    minutes: list[tuple[int, int]] = sorted(piece for line in written for piece in _pieces(line))
    joined: list[tuple[int, int]] = []
    for start, end in minutes:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(span for start, end in joined for span in _by_day(start, end))


def minutes_of(week: Sequence[Span]) -> frozenset[int]:
    """List the minutes of the week that spans are open, Monday's midnight being 0."""
    return frozenset(
        minute
        for span in week
        for minute in range(span.weekday * DAY + span.start, span.weekday * DAY + span.end)
    )


def _pieces(line: str) -> Iterator[tuple[int, int]]:
    """Yield each opening of a line as minutes of the week; what goes over its end begins it."""
    found = WRITTEN.fullmatch(line.strip().lower())
    if found is None:
        raise ValueError(LOOKS)
    days = [day for part in found[1].split(",") for day in _days(part)]
    for part in found[2].split(","):
        start, end = _times(part.strip())
        for day in days:
            begin, until = day * DAY + start, day * DAY + end
            yield begin, min(until, WEEK)
            if until > WEEK:
                yield 0, until - WEEK


def _days(part: str) -> list[int]:
    names = part.split("-")
    if len(names) > 2 or any(name not in DAYS for name in names):
        raise ValueError(f"{part!r} is no day; {LOOKS}")
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _times(part: str) -> tuple[int, int]:
    found = TIMES.fullmatch(part)
    if found is None:
        raise ValueError(LOOKS)
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if start >= DAY or end > DAY:
        raise ValueError(f"{part!r} is no time of the day; {LOOKS}")
    if start == end:
        raise ValueError(f"{part!r} never opens; all day is '0:00-24:00'")
    return start, end if end > start else end + DAY


def _by_day(start: int, end: int) -> Iterator[Span]:
    edges = [start, *range((start // DAY + 1) * DAY, end, DAY), end]
    for begin, until in pairwise(edges):
        day = begin // DAY
        yield Span(weekday=day, start=begin - day * DAY, end=until - day * DAY)


def _readable(line: str) -> str:
    spans([line])
    return line


Opening = Annotated[str, AfterValidator(_readable)]
