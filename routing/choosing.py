"""Over which of a customer's addresses a touch goes, and why not over the others."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from routing.consent import country, phone, standing
from routing.reasons import REASONS
from routing.touch import Choice, Limits, Person, Reachable, Template, Touch, Way

CONSENT: Final = frozenset({"no_consent", "consent_expired", "opted_out", "opted_out_same_number"})
"""What an address may say about consent; the other words are about its channel."""
ONLY_MARKETING: Final = frozenset({"per_user_limit"})
"""For these an address is closed to marketing alone."""
UNCONSIDERED: Final = frozenset({"channel_not_connected", "channel_not_for_this_touch"})


def choose(
    touch: Touch,
    person: Person,
    ways: Mapping[str, Way],
    limits: Limits,
    now: datetime,
    tried: Collection[int] = (),
    exhausted: Collection[str] = (),
) -> Choice:
    """Choose the address: what they prefer, else where they wrote most in 90 days, else by our order.

    *ways* are our channels by their keys; *tried* the ids of addresses that failed for certain,
    *exhausted* the channels whose day is full. With no
    address the reason is the one of the address that came nearest. The order of addresses never matters.
    """
    order = touch.channels or limits.channels
    ranked = list(person.addresses)
    if len(ranked) > 1:
        ranked.sort(key=lambda one: _rank(one, person, ways, order))
    passed_over: dict[int, str] = {}
    usable: list[Reachable] = []
    for one in ranked:
        reason = obstacle(touch, person, one, ways.get(one.channel), limits, now, tried, exhausted)
        if reason:
            passed_over[one.id] = reason
        else:
            usable.append(one)
    if not usable:
        reason = _nearest([passed_over[one.id] for one in ranked])
        return Choice(address=None, reason=reason, passed_over=passed_over)
    passed_over |= {one.id: "another_chosen" for one in usable[1:]}
    return Choice(address=usable[0], why=_why(usable, person, ways), passed_over=passed_over)


def lasts(person: Person, ways: Mapping[str, Way]) -> bool:
    """Tell whether `choose` says the same at every instant: nothing of it opens or ends with time."""
    for one in person.addresses:
        way = ways.get(one.channel)
        if one.allowed_until or one.closed_until or (way is not None and way.window is not None):
            return False
    return True


def obstacle(
    touch: Touch,
    person: Person,
    address: Reachable,
    way: Way | None,
    limits: Limits,
    now: datetime,
    tried: Collection[int] = (),
    exhausted: Collection[str] = (),
) -> str:
    """Say why a touch cannot go to this address at *now*; nothing where it can."""
    if way is None:
        return "channel_not_connected"
    if touch.channels and not {way.channel, way.kind} & set(touch.channels):
        return "channel_not_for_this_touch"
    if address.address.startswith(tuple(way.apart)):
        return "not_begun_there"
    reason = standing(address, person.addresses, now, limits, person, way, marketing=touch.marketing)
    if reason:
        return reason
    if address.id in tried:
        return "delivery_failed"
    if _is_closed(touch, address, now):
        if address.closed in REASONS:
            return address.closed
        return "address_closed" if address.closed_until is None else "address_rests"
    if not way.registered:
        return "channel_not_registered"
    if not is_open(address, way, now) and (lacks := _template(touch, person, address, way, limits)):
        return lacks
    return "channel_quota" if way.channel in exhausted else ""


def _is_closed(touch: Touch, address: Reachable, now: datetime) -> bool:
    """Tell whether an address cannot be reached at *now*; some take no more marketing and all else."""
    if not address.closed or (address.closed in ONLY_MARKETING and not touch.marketing):
        return False
    return address.closed_until is None or now < address.closed_until


def is_open(address: Reachable, way: Way, now: datetime) -> bool:
    """Tell whether free text is allowed there at *now*: within the window, less its margin."""
    if way.window is None:
        return True
    return address.last_in_at is not None and now < address.last_in_at + way.window - way.margin


def _template(touch: Touch, person: Person, address: Reachable, way: Way, limits: Limits) -> str:
    if way.templates is None:
        return "window_closed"
    if touch.marketing and _no_marketing_to(address, way):
        return "us_marketing_templates_not_delivered"
    return "" if template_language(touch, person, way, limits) else "template_not_sendable"


def template_for(touch: Touch, way: Way) -> Template:
    """Give a touch's template on a channel: the one named for it or its kind, else one of its words' name."""
    named = touch.templates.get(way.channel) or touch.templates.get(way.kind) or Template()
    return named if named.name else replace(named, name=touch.wording)


def template_language(touch: Touch, person: Person, way: Way, limits: Limits) -> str:
    """Say in which language a channel has the approved template of a touch, as it spells it.

    The customer's own goes first, then its base, then the account's; nothing where there is none.
    """
    name = template_for(touch, way).name
    templates = {_tag(tag): tag for tag, names in (way.templates or {}).items() if name in names}
    for tag in (person.language, limits.language):
        for spoken in (_tag(tag), _tag(tag).split("-")[0]):
            if name and spoken in templates:
                return templates[spoken]
    return ""


def _no_marketing_to(address: Reachable, way: Way) -> bool:
    """Tell whether the number's calling code, or its country (ISO 3166-1), gets no marketing templates."""
    mine = phone(address.address)
    if not mine or not way.no_marketing_to:
        return False
    if any(mine[1:].startswith(code.lstrip("+")) for code in way.no_marketing_to if code[-1:].isdigit()):
        return True
    return country(address.address) in way.no_marketing_to


def _tag(language: str) -> str:
    return language.replace("_", "-").casefold()


def _rank(
    address: Reachable, person: Person, ways: Mapping[str, Way], order: Collection[str]
) -> tuple[bool, int, int, float, int]:
    way = ways.get(address.channel)
    names = {address.channel, way.kind if way else ""}
    place = next((at for at, name in enumerate(order) if name in names), len(order))
    last = address.last_in_at.timestamp() if address.last_in_at else 0.0
    return not _is_preferred(address, person, ways), -address.written, place, -last, address.id


def _is_preferred(address: Reachable, person: Person, ways: Mapping[str, Way]) -> bool:
    way = ways.get(address.channel)
    return bool(person.preferred_channel) and person.preferred_channel in (
        address.channel,
        way.kind if way else "",
    )


def _why(usable: list[Reachable], person: Person, ways: Mapping[str, Way]) -> str:
    chosen = usable[0]
    if _is_preferred(chosen, person, ways):
        return "preference"
    if len(usable) == 1:
        return "only"
    return "writes_most" if chosen.written > usable[1].written else "order"


def _nearest(reasons: list[str]) -> str:
    """Pick the reason that tells most: one of the channel, else one of consent, else there is no channel."""
    considered = [reason for reason in reasons if reason not in UNCONSIDERED]
    return next((one for one in considered if one not in CONSENT), next(iter(considered), "no_channel"))
