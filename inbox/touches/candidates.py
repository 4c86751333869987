"""Pages of those whom a kind of touch may be for, by what it starts from."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Final, assert_never

from inbox.touches.spans import A_DAY, EAST, WEST, Span, anchors, at_midnight, years_days
from routing.birthdays import birthdays_asked
from routing.touch import Limits, Touch
from storage import touch_candidates, touch_overdue
from storage.database import Connection
from storage.touch_rows import Candidate

PAGE: Final = 500

Reading = Callable[[], AbstractAsyncContextManager[Connection]]
Page = list[Candidate]


def pages(reading: Reading, touch: Touch, limits: Limits, span: Span) -> AsyncIterator[Page]:
    """Read candidates of *touch* for the days of *span*, at most 500 at once."""
    match touch.start:
        case "birthday":
            return _birthdays(reading, touch, span)
        case "once":
            return _everybody(reading, touch, span)
        case "overdue":
            return _overdue(reading, touch, limits, span)
        case "anniversary":
            return _anniversaries(reading, touch, span)
        case "delivered" | "closed" | "unanswered" | "rated":
            return _anchored(reading, touch, *anchors(touch, limits, span))
        case other:
            assert_never(other)


async def _birthdays(reading: Reading, touch: Touch, span: Span) -> AsyncIterator[Page]:
    for month, day in sorted(birthdays_asked(span.first, span.last, touch.days or 0)):
        after: tuple[int, ...] = ()
        while True:
            async with reading() as connection:
                page = await touch_candidates.birthdays(connection, month, day, after, PAGE)
            if page:
                yield page
            if len(page) < PAGE:
                break
            after = page[-1].cursor


async def _everybody(reading: Reading, touch: Touch, span: Span) -> AsyncIterator[Page]:
    if touch.on is None or not span.first <= touch.on <= span.last:
        return
    after: tuple[int, ...] = ()
    while True:
        async with reading() as connection:
            page = await touch_candidates.everybody(connection, after, PAGE)
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1].cursor


async def _anchored(reading: Reading, touch: Touch, since: datetime, until: datetime) -> AsyncIterator[Page]:
    after: tuple[int, ...] = ()
    while True:
        async with reading() as connection:
            page = await _anchors(connection, touch, since, until, after)
        if useful := [one for one in page if one.anchor_ref]:
            yield useful
        if not page:
            return
        after = page[-1].cursor


async def _anchors(
    connection: Connection, touch: Touch, since: datetime, until: datetime, after: tuple[int, ...]
) -> Page:
    match touch.start:
        case "delivered":
            return await touch_candidates.delivered(connection, since, until, after, PAGE)
        case "closed":
            return await touch_candidates.closed(connection, since, until, after, PAGE)
        case "unanswered":
            return await touch_candidates.unanswered(connection, since, until, after, PAGE)
        case "anniversary":
            return await touch_candidates.first_orders(connection, since, until, after, PAGE)
        case _:
            least = touch.rating_at_least
            return await touch_candidates.rated(connection, since, until, after, PAGE, least)


async def _anniversaries(reading: Reading, touch: Touch, span: Span) -> AsyncIterator[Page]:
    """Look at the same days of each year there were orders in, as wide as clocks are apart."""
    async with reading() as connection:
        oldest = await touch_candidates.oldest_order(connection)
    if oldest is None:
        return
    shift = timedelta(days=touch.days or 0)
    first, last = span.first - shift, span.last - shift
    for year in range(last.year - 1, oldest.year - 2, -1):
        for begin, end in years_days(first, last, year):
            since, until = at_midnight(begin) - EAST, at_midnight(end) + A_DAY + WEST
            if until < oldest:
                return
            async for page in _anchored(reading, touch, since, until):
                yield page


async def _overdue(reading: Reading, touch: Touch, limits: Limits, span: Span) -> AsyncIterator[Page]:
    """Gather pages from many stretches: each has few who are overdue, and a page costs what it costs."""
    since, until = anchors(touch, limits, span)
    found: list[touch_overdue.Late] = []
    after: int | None = 0
    while after is not None:
        async with reading() as connection:
            end = await touch_overdue.stretch(connection, after)
            if end is not None:
                found += await touch_overdue.overdue(
                    connection, since, until, after, end, touch.overdue_factor
                )
        while len(found) >= PAGE or (found and end is None):
            async with reading() as connection:
                page = await touch_overdue.followed(connection, found[:PAGE])
            found = found[PAGE:]
            if page:
                yield page
        after = end
        await asyncio.sleep(0)
