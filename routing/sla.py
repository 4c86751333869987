"""By when a customer is promised an answer, counted in the team's business time."""

from datetime import datetime, timedelta

from routing.answering import House, Matter, Promised
from routing.hours import business
from routing.pyramid import hours_of, target_of


def promised(matter: Matter, house: House, *, team: str, now: datetime) -> Promised:
    """Give what is promised of a matter that waits for us in *team*.

    The answer is due the target's time after the customer began to wait, the warning comes at the
    house's share of it, and the resolution is due from when the matter was opened. A customer who
    begins to wait later than *now* (a clock ahead of ours) waits from *now*.
    """
    target, hours = target_of(matter, house), hours_of(house, team)
    since = min(matter.waiting_since, now)
    reply = target.next_reply if matter.answered else target.first_reply
    resolution = target.resolution
    return Promised(
        reply=("next" if matter.answered else "first") if reply is not None else "",
        reply_due_at=business(hours, since, reply) if reply is not None else None,
        warn_at=business(hours, since, reply * house.warn_share) if reply is not None else None,
        resolve_due_at=business(hours, min(matter.opened_at, now), resolution)
        if resolution is not None
        else None,
    )


def left(promised: Promised, now: datetime) -> timedelta | None:
    """Give the time left to answer, below zero when it is late; None where nothing is promised."""
    return promised.reply_due_at - now if promised.reply_due_at is not None else None
