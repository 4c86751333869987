from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.occasions import birthdays_asked, instant, observed, occasion
from routing.touch import Anchor, Birthday, Limits, Occasion, Person
from tests.routing.lands import LAWS, LIMITS, NOW, SMS, TELEGRAM, person, touch

BIRTHDAY = touch()
LISBON = {"own_zone": "Europe/Lisbon"}
REAL = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "S")))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def birthday(
    someone: Person, day: str, now: datetime = NOW, limits: Limits = LIMITS, **more: Any
) -> Occasion | None:
    address = someone.addresses[0] if someone.addresses else None
    return occasion(
        touch(**more), someone, None, date.fromisoformat(day), limits, now, address, SMS if address else None
    )


def sure(found: Occasion | None) -> Occasion:
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("day", "clock", "zone", "utc"),
    [
        pytest.param("2027-03-01", "10:00", "Europe/Madrid", "2027-03-01 09:00", id="plain"),
        pytest.param("2027-03-28", "02:30", "Europe/Madrid", "2027-03-28 01:30", id="gap: 02:30 is 03:30"),
        pytest.param("2027-10-31", "02:30", "Europe/Madrid", "2027-10-31 00:30", id="overlap: the first"),
        pytest.param("2027-03-14", "02:30", "America/New_York", "2027-03-14 07:30", id="gap, New York"),
        pytest.param(
            "2018-11-04", "00:30", "America/Sao_Paulo", "2018-11-04 03:30", id="no midnight, Sao Paulo"
        ),
        pytest.param("2027-03-28", "00:00", "Asia/Beirut", "2027-03-27 22:00", id="no midnight, Beirut"),
        pytest.param("2027-04-30", "00:00", "Africa/Cairo", "2027-04-29 22:00", id="no midnight, Cairo"),
        pytest.param(
            "2027-10-03", "02:15", "Australia/Lord_Howe", "2027-10-02 15:45", id="half an hour's gap"
        ),
        pytest.param(
            "2027-04-04", "01:45", "Australia/Lord_Howe", "2027-04-03 14:45", id="half an hour twice"
        ),
        pytest.param("2011-12-30", "10:00", "Pacific/Apia", "2011-12-30 20:00", id="Samoa's missing day"),
        pytest.param("2027-03-01", "10:00", "Pacific/Kiritimati", "2027-02-28 20:00", id="first on Earth"),
        pytest.param("2027-03-01", "10:00", "Pacific/Pago_Pago", "2027-03-01 21:00", id="last on Earth"),
        pytest.param("2027-03-01", "10:00", "Asia/Kathmandu", "2027-03-01 04:15", id="a quarter"),
    ],
)
def test_a_wall_time_is_an_instant(day: str, clock: str, zone: str, utc: str) -> None:
    assert instant(date.fromisoformat(day), time.fromisoformat(clock), zone) == at(utc)


@given(
    day=st.dates(date(1990, 1, 1), date(2037, 12, 31)),
    zone=st.sampled_from(REAL),
    first=st.times().map(lambda one: one.replace(microsecond=0, fold=1)),
    second=st.times().map(lambda one: one.replace(microsecond=0)),
)
def test_a_wall_time_comes_back_where_it_exists_and_keeps_its_order(
    day: date, zone: str, first: time, second: time
) -> None:
    wall = datetime.combine(day, first.replace(fold=0))
    there = instant(day, first, zone)
    shown = there.astimezone(ZoneInfo(zone))
    early, late = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
    assert early is not None
    assert late is not None
    if late <= early:  # it exists, once or twice
        assert shown.replace(tzinfo=None, fold=0) == wall
        assert shown.fold == 0
    else:
        assert shown.replace(tzinfo=None) - wall == late - early
    begins, ends = (
        instant(day + timedelta(days=n), time(0), zone).astimezone(ZoneInfo(zone)) for n in (0, 1)
    )
    if begins.utcoffset() == ends.utcoffset() and first.replace(fold=0) < second:
        assert there < instant(day, second, zone)


@pytest.mark.parametrize(
    ("year", "rule", "day"),
    [
        (2028, "feb28", "2028-02-29"),
        (2028, "mar1", "2028-02-29"),
        (2027, "feb28", "2027-02-28"),
        (2027, "mar1", "2027-03-01"),
        (2100, "feb28", "2100-02-28"),
        (2100, "mar1", "2100-03-01"),
        (2000, "feb28", "2000-02-29"),
    ],
)
def test_29_february_is_observed_by_the_rule(year: int, rule: str, day: str) -> None:
    born = Birthday(month=2, day=29)
    assert observed(born, year, rule) == date.fromisoformat(day)
    found = birthday(person(born="02-29", feb29=rule, **LISBON), day, now=datetime(year, 1, 1, tzinfo=UTC))
    assert sure(found).period == str(year)
    assert sure(found).day == date.fromisoformat(day)


