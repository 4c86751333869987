"""When somebody is there, and time counted while they are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from routing.answering import Hours, Span
from routing.hours import between, business, is_open, next_open

ZONES = ("Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC")
NEVER = Hours(spans=(Span(weekday=0, start=0, end=0),))


def week(start: int, end: int, *, days: tuple[int, ...] = (0, 1, 2, 3, 4), zone: str = "UTC") -> Hours:
    """Make hours from *start* to *end* o'clock on the days; a *start* after the *end* is a night's shift."""
    if start < end:
        return Hours(zone=zone, spans=tuple(Span(weekday=d, start=start * 60, end=end * 60) for d in days))
    late = [Span(weekday=d, start=start * 60, end=1440) for d in days]
    early = [Span(weekday=(d + 1) % 7, start=0, end=end * 60) for d in days]
    return Hours(zone=zone, spans=(*late, *early))


OFFICE = week(9, 18)
NIGHT = week(22, 6)
LISBON = week(9, 18, zone="Europe/Lisbon")
PORTUGAL = replace(LISBON, country="PT")
BAVARIA = replace(OFFICE, country="DE", region="BY")
FEAST = frozenset([date(2027, 6, 10)])


def at(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    spans = []
    for day in draw(st.sets(st.integers(0, 6), min_size=1)):
        for _ in range(draw(st.integers(1, 2))):
            start = draw(st.integers(0, 1380))
            spans.append(Span(weekday=day, start=start, end=draw(st.integers(start + 60, 1440))))
    country, region = draw(st.sampled_from([("", ""), ("PT", ""), ("DE", "BY"), ("US", "CA")]))
    zone = draw(st.sampled_from(ZONES))
    return Hours(zone=zone, spans=tuple(spans), country=country, region=region)


INSTANTS = st.datetimes(datetime(2011, 12, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
AMOUNTS = st.timedeltas(timedelta(microseconds=1), timedelta(days=3))


@pytest.mark.parametrize(
    ("open_", "instant", "there"),
    [
        pytest.param(Hours(), "2027-03-07 03:00", True, id="no spans: always"),
        pytest.param(OFFICE, "2027-03-08 09:00", True, id="the first minute"),
        pytest.param(OFFICE, "2027-03-08 08:59:59.999999", False, id="just before"),
        pytest.param(OFFICE, "2027-03-08 17:59:59.999999", True, id="the last"),
        pytest.param(OFFICE, "2027-03-08 18:00", False, id="the end is closed"),
        pytest.param(OFFICE, "2027-03-07 12:00", False, id="Sunday"),
        pytest.param(NIGHT, "2027-03-08 23:59:59", True, id="before midnight"),
        pytest.param(NIGHT, "2027-03-09 00:00", True, id="midnight of a night shift"),
        pytest.param(NIGHT, "2027-03-13 05:59", True, id="Friday's night ends on Saturday"),
        pytest.param(NIGHT, "2027-03-13 22:00", False, id="Saturday has no night"),
        pytest.param(NEVER, "2027-03-08 00:00", False, id="a span of nothing"),
        pytest.param(PORTUGAL, "2027-04-25 12:00", False, id="a Sunday and a holiday"),
        pytest.param(PORTUGAL, "2027-06-10 12:00", False, id="Portugal's day"),
        pytest.param(replace(PORTUGAL, opened=FEAST), "2027-06-10 12:00", True, id="opened"),
        pytest.param(replace(LISBON, closed=FEAST), "2027-06-10 12:00", False, id="closed"),
        pytest.param(Hours(country="PT"), "2027-06-10 03:00", False, id="always, but not on holidays"),
        pytest.param(Hours(country="PT"), "2027-06-11 03:00", True, id="always, on the day after one"),
        pytest.param(BAVARIA, "2027-01-06 12:00", False, id="Epiphany in Bavaria"),
        pytest.param(replace(BAVARIA, region="BE"), "2027-01-06 12:00", True, id="not in Berlin"),
        pytest.param(replace(OFFICE, country="XX"), "2027-06-10 12:00", True, id="a country nobody knows"),
    ],
)  # fmt: skip
def test_somebody_is_there(open_: Hours, instant: str, there: bool) -> None:
    assert is_open(open_, at(instant)) is there


@pytest.mark.parametrize(
    ("open_", "after", "opens"),
    [
        pytest.param(Hours(), "2027-03-07 03:00", "2027-03-07 03:00", id="always"),
        pytest.param(OFFICE, "2027-03-08 10:30", "2027-03-08 10:30", id="open already"),
        pytest.param(OFFICE, "2027-03-05 18:00", "2027-03-08 09:00", id="over the weekend"),
        pytest.param(NIGHT, "2027-03-13 06:00", "2027-03-15 22:00", id="Monday's night"),
        pytest.param(PORTUGAL, "2027-12-24 18:00", "2027-12-27 09:00", id="Christmas and a weekend"),
        pytest.param(LISBON, "2027-03-26 20:00", "2027-03-29 08:00", id="in summer an hour earlier in UTC"),
        pytest.param(NEVER, "2027-03-08 00:00", None, id="never"),
    ],
)
def test_the_next_opening(open_: Hours, after: str, opens: str | None) -> None:
    assert next_open(open_, at(after)) == (at(opens) if opens else None)


def test_hours_closed_for_months_open_after_them() -> None:
    closed = frozenset(date(2027, 1, 1) + timedelta(days=day) for day in range(300))
    assert next_open(replace(OFFICE, closed=closed), at("2027-01-01 12:00")) == at("2027-10-28 09:00")


@pytest.mark.parametrize(
    ("open_", "start", "amount", "end"),
    [
        pytest.param(Hours(), "2027-03-07 03:00", 60, "2027-03-07 04:00", id="always: plain addition"),
        pytest.param(OFFICE, "2027-03-08 10:00", 60, "2027-03-08 11:00", id="within a day"),
        pytest.param(OFFICE, "2027-03-08 17:00", 60, "2027-03-08 18:00", id="to the very end"),
        pytest.param(OFFICE, "2027-03-08 17:00", 61, "2027-03-09 09:01", id="a minute over the end"),
        pytest.param(OFFICE, "2027-03-06 12:00", 30, "2027-03-08 09:30", id="from a weekend"),
        pytest.param(OFFICE, "2027-03-05 17:30", 60 * 9 * 5, "2027-03-12 17:30", id="a week"),
        pytest.param(OFFICE, "2027-03-06 12:00", 0, "2027-03-06 12:00", id="nothing"),
        pytest.param(OFFICE, "2027-03-06 12:00", -5, "2027-03-06 12:00", id="less than nothing"),
        pytest.param(NIGHT, "2027-03-08 23:00", 120, "2027-03-09 01:00", id="over midnight"),
        pytest.param(PORTUGAL, "2027-06-09 16:00", 90, "2027-06-11 08:30", id="a holiday, in summer"),
        pytest.param(NEVER, "2027-03-08 00:00", 60, "2027-03-08 01:00", id="never open: as if it were"),
        pytest.param(
            week(0, 24, days=tuple(range(7)), zone="Europe/Lisbon"), "2027-03-28 00:00", 120,
            "2027-03-28 02:00", id="real hours, where the clock skips one",
        ),
        pytest.param(
            week(1, 3, days=(6,), zone="Europe/Lisbon"), "2027-03-27 00:00", 60,
            "2027-03-28 02:00", id="01:00 to 03:00 lasts an hour when clocks go forward",
        ),
        pytest.param(
            week(1, 2, days=(6,), zone="Europe/Lisbon"), "2027-10-30 12:00", 120,
            "2027-10-31 02:00", id="01:00 to 02:00 lasts two when they go back",
        ),
    ],
)  # fmt: skip
def test_business_time_is_added(open_: Hours, start: str, amount: int, end: str) -> None:
    assert business(open_, at(start), timedelta(minutes=amount)) == at(end)


def test_many_years_are_counted_as_exactly_as_days() -> None:
    start = at("2027-03-08 09:00", "Europe/Lisbon")
    assert business(LISBON, start, timedelta(hours=9 * 5 * 520)) == at("2037-02-20 18:00", "Europe/Lisbon")
    assert between(LISBON, start, at("2037-02-23 09:00", "Europe/Lisbon")) == timedelta(hours=9 * 5 * 520)


def test_a_day_that_a_zone_skipped_has_no_hours() -> None:
    samoa = week(9, 17, days=tuple(range(7)), zone="Pacific/Apia")
    assert between(samoa, at("2011-12-29 00:00", "Pacific/Apia"), at("2012-01-01 00:00", "Pacific/Apia")) == (
        timedelta(hours=16)
    )


@given(hours(), INSTANTS, AMOUNTS)
def test_time_added_is_time_between(open_: Hours, start: datetime, amount: timedelta) -> None:
    assert between(open_, start, business(open_, start, amount)) == amount


@given(hours(), INSTANTS, AMOUNTS)
def test_time_added_ends_while_open_or_at_an_end(open_: Hours, start: datetime, amount: timedelta) -> None:
    end = business(open_, start, amount)
    assert is_open(open_, end - timedelta(microseconds=1))
    assert end - start >= amount


@given(hours(), INSTANTS)
def test_it_is_open_at_the_next_opening_and_not_before(open_: Hours, after: datetime) -> None:
    opens = next_open(open_, after)
    assert opens is not None
    assert opens >= after
    assert is_open(open_, opens)
    assert between(open_, after, opens) == timedelta(0)
    assert (opens == after) is is_open(open_, after)


@given(hours(), INSTANTS, AMOUNTS, AMOUNTS)
def test_more_time_ends_later_and_a_later_start_not_sooner(
    open_: Hours, start: datetime, amount: timedelta, more: timedelta
) -> None:
    end = business(open_, start, amount)
    assert business(open_, start, amount + more) > end
    assert business(open_, start + more, amount) >= end


@given(hours(), INSTANTS, AMOUNTS, AMOUNTS)
def test_time_between_adds_up(open_: Hours, a: datetime, first: timedelta, second: timedelta) -> None:
    b, c = a + first, a + first + second
    assert between(open_, a, b) + between(open_, b, c) == between(open_, a, c)
    assert timedelta(0) <= between(open_, a, b) <= first
    assert between(open_, b, a) == -between(open_, a, b)


@given(hours(), INSTANTS)
def test_it_is_open_by_the_clock_on_the_wall(open_: Hours, instant: datetime) -> None:
    assume(not open_.country)
    local = instant.astimezone(ZoneInfo(open_.zone))
    minute = local.hour * 60 + local.minute
    spans = [one for one in open_.spans if one.weekday == local.weekday()]
    assert is_open(open_, instant) is any(one.start <= minute < one.end for one in spans)
