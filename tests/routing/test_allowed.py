from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.allowed import closest, is_allowed, law, next_allowed, open_on
from routing.touch import Hours, Limits, Way, Where
from tests.routing.lands import CHAT, LAWS, LIMITS, SMS, TELEGRAM, open_hours, pair, person, reachable

ZONES = (
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
    "Europe/Madrid",
    "Atlantic/Canary",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "UTC",
)
MONDAY = date(2027, 3, 1)


def sure(*zones: str) -> Where:
    return Where(zones=zones, source="own")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "more", "monday", "sunday"),
    [
        pytest.param("tel:+18505551234", {}, "08:00-20:00", "08:00-20:00", id="Florida, by 850"),
        pytest.param("tel:+14155551234", {}, "09:00-21:00", "09:00-21:00", id="California"),
        pytest.param("tel:+12145551234", {}, "09:00-21:00", "12:00-21:00", id="Texas' Sunday"),
        pytest.param("tel:+14015551234", {}, "09:00-18:00", "", id="Rhode Island has no Sunday"),
        pytest.param("tel:+12125551234", {}, "08:00-21:00", "08:00-21:00", id="New York: the federal law"),
        pytest.param("tel:+17875551234", {}, "08:00-21:00", "08:00-21:00", id="Puerto Rico: the federal law"),
        pytest.param("tel:+18005551234", {}, "10:00-18:00", "", id="a US number of no state: all rows"),
        pytest.param("tel:+10005550000", {}, "10:00-18:00", "", id="an unassigned US number: all rows"),
        pytest.param(
            "tel:+18005551234", {"region": "US-NY"}, "08:00-21:00", "08:00-21:00", id="region tells the state"
        ),
        pytest.param(
            "tel:+18505551234",
            {"region": "US-CA"},
            "09:00-20:00",
            "09:00-20:00",
            id="moved from Florida to California: both",
        ),
        pytest.param("tel:+33612345678", {}, "08:00-22:00", "", id="France has no Sunday"),
        pytest.param(
            "tel:+33612345678", {"region": "US-TX"}, "09:00-21:00", "", id="a French phone in Texas: both"
        ),
        pytest.param("tel:+351912345678", {}, "08:00-21:00", "08:00-21:00", id="no law: the account's"),
        pytest.param("tel:+351912345678", {"region": "FR-75"}, "08:00-22:00", "", id="a region's country"),
        pytest.param("tel:123", {"country": "US"}, "10:00-18:00", "", id="a country is all we know"),
    ],
)
def test_a_phone_has_the_hours_of_its_law(
    address: str, more: dict[str, str], monday: str, sunday: str
) -> None:
    hours = law(reachable(address), SMS, person(address, **more), LIMITS)
    assert hours.week[0] == pair(monday)
    assert hours.week[6] == pair(sunday)


def test_an_american_phone_of_no_state_is_closed_where_any_state_is() -> None:
    hours = law(reachable("tel:+18005551234"), SMS, person(), LIMITS)
    assert hours.place == "US"
    assert hours.week == (pair("10:00-18:00"),) * 5 + (pair("10:00-17:00"), None)


def test_what_is_no_phone_has_the_accounts_hours() -> None:
    own = Limits(zone="UTC", hours=(time(9), time(19)), laws=LAWS)
    florida = person("tel:+18505551234", region="US-FL")
    assert law(reachable("telegram:42"), TELEGRAM, florida, own).week[0] == (time(9), time(19))
    assert law(None, None, florida, own).week[0] == (time(9), time(19))


def test_a_web_chat_does_not_ring_and_is_always_allowed() -> None:
    hours = law(reachable("webchat:v1"), CHAT, person(), LIMITS)
    night = datetime(2027, 3, 7, 3, tzinfo=UTC)
    assert is_allowed(night, Where(zones=("UTC",), source="account", guess=True), hours, person())


def test_a_law_counts_from_the_day_it_is_in_effect() -> None:
    new = open_hours("US-NY", "12:00-13:00", "", "", since=date(2027, 3, 1))
    limits = Limits(zone="UTC", laws=LAWS | {"US-NY": new})
    someone = person("tel:+12125551234")
    address = someone.addresses[0]
    assert law(address, SMS, someone, limits, on=date(2027, 2, 28)).place == "US"
    assert law(address, SMS, someone, limits, on=date(2027, 3, 1)).place == "US-NY"
    assert law(address, SMS, someone, limits).place == "US-NY"