def test_29_february_falls_once_in_each_year() -> None:
    for rule in ("feb28", "mar1"):
        someone = person(born="02-29", feb29=rule, **LISBON)
        for year in (2027, 2028, 2100):
            near = [date(year, 2, 27) + timedelta(days=n) for n in range(5)]
            assert sum(birthday(someone, day.isoformat()) is not None for day in near) == 1


def test_the_accounts_rule_holds_where_a_customer_has_none() -> None:
    march = Limits(zone="UTC", feb29="mar1")
    assert birthday(person(born="02-29"), "2027-02-28", limits=march) is None
    assert birthday(person(born="02-29"), "2027-03-01", limits=march) is not None
    assert birthday(person(born="02-29", feb29="feb28"), "2027-02-28", limits=march) is not None


@given(
    born=st.dates(date(2000, 1, 1), date(2000, 12, 31)),
    day=st.dates(date(2026, 1, 1), date(2104, 1, 1)),
    days=st.integers(-40, 40),
    rule=st.sampled_from(["feb28", "mar1"]),
)
def test_who_has_a_birthday_is_always_asked_for(born: date, day: date, days: int, rule: str) -> None:
    someone = person(born=f"{born.month}-{born.day}", feb29=rule, **LISBON)
    falls = birthday(someone, day.isoformat(), days=days) is not None
    assert not falls or (born.month, born.day) in birthdays_asked(day, day, days=days)
    year = (day - timedelta(days=days)).year
    assert falls == (
        observed(Birthday(month=born.month, day=born.day), year, rule) + timedelta(days=days) == day
    )


def test_birthdays_are_asked_for_once_a_year_at_most() -> None:
    assert birthdays_asked(date(2027, 2, 27), date(2027, 3, 1)) == {(2, 27), (2, 28), (2, 29), (3, 1)}
    assert birthdays_asked(date(2028, 2, 28), date(2028, 2, 28)) == {(2, 28)}
    assert birthdays_asked(date(2027, 12, 28), date(2027, 12, 28), days=-7) == {(1, 4)}
    assert len(birthdays_asked(date(2027, 1, 1), date(2037, 1, 1))) == 366


FALLS: list[tuple[str, dict[str, Any], dict[str, Any], str, str, str]] = [
    # person, touch, day, due, what became of it
    ("at ten", {}, {}, "2027-03-01", "2027-03-01 10:00", "2027"),
    ("without a year of birth", {"born": "03-01"}, {}, "2027-03-01", "2027-03-01 10:00", "2027"),
    ("at another hour", {}, {"at": time(15)}, "2027-03-01", "2027-03-01 15:00", "2027"),
    ("a week before", {}, {"days": -7}, "2027-02-22", "2027-02-22 10:00", "2027"),
    (
        "of next year's birthday",
        {"born": "1990-01-03"},
        {"days": -7},
        "2026-12-27",
        "2026-12-27 10:00",
        "2027",
    ),
    (
        "of last year's birthday",
        {"born": "1990-12-31"},
        {"days": 3},
        "2028-01-03",
        "2028-01-03 10:00",
        "2027",
    ),
    ("too early", {}, {"at": time(6)}, "2027-03-01", "2027-03-01 08:00", "2027"),
    ("too late", {}, {"at": time(23)}, "2027-03-01", "2027-03-01 20:45", "2027"),
    ("in the last minutes", {}, {"at": time(20, 50)}, "2027-03-01", "2027-03-01 20:45", "2027"),
    ("in quiet hours", {"quiet": (time(9), time(12))}, {}, "2027-03-01", "2027-03-01 12:00", "2027"),
    ("a late riser", {"quiet": (time(20), time(11))}, {}, "2027-03-01", "2027-03-01 11:00", "2027"),
]


