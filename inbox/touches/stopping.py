"""Follow-ups that something has ended, called off as soon as the loop sees it."""

import asyncio
from collections.abc import Collection
from datetime import datetime
from typing import Final

from inbox.touches.rules import Rules
from storage import touch_stops, touches
from storage.database import Database

STRETCH: Final = 1_000
"""Touches looked at in one reading, so that hooks need not wait for a campaign to be gone through."""


async def call_off(database: Database, rules: Rules, now: datetime, stretch: int = STRETCH) -> int:
    """End the follow-ups whose customer wrote, bought, returned or is in an agent's hands."""
    asked = _asked(rules)
    after, done = None, 0
    while asked:
        async with database.reading() as connection:
            last = await touch_stops.stretch(connection, after, stretch)
            if last is None:
                break
            found = {
                reason: await touch_stops.among(connection, which, after, last) for reason, which in asked
            }
        if any(found.values()):
            async with database.writing() as connection:
                for reason, keys in found.items():
                    if keys:
                        done += await touch_stops.end(connection, database.ids, keys, reason, now)
        after = last
        await asyncio.sleep(0)
    return done


def _asked(rules: Rules) -> list[tuple[str, touch_stops.Which]]:
    """Say by which reason what ends; the first that holds is told."""
    on = rules.touches.values()
    by_stop = {
        stop: tuple(touch.key for touch in on if stop in touch.stops)
        for stop in ("writes", "buys", "returns")
    }
    follow_ups = tuple(touch.key for touch in on if touch.start not in ("birthday", "once"))
    return [
        (reason, which(kinds))
        for reason, which, kinds in (
            ("order_returned", touch_stops.returned, by_stop["returns"]),
            ("bought_again", touch_stops.bought, by_stop["buys"]),
            ("customer_wrote_first", touch_stops.wrote, by_stop["writes"]),
            ("taken_by_agent", touch_stops.taken, follow_ups),
        )
        if kinds
    ]


async def expire(
    database: Database, now: datetime, reason: str = "expired", *, kinds: Collection[str] | None = None
) -> int:
    """End what waits and is too late; what is of none of the *kinds* that are on was switched off."""
    done = 0
    while True:
        async with database.reading() as connection:
            if not await touches.any_over(connection, now):
                return done
        async with database.writing() as connection:
            done += await touches.expire(connection, database.ids, now, reason, kinds)