@pytest.mark.parametrize(
    ("rows", "both"),
    [
        (("08:00-20:00", "09:00-21:00"), "09:00-20:00"),
        (("08:00-21:00", "20:00-02:00"), "20:00-21:00"),
        (("20:00-02:00", "22:00-04:00"), "22:00-02:00"),
        (("08:00-12:00", "13:00-20:00"), ""),
        (("08:00-12:00", ""), ""),
    ],
)
def test_of_several_laws_the_hours_open_in_each_hold(rows: tuple[str, str], both: str) -> None:
    made = [open_hours(f"P{n}", row, row, row) for n, row in enumerate(rows)]
    assert closest(made).week == (pair(both),) * 7
    assert closest(made[::-1]).week == (pair(both),) * 7


@pytest.mark.parametrize(
    ("instant", "zones", "hours", "quiet", "allowed"),
    [
        pytest.param("2027-03-01 07:00", ("Europe/Madrid",), "08:00-21:00", None, True, id="start counts"),
        pytest.param(
            "2027-03-01 06:59:59", ("Europe/Madrid",), "08:00-21:00", None, False, id="a second early"
        ),
        pytest.param("2027-03-01 20:00", ("Europe/Madrid",), "08:00-21:00", None, False, id="end does not"),
        pytest.param(
            "2027-03-01 07:30",
            ("Europe/Madrid", "Atlantic/Canary"),
            "08:00-21:00",
            None,
            False,
            id="one sleeps",
        ),
        pytest.param("2027-03-01 01:00", ("UTC",), "20:00-02:00", None, True, id="over midnight"),
        pytest.param("2027-03-01 02:00", ("UTC",), "20:00-02:00", None, False, id="over midnight, its end"),
        pytest.param("2027-03-01 12:00", ("UTC",), "20:00-02:00", None, False, id="over midnight, noon"),
        pytest.param("2027-03-01 13:00", ("UTC",), "08:00-21:00", "13:00-15:00", False, id="siesta"),
        pytest.param("2027-03-01 15:00", ("UTC",), "08:00-21:00", "13:00-15:00", True, id="siesta is over"),
        pytest.param("2027-03-01 09:00", ("UTC",), "08:00-21:00", "20:00-10:00", False, id="sleeps long"),
        pytest.param("2027-03-01 20:30", ("UTC",), "08:00-21:00", "20:00-10:00", False, id="sleeps early"),
        pytest.param("2027-03-01 10:00", ("UTC",), "08:00-21:00", "20:00-10:00", True, id="awake"),
        pytest.param(
            "2027-03-01 10:00", ("UTC",), "08:00-21:00", "10:00-10:00", True, id="quiet for nothing"
        ),
        pytest.param("2027-03-01 03:00", ("UTC",), "00:00-00:00", None, True, id="never closed"),
    ],
)
def test_hours_are_half_open_and_on_the_customers_clock(
    instant: str, zones: tuple[str, ...], hours: str, quiet: str | None, allowed: bool
) -> None:
    someone = person(quiet=pair(quiet) if quiet else None)
    assert is_allowed(at(instant), sure(*zones), open_hours("", hours, hours, hours), someone) is allowed


@pytest.mark.parametrize(
    ("instant", "margin", "allowed"),
    [
        ("2027-03-01 08:59", 60, False),
        ("2027-03-01 09:00", 60, True),
        ("2027-03-01 19:59", 60, True),
        ("2027-03-01 20:00", 60, False),
        ("2027-03-01 08:00", 0, True),
    ],
)
def test_a_guessed_zone_keeps_a_margin_at_the_edges(instant: str, margin: int, allowed: bool) -> None:
    guess = Where(zones=("UTC",), source="account", guess=True)
    hours = open_hours("", "08:00-21:00", "", "")
    assert is_allowed(at(instant), guess, hours, person(), margin=timedelta(minutes=margin)) is allowed
    assert is_allowed(at(instant), sure("UTC"), hours, person(), margin=timedelta(hours=5))


@pytest.mark.parametrize(
    ("instant", "allowed"),
    [("12:30", False), ("15:30", False), ("16:00", True), ("11:59", True), ("23:30", True), ("00:30", True)],
)
def test_quiet_hours_have_the_margin_too_and_what_never_closes_has_none(instant: str, allowed: bool) -> None:
    guess = Where(zones=("UTC",), source="account", guess=True)
    always = open_hours("", "00:00-00:00", "00:00-00:00", "00:00-00:00")
    someone = person(quiet=(time(13), time(15)))
    assert is_allowed(at(f"2027-03-03 {instant}"), guess, always, someone) is allowed