@pytest.mark.parametrize(
    ("who", "what", "day", "due", "period"), [row[1:] for row in FALLS], ids=[r[0] for r in FALLS]
)
def test_a_birthday_is_due_on_its_own_day_in_allowed_hours(
    who: dict[str, Any], what: dict[str, Any], day: str, due: str, period: str
) -> None:
    found = sure(birthday(person(**LISBON | who), day, now=datetime(2026, 6, 1, tzinfo=UTC), **what))
    assert (found.state, found.reason) == ("planned", "")
    assert found.due_at == at(due)
    assert (found.day, found.clock) == (date.fromisoformat(day), at(due).time())
    assert found.period == period
    assert found.valid_until == instant(found.day + timedelta(days=1), time(0), "Europe/Lisbon")


@pytest.mark.parametrize(
    ("address", "day", "due"),
    [
        pytest.param(
            "tel:+34600123456", "2027-03-01", "2027-03-01 09:00", id="Spain: ten in Madrid suits Canary"
        ),
        pytest.param(
            "tel:+79161234567", "2027-07-14", "2027-07-14 07:00", id="Russia: ten in Moscow suits Kamchatka"
        ),
        pytest.param("tel:+61412345678", "2027-07-14", "2027-07-14 02:00", id="Australia: ten in Perth"),
        pytest.param("tel:+18505551234", "2027-03-01", "2027-03-01 15:00", id="Florida"),
        pytest.param("tel:+14015551234", "2027-03-01", "2027-03-01 15:00", id="Rhode Island, 9 and a margin"),
        pytest.param("tel:+18005551234", "2027-03-01", "2027-03-01 11:00", id="any state, ten and a margin"),
        pytest.param("tel:+353871234567", "2027-03-01", "2027-03-01 10:00", id="Ireland"),
    ],
)
def test_a_phone_alone_decides_the_hour(address: str, day: str, due: str) -> None:
    assert sure(birthday(person(address, born="1990-" + day[5:]), day)).due_at == at(due)


@pytest.mark.parametrize(
    ("address", "day", "who", "state", "reason"),
    [
        pytest.param(
            "tel:+33612345678", "2027-03-07", {}, "suppressed", "jurisdiction_closed_all_day", id="Sunday"
        ),
        pytest.param(
            "tel:+33612345678",
            "2027-07-14",
            {},
            "suppressed",
            "jurisdiction_closed_all_day",
            id="Bastille day",
        ),
        pytest.param("tel:+33612345678", "2027-07-15", {}, "planned", "", id="the day after"),
        pytest.param(
            "tel:+18005551234",
            "2027-03-07",
            {},
            "suppressed",
            "jurisdiction_closed_all_day",
            id="no US Sunday",
        ),
        pytest.param(
            "",
            "2027-03-01",
            {"quiet": (time(8), time(7))},
            "suppressed",
            "jurisdiction_closed_all_day",
            id="hush",
        ),
        pytest.param("", "2027-03-01", {"born": "2011-03-01"}, "planned", "", id="sixteen"),
        pytest.param("", "2027-03-01", {"born": "2012-03-01"}, "suppressed", "underage", id="fifteen"),
        pytest.param("", "2027-03-01", {"born": "2030-03-01"}, "suppressed", "underage", id="not yet born"),
        pytest.param(
            "", "2027-01-01", {"born": "1900-01-01"}, "suppressed", "placeholder_birthdate", id="1900"
        ),
        pytest.param(
            "", "2027-01-01", {"born": "1970-01-01"}, "suppressed", "placeholder_birthdate", id="1970"
        ),
        pytest.param(
            "",
            "2027-03-01",
            {"birthday_fault": "placeholder_birthdate"},
            "suppressed",
            "placeholder_birthdate",
            id="shared by many",
        ),
    ],
)
def test_a_birthday_that_may_not_be_greeted_says_why(
    address: str, day: str, who: dict[str, Any], state: str, reason: str
) -> None:
    someone = person(*filter(None, [address]), **{"born": "1990-" + day[5:]} | LISBON | who)
    found = sure(birthday(someone, day, now=datetime(2026, 1, 1, tzinfo=UTC)))
    assert (found.state, found.reason) == (state, reason)


def test_nobody_is_greeted_for_becoming_sixteen_before_they_are() -> None:
    someone = person(born="2011-03-01", **LISBON)
    assert sure(birthday(someone, "2027-02-22", days=-7)).reason == "underage"


