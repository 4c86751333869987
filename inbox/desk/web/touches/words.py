"""How touches are told on pages: chips by state, verdicts, what starts and what stops them."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from routing.reasons import CHANNEL_WHYS, REASONS
from routing.touch import Segment, Touch
from storage.rows import Customer
from storage.touch_states import (
    CANCELLED,
    CLAIMED,
    CONTROL,
    DEFERRED,
    EXPIRED,
    FAILED,
    HANDED_OFF,
    HELD,
    PLANNED,
    SENT,
    SUPPRESSED,
    UNKNOWN,
)


class Chip(NamedTuple):
    """How some states are shown: its key in an address, its word after a count, its look, its name."""

    key: str
    word: str
    look: str
    name: str
    states: tuple[str, ...]


CHIPS: Final = (
    Chip("sent", "sent", "fine", "Sent", (SENT,)),
    Chip("out", "on the way", "accent", "On the way", (CLAIMED, HANDED_OFF)),
    Chip("planned", "planned", "", "Planned", (PLANNED,)),
    Chip("held", "held", "touch", "Held", (HELD,)),
    Chip("deferred", "deferred", "soon", "Deferred", (DEFERRED,)),
    Chip("perhaps", "perhaps sent", "soon", "Perhaps sent", (UNKNOWN,)),
    Chip("cancelled", "cancelled", "", "Cancelled", (CANCELLED,)),
    Chip("left-out", "left out to compare", "", "Left out", (CONTROL,)),
    Chip("late", "too late", "late", "Too late", (EXPIRED,)),
    Chip("not-sent", "not sent", "late", "Not sent", (FAILED, SUPPRESSED)),
)
"""Every state is in exactly one, so that the counts add up."""
BY_STATE: Final[Mapping[str, Chip]] = MappingProxyType(
    {state: chip for chip in CHIPS for state in chip.states}
)
BY_KEY: Final[Mapping[str, Chip]] = MappingProxyType({chip.key: chip for chip in CHIPS})

WHYS: Final = MappingProxyType(
    {
        "preference": "Own choice",
        "writes_most": "Writes here most",
        "order": "First in our order",
        "only": "Only channel allowed",
    }
)
LONG_WHYS: Final = CHANNEL_WHYS
SOON_NAMED: Final = MappingProxyType(
    {"": "", "sent": "Sent", "planned": "Still to leave", "handed_off": "On the way", "claimed": "On the way"}
    | {"unknown": "Perhaps sent, never confirmed", "control": "Left out to compare"}
)
"""What a bar of the report is called where there is no reason to name."""
VERDICTS: Final = MappingProxyType(
    {
        "better": ("Brings buyers", "fine"),
        "worse": ("Loses buyers", "late"),
        "unclear": ("Cannot tell yet", ""),
    }
)
STOPS: Final = MappingProxyType(
    {"writes": "the customer writes first", "buys": "the customer buys", "returns": "the order is returned"}
)
STARTS: Final = MappingProxyType(
    {
        "birthday": "the birthday",
        "delivered": "the delivery",
        "closed": "a conversation is resolved",
        "unanswered": "our last message, if nobody answers",
        "overdue": "the day on which their own interval between orders is over",
        "anniversary": "the anniversary of the first order",
        "rated": "a good rating",
        "once": "one day",
    }
)
TIER_NAMES: Final = MappingProxyType({"platinum": "Platinum", "gold": "Gold", "iron": "Iron", "lead": "Lead"})
EDITED: Final = "An agent changed the text."


def sentence(reason: str) -> str:
    """Say a reason in words; a code that nobody knows is said as it is."""
    return REASONS.get(reason, reason.replace("_", " ").capitalize() + "." if reason else "")


def became(state: str, reason: str) -> str:
    """Name what became of touches, for a bar of the report."""
    if state in ("failed", "suppressed", "cancelled", "held", "deferred", "expired") and reason:
        return sentence(reason).rstrip(".")
    return SOON_NAMED.get(state) or BY_STATE[state].name


def place_of(zone: str) -> str:
    """Name the place of a zone: Lisbon, Sao Paulo."""
    return zone.rpartition("/")[2].replace("_", " ")


def customer_name(customer: Customer | None) -> str:
    """Name a customer; nobody has a name that says nothing."""
    return (customer.name.strip() if customer else "") or "The customer"


def when_of(touch: Touch) -> str:
    """Say when a kind of touch falls."""
    at = f" at {touch.at:%H:%M}" if touch.at else ""
    start = STARTS[touch.start]
    if touch.start == "once":
        return f"On {touch.on:%d %B %Y}{at}" if touch.on else start
    if touch.after is not None:
        return f"{span(touch.after)} after {start}"
    days = touch.days or 0
    if days == 0:
        return (
            f"On {start}{at}" if touch.start in ("birthday", "anniversary", "overdue") else f"At {start}{at}"
        )
    side = "before" if days < 0 else "after"
    return f"{abs(days)} day{'' if abs(days) == 1 else 's'} {side} {start}{at}"


def who_of(who: Segment) -> str:
    """Say whom a kind of touch is for."""
    parts = [
        " or ".join(TIER_NAMES.get(one, one) for one in who.tiers),
        f"with the tag {' or '.join(who.tags)}" if who.tags else "",
        f"without the tag {' or '.join(who.without_tags)}" if who.without_tags else "",
        f"reached over {' or '.join(who.channels)}" if who.channels else "",
        f"who speak {' or '.join(who.languages)}" if who.languages else "",
        f"who ordered within {who.ordered_within_days} days" if who.ordered_within_days else "",
        f"who did not order for {who.not_ordered_within_days} days" if who.not_ordered_within_days else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"Customers: {said}" if said else "Everybody who allowed it"


def span(length: timedelta) -> str:
    """Say a length of time: 24 hours, 3 days, 90 minutes."""
    days, rest = divmod(length, timedelta(days=1))
    if not rest and days > 1:
        return f"{days} days"
    hours, rest = divmod(length, timedelta(hours=1))
    if not rest:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{length // timedelta(minutes=1)} minutes"