def test_the_margin_of_quiet_hours_reaches_over_midnight() -> None:
    guess = Where(zones=("UTC",), source="account", guess=True)
    always = open_hours("", "00:00-00:00", "00:00-00:00", "00:00-00:00")
    for quiet, clock in (((time(0), time(6)), "23:30"), ((time(18), time(23, 30)), "00:15")):
        assert not is_allowed(at(f"2027-03-03 {clock}"), guess, always, person(quiet=quiet))


def test_an_instant_that_one_zone_moves_is_asked_of_the_others_again() -> None:
    week = (pair("08:00-12:00"), *[pair("13:00-23:00")] * 6)
    hours = Hours(place="", week=week)
    both = sure("UTC", "Europe/Moscow")
    found = next_allowed(at("2027-03-01 09:30"), at("2027-03-05 00:00"), both, hours, person())
    assert found == at("2027-03-02 13:00")


def test_public_holidays_are_closed_where_the_law_says_so() -> None:
    paris, noon = sure("Europe/Paris"), datetime(2027, 7, 14, 10, tzinfo=UTC)  # a Wednesday
    assert not is_allowed(noon, paris, LAWS["FR"], person())
    assert is_allowed(noon + timedelta(days=1), paris, LAWS["FR"], person())
    easter_monday = datetime(2027, 3, 28, 10, tzinfo=UTC)
    after = next_allowed(easter_monday, easter_monday + timedelta(days=7), paris, LAWS["FR"], person())
    assert after == at("2027-03-30 06:00")  # Easter Sunday, Easter Monday, then Tuesday 08:00 in summer time


def test_a_country_whose_holidays_nobody_knows_has_none() -> None:
    hours = open_hours("XX", "08:00-21:00", "", "", holidays="XX")
    assert is_allowed(at("2027-01-01 12:00"), sure("UTC"), hours, person())


@pytest.mark.parametrize(
    ("hours", "zone", "start", "until", "expected"),
    [
        pytest.param("08:00-21:00", "UTC", "03-01 10:00", "03-02 00:00", "03-01 10:00", id="now"),
        pytest.param("08:00-21:00", "UTC", "03-01 05:00", "03-02 00:00", "03-01 08:00", id="this morning"),
        pytest.param("08:00-21:00", "UTC", "03-01 21:00", "03-03 00:00", "03-02 08:00", id="tomorrow"),
        pytest.param("08:00-21:00", "UTC", "03-01 21:00", "03-02 08:00", None, id="until is not included"),
        pytest.param("08:00-21:00", "UTC", "03-01 10:00", "03-01 10:00", None, id="over"),
        pytest.param("22:00-02:00", "UTC", "03-01 03:00", "03-03 00:00", "03-01 22:00", id="tonight"),
        pytest.param("02:30-03:00", "Europe/Madrid", "03-27 12:00", "03-29 12:00", "03-29 00:30", id="gap"),
        pytest.param(
            "02:30-05:00", "Europe/Madrid", "03-27 12:00", "03-29 12:00", "03-28 01:00", id="half gap"
        ),
        pytest.param(
            "02:00-02:30", "Europe/Madrid", "10-31 00:30", "10-31 12:00", "10-31 01:00", id="overlap again"
        ),
        pytest.param(
            "00:00-01:00",
            "Africa/Cairo",
            "04-29 12:00",
            "05-01 12:00",
            "04-30 21:00",
            id="no midnight in Cairo",
        ),
    ],
)
def test_the_next_allowed_instant(
    hours: str, zone: str, start: str, until: str, expected: str | None
) -> None:
    row = open_hours("", hours, hours, hours)
    found = next_allowed(at(f"2027-{start}"), at(f"2027-{until}"), sure(zone), row, person())
    assert found == (at(f"2027-{expected}") if expected else None)


def test_a_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    hours, madrid = open_hours("", "22:00-04:00", "22:00-04:00", "22:00-04:00"), sure("Europe/Madrid")

    def open_for(day: date) -> int:
        return sum(end - start for start, end in open_on(day, madrid, hours, person()))

    assert open_for(date(2027, 3, 27)) == 6 * 3600
    assert open_for(date(2027, 3, 28)) == 5 * 3600
    assert open_for(date(2027, 10, 31)) == 7 * 3600


