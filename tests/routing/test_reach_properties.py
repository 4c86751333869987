"""What no circumstances may bring about: a touch at the wrong hour, after a stop, over a full cap."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.comparing import left_out
from routing.consent import phone
from routing.reach import choose, decide, lasts
from routing.reasons import REASONS
from routing.touch import Circumstances, Hours, Limits, Occasion, Person, Reachable, Touch, Verdict, Where
from tests.routing.made import (
    BIRTHDAY,
    FOLLOW_UP,
    LIMITS,
    NOW,
    PROMOTION,
    WAYS,
    chat,
    occasion,
    person,
    sms,
    telegram,
    whatsapp,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ENDS = {"suppressed", "cancelled", "expired", "control", "failed"}
LAWS = {
    "US-FL": Hours(place="US-FL", week=((time(8), time(20)),) * 7),
    "US": Hours(place="US", week=((time(8), time(21)),) * 7),
    "PT": Hours(place="PT", week=(*((time(9), time(19)),) * 5, (time(10), time(13)), None)),
}
ZONES = [
    ("Europe/Lisbon",),
    ("America/New_York",),
    ("Pacific/Kiritimati",),
    ("Pacific/Pago_Pago",),
    ("Australia/Lord_Howe",),
    ("Europe/Madrid", "Atlantic/Canary"),
]
moments = st.integers(-8 * 24 * 60, 60).map(lambda minutes: NOW + minutes * MINUTE)
soon = st.integers(-60, 15 * 60).map(lambda minutes: NOW + minutes * MINUTE)


def rarely(usual: object, other: st.SearchStrategy[Any], one_in: int = 6) -> st.SearchStrategy[Any]:
    """Draw the usual value but for one in so many, so that most gates stay open while one is tried."""
    return st.integers(1, one_in).flatmap(lambda dice: other if dice == one_in else st.just(usual))


@st.composite
def people(draw: st.DrawFn) -> Person:
    made = []
    for key in range(draw(rarely(1, st.integers(0, 4), 3))):
        kinds = [sms(key), sms(key, "+13055550123"), telegram(key), whatsapp(key), chat(key)]
        made.append(
            replace(
                draw(st.sampled_from(kinds)),
                allowed=draw(rarely(True, st.sampled_from([None, False]))),
                allowed_until=draw(rarely(None, soon)),
                stopped=draw(rarely(False, st.just(True))),
                closed=draw(rarely("", st.just("blocked"))),
                closed_until=draw(rarely(None, soon)),
                last_in_at=draw(st.none() | moments),
                written=draw(st.integers(0, 2)),
            )
        )
    quiet = draw(rarely(None, st.sampled_from([(time(22), time(7)), (time(12), time(14))]), 3))
    return person(*made, quiet=quiet, id=draw(st.integers(0, 50)))


facts = st.builds(
    Circumstances,
    said_at=rarely(None, moments),
    open=rarely(False, st.just(True)),
    last_said_at=rarely(None, moments),
    complaint_since=rarely(None, moments),
    complaint_ended_at=rarely(None, moments),
    held_by_agent=rarely(False, st.just(True)),
    bought_at=rarely(None, moments),
    handed=rarely((), st.lists(moments, max_size=4), 2),
    birthday_next=rarely(None, st.integers(-24, 48).map(lambda hours: NOW + hours * HOUR)),
)
touches = st.sampled_from([BIRTHDAY, PROMOTION, FOLLOW_UP, replace(BIRTHDAY, holdout=0.3)])
accounts = st.builds(
    lambda laws, caps, gap, a_week: replace(LIMITS, laws=laws, place_caps=caps, gap=gap, a_week=a_week),
    st.sampled_from([{}, LAWS]),
    st.sampled_from([{}, {"US-FL": (1, 2 * DAY)}]),
    st.sampled_from([timedelta(0), 36 * HOUR]),
    st.integers(1, 3),
)
occasions = st.builds(
    lambda zones, due, valid: occasion(
        due_at=due, valid_until=due + valid, where=Where(zones=zones, source="phone", guess=len(zones) > 1)
    ),
    rarely(ZONES[0], st.sampled_from(ZONES), 2),
    rarely(NOW, st.integers(-600, 120).map(lambda minutes: NOW + minutes * MINUTE), 2),
    st.integers(1, 7 * 24).map(lambda hours: hours * HOUR),
)


def clocks(at: datetime, when: Occasion) -> list[datetime]:
    return [at.astimezone(ZoneInfo(zone)) for zone in when.where.zones]


def in_hours(at: datetime, when: Occasion, who: Person, address: Reachable, limits: Limits) -> bool:
    """Work the hours out again, the slow way and without the margin of a guess."""
    place = {"+1305": "US-FL", "+3519": "PT"}.get(phone(address.address)[:5], "")
    for clock in clocks(at, when):
        law = limits.laws.get(place)
        pair = law.week[clock.weekday()] if law else limits.hours
        if pair is None or not pair[0] <= clock.time() < pair[1]:
            return False
        if who.quiet:
            start, end = who.quiet
            now = clock.time()
            if (start <= now < end) if start < end else (now >= start or now < end):
                return False
    return True


def under_caps(
    touch: Touch, at: datetime, when: Occasion, before: Sequence[datetime], limits: Limits
) -> bool:
    days = [clock.date() for clock in clocks(at, when)]
    for one in before:
        if any(clock.date() == day for clock, day in zip(clocks(one, when), days, strict=True)):
            return False
        if at < one + limits.gap:
            return False
    week = sum(at - 7 * DAY < one for one in before)
    return touch.start == "birthday" or week < limits.a_week


@given(people(), touches, occasions, facts, accounts, soon, rarely(False, st.just(True)))
@settings(max_examples=2 * settings().max_examples)
def test_nothing_leaves_at_a_wrong_hour_after_a_stop_or_over_a_cap(
    who: Person,
    touch: Touch,
    when: Occasion,
    known: Circumstances,
    limits: Limits,
    now: datetime,
    paused: bool,
) -> None:
    verdict = decide(touch, who, when, known, WAYS, limits, now, paused=paused)
    if verdict.state != "claimed":
        return
    assert verdict.choice is not None
    address = verdict.choice.address
    assert address is not None
    assert not paused
    assert when.due_at <= now < when.valid_until
    assert address.allowed
    assert not address.stopped
    assert address.allowed_until is None or now < address.allowed_until
    stops = {phone(one.address) for one in who.addresses if one.stopped} - {""}
    assert phone(address.address) not in stops
    assert not known.held_by_agent
    assert known.complaint_since is None or (
        known.complaint_ended_at is not None and known.complaint_ended_at >= known.complaint_since
    )
    assert under_caps(touch, now, when, known.handed, limits)
    if address.channel != "chat":
        assert in_hours(now, when, who, address, limits)
    if "+1305" in address.address and limits.place_caps:
        assert not [one for one in known.handed if now - 2 * DAY < one]
    if touch is FOLLOW_UP:
        assert known.said_at is None or known.said_at <= when.due_at - 3 * DAY
        assert known.bought_at is None or known.bought_at <= when.due_at - 3 * DAY
    if known.open:
        assert known.last_said_at is not None
        assert known.last_said_at + 2 * HOUR <= now
    assert not left_out(limits.salt, who.id, touch.start, touch.holdout)


@given(people(), touches, occasions, facts, accounts, soon, st.booleans())
def test_every_verdict_is_complete(
    who: Person,
    touch: Touch,
    when: Occasion,
    known: Circumstances,
    limits: Limits,
    now: datetime,
    paused: bool,
) -> None:
    verdict = decide(touch, who, when, known, WAYS, limits, now, paused=paused)
    if verdict.state == "claimed":
        return
    assert verdict.reason in REASONS
    if verdict.state in ENDS:
        assert verdict.due_at is None
    else:
        assert verdict.state in ("held", "deferred")
        assert verdict.due_at is not None
        assert now < verdict.due_at
        assert verdict.due_at <= when.valid_until


def follow(
    who: Person, touch: Touch, when: Occasion, known: Circumstances, limits: Limits, now: datetime
) -> Verdict:
    for _ in range(7 * 24 * 4 + 200):
        verdict = decide(touch, who, when, known, WAYS, limits, now)
        if verdict.due_at is None:
            return verdict
        now = verdict.due_at
    raise AssertionError("it waits for ever")


@given(people(), touches, occasions, facts, accounts, soon)
def test_who_waits_comes_to_an_end(
    who: Person, touch: Touch, when: Occasion, known: Circumstances, limits: Limits, now: datetime
) -> None:
    assert follow(who, touch, when, known, limits, now).state in {*ENDS, "claimed"}


@given(people(), touches, occasions, facts, accounts, soon, st.randoms(use_true_random=False))
def test_the_order_of_addresses_and_hand_offs_never_matters(
    who: Person,
    touch: Touch,
    when: Occasion,
    known: Circumstances,
    limits: Limits,
    now: datetime,
    dice: Random,
) -> None:
    other = replace(who, addresses=dice.sample(list(who.addresses), len(who.addresses)))
    turned = replace(known, handed=dice.sample(list(known.handed), len(known.handed)))
    assert decide(touch, who, when, known, WAYS, limits, now) == decide(
        touch, other, when, turned, WAYS, limits, now
    )


@given(people(), touches, occasions, facts, accounts, soon, moments)
def test_one_more_hand_off_never_lets_a_touch_leave(
    who: Person,
    touch: Touch,
    when: Occasion,
    known: Circumstances,
    limits: Limits,
    now: datetime,
    one: datetime,
) -> None:
    if decide(touch, who, when, known, WAYS, limits, now).state != "claimed":
        more = replace(known, handed=[*known.handed, one])
        assert decide(touch, who, when, more, WAYS, limits, now).state != "claimed"


@given(people(), moments, moments)
def test_a_choice_that_lasts_is_the_same_at_every_instant(
    who: Person, one: datetime, other: datetime
) -> None:
    if lasts(who, WAYS):
        assert choose(BIRTHDAY, who, WAYS, LIMITS, one) == choose(BIRTHDAY, who, WAYS, LIMITS, other)


@given(people(), soon)
def test_deciding_over_a_choice_made_before_is_deciding(who: Person, now: datetime) -> None:
    made = choose(BIRTHDAY, who, WAYS, LIMITS, now)
    alone = decide(BIRTHDAY, who, occasion(), Circumstances(), WAYS, LIMITS, now)
    assert decide(BIRTHDAY, who, occasion(), Circumstances(), WAYS, LIMITS, now, choice=made) == alone
