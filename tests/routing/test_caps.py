"""How often we may write first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.caps import Full, capped_places, full, own_hour, same_day
from routing.touch import Circumstances, Person, Reachable, Touch, Where
from tests.routing.made import (
    BIRTHDAY,
    FOLLOW_UP,
    LIMITS,
    NOW,
    PROMOTION,
    WAYS,
    at,
    occasion,
    person,
    sms,
    telegram,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACES = {"US-FL": (3, DAY), "US-OK": (3, DAY), "US-MD": (3, DAY)}
WEEK_FULL = (NOW - 6 * DAY, NOW - 4 * DAY, NOW - 2 * DAY)


def check(touch: Touch, handed: Sequence[datetime], **facts: datetime) -> Full | None:
    made = Circumstances(handed=handed, birthday_next=facts.get("birthday_next"))
    return full(touch, occasion(), made, LIMITS, (), NOW)


CASES = {
    "nothing before": (PROMOTION, (), None),
    "one today": (PROMOTION, (NOW - HOUR,), ("daily_cap", "2027-03-11T10:00")),
    "one today, at its own hour": (FOLLOW_UP, (NOW - HOUR,), ("daily_cap", "2027-03-11T18:00")),
    "one today, for a birthday": (BIRTHDAY, (NOW - HOUR,), ("daily_cap", "2027-03-11T10:00")),
    "one last night": (PROMOTION, (at("2027-03-09T23:59"),), None),
    "the first minute of today": (PROMOTION, (at("2027-03-10T00:00"),), ("daily_cap", "2027-03-11T10:00")),
    "two this week": (PROMOTION, WEEK_FULL[1:], None),
    "three this week": (PROMOTION, WEEK_FULL, ("weekly_cap", "2027-03-11T10:00")),
    "three this week, for a birthday": (BIRTHDAY, WEEK_FULL, None),
    "the third seven days ago to the second": (PROMOTION, (NOW - 7 * DAY, *WEEK_FULL[1:]), None),
    "the third a second less ago": (
        PROMOTION,
        (NOW - 7 * DAY + timedelta(seconds=1), *WEEK_FULL[1:]),
        ("weekly_cap", "2027-03-10T10:00:01"),
    ),
    "four this week": (PROMOTION, (NOW - 5 * DAY, *WEEK_FULL), ("weekly_cap", "2027-03-12T10:00")),
    "both full": (PROMOTION, (*WEEK_FULL, NOW - HOUR), ("weekly_cap", "2027-03-13T10:00")),
    "service is never capped": (replace(FOLLOW_UP, marketing=False), (NOW - HOUR, *WEEK_FULL), None),
}


@pytest.mark.parametrize(("touch", "handed", "expected"), CASES.values(), ids=CASES.keys())
def test_a_cap_says_which_it_is_and_until_when(
    touch: Touch, handed: Sequence[datetime], expected: tuple[str, str] | None
) -> None:
    found = check(touch, handed)
    assert found == (Full(reason=expected[0], until=at(expected[1])) if expected else None)


BESIDE = {
    "on the same day": (PROMOTION, NOW + HOUR, "birthday_keeps_the_day"),
    "due and not gone yet": (PROMOTION, NOW - HOUR, "birthday_keeps_the_day"),
    "tomorrow": (PROMOTION, NOW + 23 * HOUR, None),
    "another birthday": (BIRTHDAY, NOW + HOUR, None),
}


@pytest.mark.parametrize(("touch", "coming", "reason"), BESIDE.values(), ids=BESIDE.keys())
def test_a_birthday_keeps_its_day(touch: Touch, coming: datetime, reason: str | None) -> None:
    found = check(touch, (), birthday_next=coming)
    assert (found.reason if found else None) == reason


def test_a_gap_is_kept_after_a_touch_and_before_a_birthday() -> None:
    limits = replace(LIMITS, gap=24 * HOUR, a_day=5)
    after = full(PROMOTION, occasion(), Circumstances(handed=(NOW - 23 * HOUR,)), limits, (), NOW)
    assert after == Full(reason="min_gap", until=NOW + HOUR)
    facts = Circumstances(birthday_next=NOW + 20 * HOUR)
    before = full(PROMOTION, occasion(), facts, limits, (), NOW)
    assert before == Full(reason="min_gap", until=NOW + 44 * HOUR)
    assert full(BIRTHDAY, occasion(), facts, limits, (), NOW) is None


def test_a_place_has_its_own_cap_also_for_birthdays() -> None:
    limits = replace(LIMITS, a_day=9, a_week=9, place_caps=PLACES)
    facts = Circumstances(handed=(NOW - 23 * HOUR, NOW - 2 * HOUR, NOW - HOUR))
    for touch in (PROMOTION, BIRTHDAY):
        found = full(touch, occasion(), facts, limits, ("US-FL",), NOW)
        assert found == Full(reason="jurisdiction_cap", until=NOW + HOUR)
        assert full(touch, occasion(), facts, limits, (), NOW) is None


def test_a_birthday_finds_room_under_the_cap_of_a_place() -> None:
    limits = replace(LIMITS, a_day=9, a_week=9, place_caps=PLACES)
    facts = Circumstances(handed=(NOW - 2 * HOUR, NOW - HOUR), birthday_next=NOW + 20 * HOUR)
    found = full(PROMOTION, occasion(), facts, limits, ("US-FL",), NOW)
    assert found is not None
    assert found.reason == "jurisdiction_cap"


WHERE = {
    "a Florida number": (sms(number="+13055550123"), {}, ["US-FL"]),
    "a New York number": (sms(number="+12125550123"), {}, []),
    "a New Yorker's who lives in Florida": (sms(number="+12125550123"), {"region": "us-fl"}, ["US-FL"]),
    "a US number of no state": (sms(number="+18005550123"), {}, ["US-FL", "US-MD", "US-OK"]),
    "a Portuguese number": (sms(), {}, []),
    "Telegram in Florida": (telegram(), {"region": "US-FL"}, []),
}


@pytest.mark.parametrize(("address", "change", "expected"), WHERE.values(), ids=WHERE.keys())
def test_the_caps_of_a_place_are_for_phones_there(
    address: Reachable, change: dict[str, str], expected: list[str]
) -> None:
    who: Person = person(address, **change)
    limits = replace(LIMITS, place_caps=PLACES)
    assert capped_places(address, WAYS[address.channel], who, limits) == expected


def test_a_day_is_the_customers_own() -> None:
    tokyo = Where(zones=("Asia/Tokyo",), source="own")
    evening, night = at("2027-03-10T14:59"), at("2027-03-10T15:00")
    assert not same_day(evening, night, tokyo)
    both = Where(zones=("Asia/Tokyo", "Europe/Lisbon"), source="phone", guess=True)
    assert same_day(evening, night, both)


def test_an_own_hour_is_reached_in_every_zone() -> None:
    spread = Where(zones=("Europe/Madrid", "Atlantic/Canary"), source="phone", guess=True)
    found = own_hour(at("2027-03-10T17:30"), FOLLOW_UP, occasion(where=spread))
    assert found == at("2027-03-10T18:00")  # 19:00 in Madrid, 18:00 in Las Palmas
    assert own_hour(at("2027-03-10T18:01"), FOLLOW_UP, occasion(where=spread)) == at("2027-03-11T18:00")


def test_an_own_hour_in_a_gap_is_the_one_after_it() -> None:
    """Clocks in Lisbon go from 01:00 to 02:00 on 28 March 2027."""
    touch = replace(FOLLOW_UP, at=time(1, 30))
    assert own_hour(at("2027-03-28T00:10"), touch, occasion()) == at("2027-03-28T01:30")


moments = st.lists(
    st.integers(0, 8 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes)), max_size=6
)


@given(moments, moments, st.sampled_from([BIRTHDAY, PROMOTION, FOLLOW_UP]))
def test_more_hand_offs_never_make_more_room(few: list[datetime], more: list[datetime], touch: Touch) -> None:
    first, second = check(touch, few), check(touch, few + more)
    if first is not None:
        assert second is not None
        assert second.until >= first.until


@given(moments, st.sampled_from([BIRTHDAY, PROMOTION, FOLLOW_UP]), st.integers(0, 4), st.integers(0, 4))
def test_a_higher_cap_never_makes_less_room(
    handed: list[datetime], touch: Touch, a_day: int, a_week: int
) -> None:
    facts = Circumstances(handed=handed)
    tight = full(touch, occasion(), facts, replace(LIMITS, a_day=a_day, a_week=a_week), (), NOW)
    loose = full(touch, occasion(), facts, replace(LIMITS, a_day=a_day + 1, a_week=a_week + 1), (), NOW)
    if loose is not None:
        assert tight is not None
        assert tight.until >= loose.until


@given(moments)
def test_what_is_full_lies_ahead(handed: list[datetime]) -> None:
    found = check(PROMOTION, handed)
    assert found is None or found.until > NOW