def test_the_ends_of_the_earth_share_no_day() -> None:
    ends = sure("Pacific/Kiritimati", "Pacific/Pago_Pago")
    always = open_hours("", "00:00-00:00", "00:00-00:00", "00:00-00:00")
    assert open_on(MONDAY, ends, always, person()) == []
    assert (
        open_on(MONDAY, sure("Pacific/Kiritimati"), always, person())[0][0]
        == at("2027-02-28 10:00").timestamp()
    )
    assert (
        open_on(MONDAY, sure("Pacific/Pago_Pago"), always, person())[0][0]
        == at("2027-03-01 11:00").timestamp()
    )


def test_a_day_without_any_hours_has_no_next() -> None:
    never = Hours(place="", week=(None,) * 7)
    assert next_allowed(at("2027-03-01 10:00"), at("2027-03-20 10:00"), sure("UTC"), never, person()) is None


walls = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
pairs = st.none() | st.tuples(walls, walls)
places = st.builds(
    lambda zones, guess: Where(zones=zones, source="phone", guess=guess),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True).map(tuple),
    st.booleans(),
)
rows = st.builds(
    lambda week, feasts: Hours(place="", week=week, holidays=feasts),
    st.tuples(*[pairs] * 7),
    st.sampled_from(["", "FR"]),
)
# around the turns of clocks of the zones above, and any other hour of two years
turns = [
    "2027-03-27 20:00",
    "2027-10-30 20:00",
    "2027-04-29 18:00",
    "2027-10-28 18:00",
    "2027-03-14 02:00",
    "2027-11-07 02:00",
    "2027-04-03 12:00",
    "2027-10-02 12:00",
    "2027-09-04 20:00",
]
instants = st.builds(
    lambda base, minutes: base + timedelta(minutes=minutes),
    st.sampled_from([at(turn) for turn in turns])
    | st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(
        lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC)
    ),
    st.integers(0, 24 * 60),
)


@given(start=instants, where=places, hours=rows, quiet=pairs)
@example(
    start=at("2027-10-31 00:45"),
    where=sure("Europe/Madrid"),
    hours=open_hours("", "02:00-02:30", "02:00-02:30", "02:00-02:30"),
    quiet=None,
)
def test_the_next_allowed_instant_is_the_first_that_is(
    start: datetime, where: Where, hours: Hours, quiet: tuple[time, time] | None
) -> None:
    someone = person(quiet=quiet)
    until = start + timedelta(hours=40)
    found = next_allowed(start, until, where, hours, someone)
    if found is not None:
        assert start <= found < until
        assert is_allowed(found, where, hours, someone)
    minute, last = start, found or until
    while minute < last:
        assert not is_allowed(minute, where, hours, someone)
        minute += timedelta(
            minutes=15 if last - minute > timedelta(minutes=30) else 1
        )  # edges are at quarters


@given(
    day=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    where=places,
    hours=rows,
    quiet=pairs,
    share=st.floats(0, 1),
)
def test_what_is_open_on_a_day_is_allowed_and_on_that_day(
    day: date, where: Where, hours: Hours, quiet: tuple[time, time] | None, share: float
) -> None:
    someone = person(quiet=quiet)
    for start, end in open_on(day, where, hours, someone):
        inside = datetime.fromtimestamp(start + int((end - 1 - start) * share), UTC)
        assert is_allowed(inside, where, hours, someone)
        assert {inside.astimezone(ZoneInfo(name)).date() for name in where.zones} == {day}


MAIL = Way(channel="mail", kind="email", label="E-mail")
APP = Way(channel="wa", kind="whatsapp", label="WhatsApp", phone=True)
LETTERS = Way(channel="letters", kind="letters", label="Letter", pushed=False)
BY_CHANNEL = [
    pytest.param("tel:+18505551234", SMS, False, id="a text: Florida's law"),
    pytest.param("whatsapp:+18505551234", APP, False, id="an app at a number: Florida's law"),
    pytest.param("mailto:ana@c.example", MAIL, True, id="a mail: the account's hours"),
    pytest.param("post:Ana|Street|Town", LETTERS, True, id="a letter: any hour"),
]


@pytest.mark.parametrize(("address", "way", "half_past_eight"), BY_CHANNEL)
def test_the_hours_of_a_state_are_for_phones_and_the_accounts_for_all_that_rings(
    address: str, way: Way, half_past_eight: bool
) -> None:
    floridian = person(region="US-FL")
    hours = law(reachable(address), way, floridian, LIMITS)
    where = sure("America/New_York")
    assert is_allowed(at("2027-03-02T01:30"), where, hours, floridian) is half_past_eight  # 20:30 there
    assert is_allowed(at("2027-03-02T02:30"), where, hours, floridian) is (way is LETTERS)  # 21:30
    assert is_allowed(at("2027-03-01T20:00"), where, hours, floridian)