@pytest.mark.parametrize(
    ("told", "who", "what", "due", "reason"),
    [
        pytest.param("2027-03-01 08:00", {}, {}, "2027-03-01 10:00", "", id="before ten"),
        pytest.param("2027-03-01 09:50", {}, {}, "2027-03-01 10:05", "", id="settles"),
        pytest.param("2027-03-01 14:00", {}, {}, "2027-03-01 14:15", "", id="after ten"),
        pytest.param("2027-03-01 20:40", {}, {}, "2027-03-01 20:55", "", id="just in time"),
        pytest.param("2027-03-01 20:50", {}, {}, "2027-03-01 10:00", "expired", id="too late in the day"),
        pytest.param("2027-02-28 23:50", {}, {}, "2027-03-01 10:00", "", id="the day before"),
        pytest.param(
            "2027-03-01 08:00",
            {"birthday_in_bulk": True},
            {},
            "2027-03-01 10:00",
            "not_scheduled",
            id="in bulk",
        ),
        pytest.param(
            "2027-03-01 08:00",
            {"birthday_in_bulk": True},
            {"bulk_same_day": True},
            "2027-03-01 10:00",
            "",
            id="ticked",
        ),
        pytest.param(
            "2027-02-28 08:00",
            {"birthday_in_bulk": True},
            {},
            "2027-03-01 10:00",
            "",
            id="in bulk, the day before",
        ),
    ],
)
def test_a_birthday_told_today_waits_until_it_has_settled(
    told: str, who: dict[str, Any], what: dict[str, Any], due: str, reason: str
) -> None:
    someone = person(birthday_at=at(told), **LISBON | who)
    found = sure(birthday(someone, "2027-03-01", now=at(told), **what))
    assert found.due_at == at(due)
    assert found.reason == reason


def test_today_is_the_customers_own_day() -> None:
    someone = person(own_zone="Pacific/Kiritimati", birthday_at=at("2027-02-28 12:00"), birthday_in_bulk=True)
    assert sure(birthday(someone, "2027-03-01")).reason == "not_scheduled"


@pytest.mark.parametrize(
    ("now", "what", "state"),
    [
        pytest.param("2027-03-01 13:00", {}, "planned", id="down for three hours"),
        pytest.param("2027-03-01 23:59", {}, "planned", id="down until midnight"),
        pytest.param("2027-03-02 00:00", {}, "expired", id="down over midnight"),
        pytest.param("2027-03-03 10:00", {}, "expired", id="down for two days"),
        pytest.param("2027-03-02 09:00", {"valid": timedelta(days=2)}, "expired", id="no belated words"),
        pytest.param(
            "2027-03-02 09:00", {"valid": timedelta(days=2), "belated": "late"}, "planned", id="belated"
        ),
        pytest.param("2027-03-01 13:00", {"valid": timedelta(hours=2)}, "expired", id="valid for two hours"),
    ],
)
def test_a_birthday_ends_with_its_day(now: str, what: dict[str, Any], state: str) -> None:
    found = sure(birthday(person(**LISBON), "2027-03-01", now=at(now), **what))
    assert found.state == state
    assert found.due_at == at("2027-03-01 10:00")
    assert found.reason == ("" if state == "planned" else "expired")


def test_in_several_zones_a_birthday_ends_where_it_ends_first() -> None:
    found = sure(birthday(person("tel:+34600123456"), "2027-03-01"))
    assert found.valid_until == at("2027-03-01 23:00")


def test_hours_that_never_close_leave_the_hour_as_it_is() -> None:
    always = Limits(zone="UTC", hours=(time(20), time(20)))
    found = sure(birthday(person(own_zone="UTC"), "2027-03-01", limits=always, at=time(19, 50)))
    assert found.clock == time(19, 50)


def test_belated_words_go_on_the_next_open_day() -> None:
    french = person("tel:+33612345678", born="1990-03-07")
    late: dict[str, Any] = {"valid": timedelta(days=2), "belated": "late"}
    assert sure(birthday(french, "2027-03-07", **late)).due_at == at("2027-03-08 07:00")


def test_who_has_no_birthday_or_another_day_has_no_occasion() -> None:
    assert birthday(person(birthday=None), "2027-03-01") is None
    assert birthday(person(**LISBON), "2027-03-02") is None
    assert occasion(BIRTHDAY, person(**LISBON), None, None, LIMITS, NOW, None, None) is None


