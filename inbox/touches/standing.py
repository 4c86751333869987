"""How things stand now for everybody that a look ahead found, a few statements for five hundred."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from inbox.touches.candidates import Reading
from inbox.touches.facts import circumstances
from inbox.touches.planning import Found
from inbox.touches.rules import Rules
from routing.touch import Circumstances
from storage import touch_circumstances
from storage.touch_circumstances import Befell, Followed

PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What befell customers, by key, and what became of what touches follow, by its reference."""

    befell: Mapping[int, Befell]
    followed: Mapping[str, Followed]

    def facts(self, one: Found) -> Circumstances:
        """Name the circumstances of one find, as the hand-off would see them."""
        after = self.followed.get(one.anchor.ref) if one.anchor is not None else None
        facts = circumstances(self.befell[one.person.id], None, one.touch.key, after)
        if _has(self.befell[one.person.id], one):
            facts = replace(facts, already=True)
        # What follows a habit does not end with the return of one order.
        again = facts.returned and one.touch.start == "overdue"
        return replace(facts, returned=False) if again else facts


def _has(befell: Befell, one: Found) -> bool:
    mine = (one.touch.key, one.occasion.period)
    return any((gone.kind, gone.period) == mine and not gone.pending for gone in befell.handed)


async def standing(reading: Reading, rules: Rules, found: Sequence[Found], now: datetime) -> Standing:
    """Read how things stand for *found*."""
    befell: dict[int, Befell] = {}
    followed: dict[str, Followed] = {}
    ids = sorted({one.person.id for one in found})
    refs = sorted({one.anchor.ref for one in found if one.anchor is not None})
    kinds = {one.touch.key for one in found}
    for at in range(0, len(ids), PAGE):
        async with reading() as connection:
            some = ids[at : at + PAGE]
            befell |= await touch_circumstances.befell(connection, some, now, rules.birthdays, kinds)
    for at in range(0, len(refs), PAGE):
        async with reading() as connection:
            followed |= await touch_circumstances.followed(connection, refs[at : at + PAGE])
    return Standing(befell=befell, followed=followed)
