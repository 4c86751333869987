"""Follow-ups that something has ended, called off as soon as the loop sees it."""

from datetime import datetime

from inbox.touches.rules import Rules
from storage import touch_stops, touches
from storage.database import Database


async def call_off(database: Database, rules: Rules, now: datetime) -> int:
    """End the follow-ups whose customer wrote, bought, returned or is in an agent's hands."""
    on = rules.touches.values()
    by_stop = {
        stop: tuple(touch.key for touch in on if stop in touch.stops)
        for stop in ("writes", "buys", "returns")
    }
    follow_ups = tuple(touch.key for touch in on if touch.start not in ("birthday", "once"))
    done = 0
    async with database.writing() as connection:
        for kinds, ended in (
            (by_stop["returns"], touch_stops.returned),
            (by_stop["buys"], touch_stops.bought),
            (by_stop["writes"], touch_stops.wrote),
            (follow_ups, touch_stops.taken),
        ):
            if kinds:
                done += await ended(connection, database.ids, kinds, now)
    return done


async def expire(database: Database, now: datetime, reason: str = "expired") -> int:
    """End what waits and is too late."""
    done = 0
    while True:
        async with database.writing() as connection:
            some = await touches.expire(connection, database.ids, now, reason)
        done += some
        if not some:
            return done
