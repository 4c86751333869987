"""Whether a touch may leave now, when to look again, or why never."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from routing.reach import GATES, decide
from routing.touch import (
    Anchor,
    Birthday,
    Circumstances,
    Hours,
    Limits,
    Occasion,
    Person,
    Segment,
    Touch,
    Verdict,
    Where,
)
from tests.routing.made import (
    BIRTHDAY,
    FLORIDA,
    FOLLOW_UP,
    LIMITS,
    NOW,
    PROMOTION,
    WAYS,
    at,
    chat,
    occasion,
    person,
    sms,
    telegram,
    whatsapp,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MARTA = person(sms())
END = at("2027-03-11T00:00")
AFTER = occasion(period="order A1", valid_until=NOW + 7 * DAY)
ANCHOR = Anchor(at=NOW - 3 * DAY, ref="order A1")


def told(
    touch: Touch = BIRTHDAY,
    who: Person = MARTA,
    when: Occasion | None = None,
    facts: Circumstances | None = None,
    limits: Limits = LIMITS,
    now: datetime = NOW,
    **more: Any,
) -> Verdict:
    when = when or (occasion() if touch.start == "birthday" else AFTER)
    return decide(touch, who, when, facts or Circumstances(), WAYS, limits, now, **more)


def short(verdict: Verdict) -> tuple[str, str]:
    return verdict.state, verdict.reason


def test_a_touch_that_passes_every_gate_leaves_by_its_address() -> None:
    for touch in (BIRTHDAY, FOLLOW_UP, PROMOTION):
        verdict = told(touch)
        assert short(verdict) == ("claimed", "")
        assert verdict.choice is not None
        assert verdict.choice.address == MARTA.addresses[0]


def test_the_gates_stand_in_the_order_of_the_rules() -> None:
    names = " ".join(gate.__name__ for gate in GATES)
    before = "planned somebody once consent anchor ours complaint conversation"
    assert names == f"{before} validity hours caps channel holdout"


PEOPLE = {
    "joined with another": (replace(MARTA, merged_into=8), ("cancelled", "merged_elsewhere")),
    "erased": (replace(MARTA, erased=True), ("suppressed", "suppressed_erased")),
    "deceased": (replace(MARTA, deceased=True), ("suppressed", "suppressed_deceased")),
    "sixteen today": (replace(MARTA, birthday=Birthday(month=3, day=10, year=2011)), ("claimed", "")),
    "sixteen tomorrow": (
        replace(MARTA, birthday=Birthday(month=3, day=11, year=2011)),
        ("suppressed", "underage"),
    ),
    "no year, no age": (replace(MARTA, birthday=Birthday(month=3, day=10)), ("claimed", "")),
    "no birthday": (replace(MARTA, birthday=None), ("claimed", "")),
    "stopped since it was planned": (person(sms(stopped=True)), ("suppressed", "opted_out")),
    "never asked": (person(sms(allowed=None), telegram(allowed=None)), ("suppressed", "no_consent")),
    "run out since": (person(sms(allowed_until=NOW)), ("suppressed", "consent_expired")),
    "stopped by SMS, only WhatsApp allowed": (
        person(whatsapp(), sms(allowed=None, stopped=True), preferred_channel="wa"),
        ("suppressed", "opted_out_same_number"),
    ),
    "stopped by SMS, Telegram still allowed": (person(sms(stopped=True), telegram()), ("claimed", "")),
    "nowhere": (person(), ("suppressed", "no_channel")),
    "blocked, and nothing else": (person(telegram(closed="blocked")), ("suppressed", "blocked")),
}


@pytest.mark.parametrize(("who", "expected"), PEOPLE.values(), ids=PEOPLE.keys())
def test_people_who_are_gone_young_or_unwilling_get_nothing(who: Person, expected: tuple[str, str]) -> None:
    assert short(told(PROMOTION, who)) == expected


def test_who_left_the_segment_is_left_alone() -> None:
    touch = replace(PROMOTION, who=Segment(without_tags=("quiet",)))
    assert short(told(touch, replace(MARTA, tags=("quiet",)))) == ("suppressed", "not_in_segment")


STANDING = {
    "an occasion that ended": (
        {"when": occasion(state="suppressed", reason="placeholder_birthdate")},
        ("suppressed", "placeholder_birthdate"),
    ),
    "refused by an agent": ({"approval": "refused"}, ("cancelled", "approval_refused")),
    "greeted 299 days ago": (
        {"facts": Circumstances(same=(NOW - 299 * DAY,))},
        ("suppressed", "cooldown_300_days"),
    ),
    "greeted 300 days ago": ({"facts": Circumstances(same=(NOW - 300 * DAY,))}, ("claimed", "")),
    "too late": ({"now": END}, ("expired", "expired")),
    "too late though paused": ({"now": END, "paused": True}, ("expired", "paused")),
    "too late though a complaint is open": (
        {"now": END, "facts": Circumstances(complaint_since=NOW)},
        ("expired", "open_complaint"),
    ),
    "left out to compare": ({"touch": replace(BIRTHDAY, holdout=1.0)}, ("control", "control")),
    "left out, but stopped": (
        {"touch": replace(BIRTHDAY, holdout=1.0), "who": person(sms(stopped=True))},
        ("suppressed", "opted_out"),
    ),
    "the second of a kind on a day": (
        {"touch": FOLLOW_UP, "facts": Circumstances(same=(NOW - HOUR,))},
        ("cancelled", "once_a_day"),
    ),
    "the second of a kind, a day later": (
        {"touch": FOLLOW_UP, "facts": Circumstances(same=(NOW - DAY,))},
        ("claimed", ""),
    ),
}


@pytest.mark.parametrize(("case", "expected"), STANDING.values(), ids=STANDING.keys())
def test_a_touch_ends_with_its_reason(case: dict[str, Any], expected: tuple[str, str]) -> None:
    assert short(told(**case)) == expected


SINCE = {
    "nothing": (Circumstances(), ("claimed", "")),
    "they wrote": (Circumstances(said_at=NOW - DAY), ("cancelled", "customer_wrote_first")),
    "they wrote before": (Circumstances(said_at=ANCHOR.at), ("claimed", "")),
    "they bought": (Circumstances(bought_at=NOW - DAY), ("cancelled", "bought_again")),
    "they had bought before": (Circumstances(bought_at=ANCHOR.at), ("claimed", "")),
    "they returned it": (Circumstances(returned=True), ("cancelled", "order_returned")),
    "the order is gone": (Circumstances(anchor_gone=True), ("cancelled", "anchor_gone")),
    "an agent takes it": (Circumstances(held_by_agent=True), ("cancelled", "taken_by_agent")),
}


@pytest.mark.parametrize(("facts", "expected"), SINCE.values(), ids=SINCE.keys())
def test_a_follow_up_ends_with_what_happened_since(facts: Circumstances, expected: tuple[str, str]) -> None:
    assert short(told(FOLLOW_UP, facts=facts, anchor=ANCHOR)) == expected
    assert short(told(FOLLOW_UP, facts=facts)) == expected


def test_every_touch_of_a_sequence_stops_with_the_first() -> None:
    wrote = Circumstances(said_at=NOW - DAY)
    for days in (3, 10, 30):
        later = occasion(due_at=NOW + days * DAY, valid_until=NOW + (days + 7) * DAY)
        touch = replace(FOLLOW_UP, days=days)
        verdict = told(touch, when=later, facts=wrote, anchor=ANCHOR, now=later.due_at)
        assert short(verdict) == ("cancelled", "customer_wrote_first")


def test_a_touch_stops_only_for_what_it_names() -> None:
    facts = Circumstances(said_at=NOW, bought_at=NOW, returned=True)
    assert short(told(replace(FOLLOW_UP, stops=()), facts=facts)) == ("claimed", "")


@pytest.mark.parametrize("facts", [one for one, _ in list(SINCE.values())[:-1]], ids=list(SINCE)[:-1])
def test_a_birthday_does_not_end_because_they_wrote_or_bought(facts: Circumstances) -> None:
    assert short(told(facts=facts)) == ("claimed", "")


def waits(state: str, reason: str, due: str) -> tuple[str, str, datetime]:
    return state, reason, at(due)


OPEN = Circumstances(complaint_since=NOW - DAY)
WAITS = {
    "not due": ({"now": NOW - MINUTE}, waits("deferred", "not_due_yet", "2027-03-10T10:00")),
    "paused": ({"paused": True}, waits("held", "paused", "2027-03-10T10:15")),
    "paused near its end": (
        {"paused": True, "now": END - MINUTE},
        waits("held", "paused", "2027-03-11T00:00"),
    ),
    "to be approved": (
        {"touch": replace(BIRTHDAY, approve=True), "approval": "asked"},
        waits("held", "awaiting_approval", "2027-03-10T10:15"),
    ),
    "a birthday an agent holds": (
        {"facts": Circumstances(held_by_agent=True)},
        waits("held", "taken_by_agent", "2027-03-10T10:15"),
    ),
    "one an agent holds": ({"approval": "held"}, waits("held", "taken_by_agent", "2027-03-10T10:15")),
    "an open complaint": ({"facts": OPEN}, waits("held", "open_complaint", "2027-03-10T10:15")),
    "a complaint opened again": (
        {"facts": replace(OPEN, complaint_ended_at=NOW - 2 * DAY)},
        waits("held", "open_complaint", "2027-03-10T10:15"),
    ),
    "a birthday two hours after a complaint": (
        {"facts": replace(OPEN, complaint_ended_at=NOW - MINUTE)},
        waits("held", "open_complaint", "2027-03-10T11:59"),
    ),
    "a follow-up a day after a complaint, at its own hour": (
        {"touch": FOLLOW_UP, "facts": replace(OPEN, complaint_ended_at=NOW - MINUTE)},
        waits("held", "open_complaint", "2027-03-11T18:00"),
    ),
    "an elapsed follow-up a day after a complaint": (
        {
            "touch": replace(FOLLOW_UP, days=None, at=None, after=2 * HOUR),
            "facts": replace(OPEN, complaint_ended_at=NOW - MINUTE),
        },
        waits("held", "open_complaint", "2027-03-11T09:59"),
    ),
    "two hours after the last word": (
        {"facts": Circumstances(open=True, last_said_at=NOW - MINUTE)},
        waits("held", "open_conversation", "2027-03-10T11:59"),
    ),
    "an open conversation without a word": (
        {"facts": Circumstances(open=True)},
        waits("held", "open_conversation", "2027-03-10T10:15"),
    ),
    "before eight": (
        {"when": occasion(due_at=at("2027-03-10T07:00")), "now": at("2027-03-10T07:59:59")},
        waits("deferred", "outside_allowed_hours", "2027-03-10T08:00"),
    ),
    "after nine at night": (
        {"touch": FOLLOW_UP, "now": at("2027-03-10T21:00")},
        waits("deferred", "outside_allowed_hours", "2027-03-11T08:00"),
    ),
    "their quiet hours": (
        {"who": replace(MARTA, quiet=(time(9), time(12)))},
        waits("deferred", "outside_allowed_hours", "2027-03-10T12:00"),
    ),
    "a full day": (
        {"touch": PROMOTION, "facts": Circumstances(handed=(NOW - HOUR,))},
        waits("deferred", "daily_cap", "2027-03-11T10:00"),
    ),
    "a birthday the same day": (
        {"touch": PROMOTION, "facts": Circumstances(birthday_next=NOW + HOUR)},
        waits("deferred", "birthday_keeps_the_day", "2027-03-11T10:00"),
    ),
    "a channel that opens again in time": (
        {"who": person(whatsapp(closed="per_user_limit", closed_until=NOW + HOUR))},
        waits("deferred", "per_user_limit", "2027-03-10T11:00"),
    ),
}


@pytest.mark.parametrize(("case", "expected"), WAITS.values(), ids=WAITS.keys())
def test_a_touch_waits_until_an_instant(
    case: dict[str, Any], expected: tuple[str, str, datetime | None]
) -> None:
    verdict = told(**case)
    assert (verdict.state, verdict.reason, verdict.due_at) == expected


PASSED = {
    "two hours after a complaint": (BIRTHDAY, replace(OPEN, complaint_ended_at=NOW - 2 * HOUR)),
    "two hours after the last word": (BIRTHDAY, Circumstances(open=True, last_said_at=NOW - 2 * HOUR)),
    "three days after a complaint": (
        FOLLOW_UP,
        Circumstances(complaint_since=NOW - 9 * DAY, complaint_ended_at=NOW - 3 * DAY),
    ),
    "three this week, for a birthday": (
        BIRTHDAY,
        Circumstances(handed=(NOW - 2 * DAY, NOW - 3 * DAY, NOW - 4 * DAY)),
    ),
}


@pytest.mark.parametrize(("touch", "facts"), PASSED.values(), ids=PASSED.keys())
def test_a_hold_that_is_over_holds_nothing(touch: Touch, facts: Circumstances) -> None:
    assert short(told(touch, facts=replace(facts, complaint_since=None), now=NOW)) == ("claimed", "")
    assert short(told(touch, facts=facts, now=NOW)) == ("claimed", "")


LATE = {
    "released after the day": (
        {"facts": Circumstances(complaint_ended_at=at("2027-03-10T22:00")), "now": at("2027-03-10T22:30")},
        ("expired", "open_complaint"),
    ),
    "a conversation until midnight": (
        {"facts": Circumstances(open=True, last_said_at=at("2027-03-10T22:00")), "now": END - HOUR},
        ("expired", "open_conversation"),
    ),
    "the evening of the birthday": ({"now": at("2027-03-10T21:00")}, ("expired", "no_allowed_hours_left")),
    "the day's touch was another": (
        {"facts": Circumstances(handed=(NOW - HOUR,))},
        ("expired", "daily_cap"),
    ),
    "a channel that opens too late": (
        {"who": person(whatsapp(closed="per_user_limit", closed_until=NOW + DAY))},
        ("suppressed", "per_user_limit"),
    ),
    "every address failed": ({"tried": (1,)}, ("failed", "delivery_failed")),
}


@pytest.mark.parametrize(("case", "expected"), LATE.values(), ids=LATE.keys())
def test_what_would_wait_beyond_its_time_ends_with_that_reason(
    case: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert short(told(**case)) == expected


def test_the_law_is_the_numbers_own() -> None:
    limits = replace(LIMITS, laws={"US-FL": FLORIDA}, zone="America/New_York")
    who = person(sms(number="+13055550123"), own_zone="America/New_York")
    when = occasion(
        due_at=at("2027-03-10T15:00"),
        valid_until=at("2027-03-11T05:00"),
        where=Where(zones=("America/New_York",), source="own"),
    )
    evening = at("2027-03-11T01:30")  # 20:30 in Miami: the account allows it, Florida does not
    assert short(told(who=who, when=when, limits=limits, now=evening)) == ("expired", "no_allowed_hours_left")
    assert short(told(who=who, when=when, limits=limits, now=evening - HOUR)) == ("claimed", "")
    by_telegram = person(telegram(), own_zone="America/New_York")
    assert short(told(who=by_telegram, when=when, limits=limits, now=evening)) == ("claimed", "")


def test_a_day_that_the_law_closes_is_told_from_a_late_hour() -> None:
    closed = Hours(place="PT", week=((time(8), time(21)), (time(8), time(21)), None, None, None, None, None))
    limits = replace(LIMITS, laws={"PT": closed})
    assert short(told(limits=limits)) == ("suppressed", "jurisdiction_closed_all_day")


@pytest.mark.parametrize("hour", [0, 3, 10, 23])
def test_a_web_chat_shows_it_at_any_hour_whatever_the_law(hour: int) -> None:
    start = NOW.replace(hour=0)
    when = occasion(due_at=start)
    closed = {"PT": Hours(place="PT", week=(None,) * 7)}
    verdict = told(
        who=person(chat(), quiet=(time(20), time(12))),
        when=when,
        now=start + hour * HOUR,
        limits=replace(LIMITS, laws=closed),
    )
    assert short(verdict) == ("claimed", "")


def test_a_window_that_closes_before_the_morning_ends_the_touch() -> None:
    night = at("2027-03-10T22:00")
    touch = replace(FOLLOW_UP, wording="no template of it")
    alone = person(whatsapp(last_in_at=night - 20 * HOUR))
    assert short(told(touch, alone, now=night, anchor=Anchor(at=night, ref="A1"))) == (
        "suppressed",
        "window_closed_before_allowed_hours",
    )
    lasting = person(whatsapp(last_in_at=night - HOUR))
    assert told(touch, lasting, now=night).reason == "outside_allowed_hours"
    beside = person(whatsapp(last_in_at=night - 20 * HOUR), telegram())
    assert told(touch, replace(beside, preferred_channel="wa"), now=night).reason == "outside_allowed_hours"


def test_after_a_definite_failure_the_next_channel_is_taken() -> None:
    verdict = told(who=person(sms(), telegram()), tried=(1,))
    assert verdict.state == "claimed"
    assert verdict.choice is not None
    assert verdict.choice.address is not None
    assert verdict.choice.address.channel == "telegram"


def test_a_clock_set_back_only_waits() -> None:
    verdict = told(now=NOW - 400 * DAY)
    assert (verdict.state, verdict.due_at) == ("deferred", NOW)


def test_the_group_left_out_is_one_for_all_touches_of_a_kind() -> None:
    def left(touch: Touch) -> set[int]:
        touch = replace(touch, holdout=0.2)
        return {key for key in range(300) if told(touch, replace(MARTA, id=key)).state == "control"}

    assert len(left(PROMOTION)) == pytest.approx(60, abs=30)
    assert left(PROMOTION) == left(replace(PROMOTION, key="autumn", on=date(2027, 9, 1)))
    assert left(PROMOTION) != left(FOLLOW_UP)
