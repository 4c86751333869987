"""The pyramid: a customer's tier, what it promises, and the order in which those who wait are served."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from routing.answering import Hours, House, Matter, Sorted, Target, Tier
from routing.hours import between

EVERYBODY: Final = Tier(key="", rank=0)
"""The tier of all in a house that has none of that name."""
WORKDAY: Final = timedelta(hours=8)
"""The longest target of a house that promises nothing: even there nobody waits for ever."""
ALWAYS: Final = Hours()


def tier_of(matter: Matter, house: House) -> Tier:
    """Give the customer's tier; where nobody has said one, or it is none of ours, the unknown's."""
    return house.tiers.get(matter.tier) or house.tiers.get(house.unknown_tier) or EVERYBODY


def target_of(matter: Matter, house: House) -> Target:
    """Give what is promised to the tier on this channel; what the channel leaves out is the tier's."""
    tier = tier_of(matter, house)
    own, usual = tier.channels.get(matter.channel), tier.target
    if own is None:
        return usual
    return Target(
        first_reply=own.first_reply if own.first_reply is not None else usual.first_reply,
        next_reply=own.next_reply if own.next_reply is not None else usual.next_reply,
        resolution=own.resolution if own.resolution is not None else usual.resolution,
    )


def longest(house: House) -> timedelta:
    """Give the longest first-reply target of any tier on any channel, or a workday where there is none."""
    targets = [target for tier in house.tiers.values() for target in (tier.target, *tier.channels.values())]
    return max((one.first_reply for one in targets if one.first_reply is not None), default=WORKDAY)


def hours_of(house: House, team: str) -> Hours:
    """Give a team's hours; a team that is not known is always there."""
    known = house.teams.get(team)
    return known.hours if known is not None else ALWAYS


def starved(matter: Matter, house: House, now: datetime, *, team: str) -> bool:
    """Say whether a matter has waited so long, in the team's business time, that it goes before all tiers."""
    return between(hours_of(house, team), matter.waiting_since, now) > limit(house)


def limit(house: House) -> timedelta:
    """Give the bound: the house's multiple of the longest first-reply target, in business time."""
    return longest(house) * house.bound


def in_order(pairs: Sequence[tuple[Matter, Sorted]], house: House, now: datetime) -> list[int]:
    """Give the ids in the order they are served.

    By tier; in a tier by the rule's priority, then by who has the least share of the promised time left,
    then by who waits longest; who was promised nothing comes after who was. Before all of these come
    those who have waited past the bound (`limit`), the longest first: a lead is served later, not never.
    """
    latest = limit(house)
    targets: dict[tuple[str, str], Target] = {}
    keys: Mapping[int, tuple[object, ...]] = {
        matter.id: _place(matter, sorted_, house, now, latest, targets) for matter, sorted_ in pairs
    }
    return sorted(keys, key=keys.__getitem__)


def _place(
    matter: Matter,
    sorted_: Sorted,
    house: House,
    now: datetime,
    latest: timedelta,
    targets: dict[tuple[str, str], Target],
) -> tuple[object, ...]:
    """Give what a matter is compared by; *targets* are those found so far."""
    waited = between(hours_of(house, sorted_.team), matter.waiting_since, now)
    if waited > latest:
        return (0, 0, 0, 0.0, matter.waiting_since, matter.id)
    kind = (matter.tier, matter.channel)
    target = targets.get(kind) or targets.setdefault(kind, target_of(matter, house))
    promised = target.next_reply if matter.answered else target.first_reply
    left = 1 - waited / promised if promised else (1.0 if promised is None else float("-inf"))
    unpromised = promised is None
    rank = tier_of(matter, house).rank
    return (1, rank, -sorted_.priority, unpromised, left, matter.waiting_since, matter.id)
