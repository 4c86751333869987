"""The last gates: hours, caps, channel, and the group left out."""

from datetime import time
from typing import Final

from routing.allowed import is_allowed, law, next_allowed
from routing.caps import capped_places, full, local_day
from routing.case import LOOK, Case, wait
from routing.choosing import CONSENT, UNCONSIDERED, choose, obstacle
from routing.comparing import left_out
from routing.consent import phone
from routing.occasions import instant
from routing.touch import Verdict

WINDOW: Final = frozenset({"window_closed", "template_not_sendable", "us_marketing_templates_not_delivered"})


def hours(case: Case) -> Verdict | None:
    """Wait for the hours that the address's law and the customer allow; a web chat rings nowhere."""
    address, occasion, person = case.choice.address, case.occasion, case.person
    if address is None or not (way := case.ways[address.channel]).pushed:
        return None
    margin, until = case.limits.guess_margin, occasion.valid_until
    allowed = law(address, way, person, case.limits, on=local_day(case.now, occasion.where.zones[0]))
    if is_allowed(case.now, occasion.where, allowed, person, margin=margin):
        return None
    at = next_allowed(case.now, until, occasion.where, allowed, person, margin=margin)
    if at is None or at >= until:
        dawn = min(instant(occasion.day, time(0), zone) for zone in occasion.where.zones)
        if next_allowed(dawn, until, occasion.where, allowed, person, margin=margin) is None:
            return Verdict(state="suppressed", reason="jurisdiction_closed_all_day", choice=case.choice)
        return Verdict(state="expired", reason="no_allowed_hours_left", choice=case.choice)
    if obstacle(case.touch, person, address, way, case.limits, at, case.tried) in WINDOW:
        later = choose(case.touch, person, case.ways, case.limits, at, case.tried)
        if later.address is None:
            return Verdict(
                state="suppressed", reason="window_closed_before_allowed_hours", choice=case.choice
            )
    return wait(case, "deferred", "outside_allowed_hours", at)


def caps(case: Case) -> Verdict | None:
    """Wait while a cap is full; the place is where the address's law is."""
    address = case.choice.address
    if address is None:
        return None
    places = capped_places(address, case.ways[address.channel], case.person, case.limits)
    found = full(case.touch, case.occasion, case.facts, case.limits, places, case.now)
    return wait(case, "deferred", found.reason, found.until) if found else None


def channel(case: Case) -> Verdict | None:
    """Stop where no channel can carry it, or wait for the first that opens again in time."""
    choice = case.choice
    if choice.address is not None:
        return _another(case)
    rests = [
        one.closed_until
        for one in case.person.addresses
        if one.closed_until is not None
        and one.closed_until > case.now
        and choice.passed_over[one.id] not in CONSENT | UNCONSIDERED | {"delivery_failed"}
    ]
    rests += [
        max(case.exhausted[one.channel], case.now + LOOK)  # not each of a thousand for every place that opens
        for one in case.person.addresses
        if choice.passed_over[one.id] == "channel_quota"
    ]
    opens = min(rests, default=None)
    if opens is not None and opens < case.occasion.valid_until:
        return wait(case, "deferred", choice.reason, opens)
    return Verdict(state="failed" if case.tried else "suppressed", reason=choice.reason, choice=choice)


def _another(case: Case) -> Verdict | None:
    """Stop where somebody else got the same at that very number: it is one person with two records."""
    address = case.choice.address
    mine = "" if address is None else phone(address.address)
    if mine and mine in case.facts.elsewhere:
        return Verdict(state="suppressed", reason="duplicate_address", choice=case.choice)
    return None


def holdout(case: Case) -> Verdict | None:
    """Leave out those whom we compare with: last, so that both groups passed the same gates."""
    touch = case.touch
    if left_out(case.limits.salt, case.person.id, touch.start, touch.holdout):
        return Verdict(state="control", reason="control", choice=case.choice)
    return None
