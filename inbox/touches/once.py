"""Touches made once: those that are approved go with the rules."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

import structlog

from config.errors import Mistake
from config.touches import Book, touch_of, wording_of
from inbox.touches.rules import Rules
from inbox.touches.ways import with_templates
from routing.touch import Touch
from storage import one_offs
from storage.database import Database

A_DAY: Final = timedelta(days=1)

log = structlog.get_logger()


async def with_one_offs(database: Database, rules: Rules, book: Book, now: datetime | None = None) -> Rules:
    """Add the one-offs that are approved; one that makes no sense any more is left out and logged.

    With *now*, what was planned for a day that is over everywhere, and waits nowhere, is done. The ways have
    the templates of this moment: a channel learns them while we run.
    """
    async with database.reading() as connection:
        rows = await one_offs.every(connection, ("approved",))
    touches, wordings = dict(rules.touches), dict(rules.wordings)
    for row in rows:
        try:
            touch = touch_of(row.definition, book=book)
            if now is not None and _is_past(touch, now) and await _is_done(database, row.name, touch.key):
                continue
            touches[touch.key], wordings[touch.key] = touch, wording_of(row.definition, book=book)
        except Mistake as mistake:
            log.error("a one-off cannot be sent", name=row.name, mistake=str(mistake))
    return replace(rules, touches=touches, wordings=wordings, ways=with_templates(rules.ways, rules.specs))


def _is_past(touch: Touch, now: datetime) -> bool:
    """Whether its day, and the time it is valid after it, are over in every zone."""
    if touch.on is None:
        return False
    return now > datetime.combine(touch.on, time(), tzinfo=UTC) + 2 * A_DAY + (touch.valid or A_DAY)


async def _is_done(database: Database, name: str, kind: str) -> bool:
    async with database.writing() as connection:
        if await one_offs.is_under_way(connection, kind):
            return False
        return await one_offs.change(connection, name, state="done")
