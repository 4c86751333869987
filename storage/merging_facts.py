"""What one customer's row takes from another's: only what it does not know itself."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from storage.merging_rows import undone
from storage.rows import Customer
from storage.tables import customers

TOGETHER: Final = (
    ("name",),
    ("language",),
    ("zone",),
    ("tier",),
    ("device_zone",),
    ("country", "region"),
    ("account_manager",),
    ("preferred_channel",),
    ("quiet_from", "quiet_until"),
    ("birth_day", "birth_month", "birth_year", "birthday_at", "birthday_in_bulk", "birthday_fault", "feb29"),
    ("deceased_at",),
)
"""Facts that are taken together, where the first of them is not known."""


def filled(survivor: Customer, absorbed: Customer) -> dict[str, Any]:
    """Name the facts that the survivor takes over; tags of both stand, the survivor's first."""
    taken: dict[str, Any] = {}
    for names in TOGETHER:
        if not _known(survivor, names[0]) and _known(absorbed, names[0]):
            taken |= {name: getattr(absorbed, name) for name in names}
    both = [*(survivor.tags or ()), *(one for one in absorbed.tags or () if one not in (survivor.tags or ()))]
    if both != list(survivor.tags or ()):
        taken["tags"] = both
    return taken


def _known(one: Customer, name: str) -> bool:
    return getattr(one, name) not in (None, "")


def given_back(now: Customer, facts: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Name the facts to restore: what an agent changed since stays, of tags only what came goes."""
    restored = undone(customers, now, {name: pair for name, pair in facts.items() if name != "tags"})
    if "tags" in facts:
        before, after = facts["tags"]
        came = set(after) - set(before or ())
        left = [one for one in now.tags or () if one not in came]
        restored["tags"] = before if left == list(before or ()) else left
    return restored
