"""Touches made once: those that are approved go with the rules."""

from dataclasses import replace

import structlog

from config.errors import Mistake
from config.touches import Book, touch_of, wording_of
from inbox.touches.rules import Rules
from storage import one_offs
from storage.database import Database

log = structlog.get_logger()


async def with_one_offs(database: Database, rules: Rules, book: Book) -> Rules:
    """Add the one-offs that are approved; one that makes no sense any more is left out and logged."""
    async with database.reading() as connection:
        rows = await one_offs.every(connection, ("approved",))
    touches, wordings = dict(rules.touches), dict(rules.wordings)
    for row in rows:
        try:
            touch = touch_of(row.definition, book=book)
            touches[touch.key], wordings[touch.key] = touch, wording_of(row.definition, book=book)
        except Mistake as mistake:
            log.error("a one-off cannot be sent", name=row.name, mistake=str(mistake))
    return replace(rules, touches=touches, wordings=wordings)