def test_a_day_that_samoa_skipped_is_its_next() -> None:
    someone = person(born="1980-12-30", own_zone="Pacific/Apia")
    found = sure(birthday(someone, "2011-12-30", now=at("2011-12-01 00:00")))
    assert (found.state, found.day, found.clock) == ("planned", date(2011, 12, 31), time(10))
    assert found.due_at < found.valid_until


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe"])
@pytest.mark.parametrize("clock", [time(0), time(0, 30), time(2, 15), time(23, 59)])
def test_a_birthday_is_valid_to_its_last_minute_whatever_clocks_do(zone: str, clock: time) -> None:
    always = Limits(zone="UTC", hours=(time(0), time(0)))
    for day in (
        "2018-11-04",
        "2018-02-17",
        "2027-03-28",
        "2027-04-30",
        "2027-10-28",
        "2027-10-03",
        "2027-04-04",
    ):
        someone = person(born="1990-" + day[5:], own_zone=zone)
        found = sure(birthday(someone, day, now=at("2017-01-01 00:00"), limits=always, at=clock))
        last = (found.valid_until - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
        assert found.state == "planned"
        assert found.day == date.fromisoformat(day) == last.date()
        assert found.valid_until.astimezone(ZoneInfo(zone)).date() == found.day + timedelta(days=1)


phones = st.sampled_from(
    [
        "tel:+34600123456",
        "tel:+61412345678",
        "tel:+79161234567",
        "tel:+18505551234",
        "tel:+18005551234",
        "tel:+14015551234",
        "tel:+33612345678",
        "tel:+12085551234",
        "tel:+5511987654321",
        "telegram:42",
    ]
)


@given(
    addresses=st.lists(phones, max_size=2, unique=True),
    zone=st.just("") | st.sampled_from(REAL),
    day=st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    clock=st.times().map(lambda one: one.replace(microsecond=0)),
)
def test_a_birthday_is_due_on_its_day_in_each_zone(
    addresses: list[str], zone: str, day: date, clock: time
) -> None:
    someone = person(*addresses, born=f"{day.month}-{day.day}", own_zone=zone)
    found = sure(birthday(someone, day.isoformat(), now=at("2025-01-01 00:00"), at=clock))
    if found.state == "planned":
        for name in found.where.zones:
            local = found.due_at.astimezone(ZoneInfo(name))
            assert local.date() == day
            assert time(8) <= local.time() < time(22)
        assert found.due_at < found.valid_until
    else:
        assert found.reason == "jurisdiction_closed_all_day"


DELIVERED = Anchor(at=at("2027-03-03 17:20"), ref="order A1")  # a Wednesday
FOLLOWS: list[tuple[str, dict[str, Any], str, str]] = [
    ("days are calendar", {"days": 3, "at": time(18)}, "2027-03-06 18:00", ""),
    ("no hour is the account's", {"days": 1}, "2027-03-04 10:00", ""),
    ("hours are elapsed", {"after": timedelta(hours=24)}, "2027-03-04 17:20", ""),
    ("hours into the night", {"after": timedelta(hours=6)}, "2027-03-04 08:00", ""),
    ("an hour that is closed", {"days": 1, "at": time(22)}, "2027-03-05 08:00", ""),
    ("the same day, already over", {"days": 0, "at": time(12)}, "2027-03-03 17:20", ""),
    (
        "valid for an hour, in the night",
        {"after": timedelta(hours=6), "valid": timedelta(hours=1)},
        "",
        "expired",
    ),
]


@pytest.mark.parametrize(
    ("what", "due", "reason"), [row[1:] for row in FOLLOWS], ids=[row[0] for row in FOLLOWS]
)
def test_a_follow_up_moves_to_the_next_allowed_instant(what: dict[str, Any], due: str, reason: str) -> None:
    kind = touch("delivered", **what)
    found = sure(occasion(kind, person(**LISBON), DELIVERED, None, LIMITS, NOW, None, None))
    assert found.reason == reason
    assert reason or found.due_at == at(due)
    assert found.period == "order A1"


def test_days_count_from_the_later_day_if_zones_disagree() -> None:
    night = Anchor(at=at("2027-03-03 23:30"), ref="order A1")  # Thursday in Madrid, Wednesday in Canary
    kind = touch("delivered", days=1, at=time(18))
    found = sure(occasion(kind, person("tel:+34600123456"), night, None, LIMITS, NOW, None, None))
    assert found.due_at == at("2027-03-05 17:00")


def test_days_and_hours_differ_where_clocks_change() -> None:
    someone = person(own_zone="Europe/Madrid")
    before = Anchor(at=at("2027-03-27 17:00"), ref="order A1")  # 18:00, the evening before summer time
    for what, due in (({"days": 1, "at": time(18)}, "16:00"), ({"after": timedelta(days=1)}, "17:00")):
        found = occasion(touch("delivered", **what), someone, before, None, LIMITS, NOW, None, None)
        assert sure(found).due_at == at(f"2027-03-28 {due}")


def test_an_anchor_that_moves_moves_its_touch_and_another_is_another() -> None:
    kind = touch("delivered", days=3, at=time(18))
    moved = Anchor(at=DELIVERED.at + timedelta(days=2), ref="order A1")
    other = Anchor(at=DELIVERED.at, ref="order A2")
    found = [
        sure(occasion(kind, person(**LISBON), one, None, LIMITS, NOW, None, None))
        for one in (DELIVERED, moved, other)
    ]
    assert [one.period for one in found] == ["order A1", "order A1", "order A2"]
    assert found[1].due_at - found[0].due_at == timedelta(days=2)
    assert found[2].due_at == found[0].due_at


def test_a_follow_up_expires_seven_days_after_it_was_due() -> None:
    kind = touch("delivered", days=3, at=time(18))
    found = sure(occasion(kind, person(**LISBON), DELIVERED, None, LIMITS, NOW, None, None))
    assert found.valid_until == at("2027-03-13 18:00")
    late = sure(occasion(kind, person(**LISBON), DELIVERED, None, LIMITS, at("2027-03-13 18:00"), None, None))
    assert (late.state, late.reason) == ("expired", "expired")


def test_a_follow_up_in_france_waits_for_monday() -> None:
    french = person("tel:+33612345678")
    kind = touch("delivered", days=4, at=time(18))
    found = sure(occasion(kind, french, DELIVERED, None, LIMITS, NOW, french.addresses[0], SMS))
    assert found.due_at == at("2027-03-08 07:00")
    elsewhere = sure(occasion(kind, french, DELIVERED, None, LIMITS, NOW, french.addresses[0], TELEGRAM))
    assert elsewhere.due_at == at("2027-03-07 17:00")


def test_a_follow_up_keeps_its_day_in_every_zone_if_it_can() -> None:
    russian = person("tel:+79161234567")
    kind = touch("delivered", days=3, at=time(18))
    found = sure(occasion(kind, russian, DELIVERED, None, LIMITS, NOW, None, None))
    days = {found.due_at.astimezone(ZoneInfo(name)).date() for name in found.where.zones}
    assert days == {found.day}


def test_a_follow_up_without_an_anchor_does_not_fall() -> None:
    assert occasion(touch("delivered", days=3), person(), None, None, LIMITS, NOW, None, None) is None


def test_a_one_off_falls_on_its_date_only() -> None:
    kind = touch("once", on=date(2027, 5, 3), at=time(9))
    someone = person(**LISBON)
    found = sure(occasion(kind, someone, None, date(2027, 5, 3), LIMITS, NOW, None, None))
    assert (found.period, found.due_at) == ("2027-05-03", at("2027-05-03 08:00"))
    assert found == occasion(kind, someone, None, None, LIMITS, NOW, None, None)
    assert occasion(kind, someone, None, date(2027, 5, 4), LIMITS, NOW, None, None) is None


@pytest.mark.parametrize(
    ("first", "day", "period", "due"),
    [
        pytest.param("2024-05-03 12:00", "2027-05-03", "2027", "2027-05-03 09:00", id="on the day"),
        pytest.param("2024-05-03 12:00", "2027-05-04", None, "", id="not on another"),
        pytest.param("2027-05-03 08:00", "2027-05-03", None, "", id="not on the first day itself"),
        pytest.param("2024-02-29 12:00", "2027-02-28", "2027", "2027-02-28 10:00", id="of a leap day"),
        pytest.param("2024-05-03 12:00", None, "2027", "2027-05-03 09:00", id="the next one"),
        pytest.param("2026-12-31 12:00", None, "2027", "2027-12-31 10:00", id="the first one"),
    ],
)
def test_an_anniversary_comes_once_a_year(first: str, day: str | None, period: str | None, due: str) -> None:
    planned = date.fromisoformat(day) if day else None
    anchor = Anchor(at=at(first), ref="order A1")
    found = occasion(touch("anniversary"), person(**LISBON), anchor, planned, LIMITS, NOW, None, None)
    assert (found.period, found.due_at) == (period, at(due)) if found else period is None


def test_a_place_of_many_laws_and_few_hours_still_has_an_instant() -> None:
    narrow = Limits(zone="UTC", laws=LAWS, guess_margin=timedelta(hours=3))
    found = sure(birthday(person("tel:+18005551234"), "2027-03-01", limits=narrow))
    assert found.due_at == at("2027-03-01 13:00")
