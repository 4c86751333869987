"""Claims about instants in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox.desk.web import times

NOW = datetime(2026, 11, 24, 14, 40, tzinfo=UTC)  # a Tuesday
LISBON = ZoneInfo("Europe/Lisbon")
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=4, seconds=59), "4 min"),
        (timedelta(hours=2, minutes=10), "2 h 10"),
        (timedelta(hours=2, minutes=5), "2 h 05"),
        (timedelta(hours=25), "1 day"),
        (timedelta(days=2, hours=5), "2 days"),
    ],
    ids=lambda value: str(value),
)
def test_waiting_is_said_by_its_length(ago: timedelta, words: str) -> None:
    assert times.waited(NOW - ago, NOW) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 24, 13, 52, tzinfo=UTC), "13:52"),
        (datetime(2026, 11, 23, 23, 0, tzinfo=UTC), "Mon"),
        (datetime(2026, 11, 18, 9, 0, tzinfo=UTC), "Wed"),
        (datetime(2026, 11, 12, 9, 0, tzinfo=UTC), "12 Nov"),
        (datetime(2025, 11, 12, 9, 0, tzinfo=UTC), "12 Nov 2025"),
    ],
    ids=["today", "yesterday", "within six days", "this year", "another year"],
)
def test_a_list_says_when_in_the_fewest_words(at: datetime, words: str) -> None:
    assert times.listed(at, NOW, LISBON) == words


def test_today_is_the_readers_today() -> None:
    late = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # 00:30 on the 25th in Tokyo
    assert times.day(late, late, TOKYO) == "Today"
    assert times.day(NOW, late, TOKYO) == "Yesterday"
    assert times.day(NOW - timedelta(days=4), NOW, LISBON) == "Friday 20 November"
    assert times.day(NOW - timedelta(days=400), NOW, LISBON) == "Monday 20 October 2025"


def test_a_stamp_names_its_zone() -> None:
    assert times.stamp(NOW, TOKYO) == "Tuesday 24 November 2026, 23:40:00, Asia/Tokyo"


@pytest.mark.parametrize(
    ("now", "names"),
    [
        pytest.param(NOW, ["hour", "evening", "tomorrow", "monday"], id="a Tuesday afternoon"),
        pytest.param(NOW.replace(hour=17, minute=30), ["hour", "tomorrow", "monday"], id="nearly evening"),
        pytest.param(NOW.replace(day=29, hour=9), ["hour", "evening", "tomorrow"], id="a Sunday"),
    ],
)
def test_only_moments_that_differ_and_are_to_come_are_offered(now: datetime, names: list[str]) -> None:
    choices = times.choices(now, LISBON)
    assert [choice.name for choice in choices] == names
    assert all(choice.at > now for choice in choices)


def test_monday_is_at_nine_in_the_agents_zone_also_over_a_change_of_clocks() -> None:
    friday = datetime(2026, 10, 23, 12, 0, tzinfo=UTC)  # summer time ends on the Sunday
    monday = next(one for one in times.choices(friday, LISBON) if one.name == "monday")
    assert monday.at == datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
    assert times.moment(monday.at, friday, LISBON) == "Mon 09:00"


@pytest.mark.parametrize(
    ("name", "on", "at"),
    [
        pytest.param(
            "date", "2026-11-25T08:15", datetime(2026, 11, 24, 23, 15, tzinfo=UTC), id="with a time"
        ),
        pytest.param("date", "2026-11-26", datetime(2026, 11, 26, 0, 0, tzinfo=UTC), id="a day: at nine"),
        pytest.param("date", "2026-11-24T09:00", None, id="past"),
        pytest.param("date", "soon", None, id="not a date"),
        pytest.param("date", "", None, id="empty"),
        pytest.param("date", "2026-11-25T08:15+01:00", None, id="with a zone of its own"),
        pytest.param("never", "", None, id="unknown"),
    ],
)
def test_a_forms_moment_is_read_in_the_agents_zone(name: str, on: str, at: datetime | None) -> None:
    assert times.chosen(name, on, NOW, TOKYO) == at


def test_an_unknown_zone_is_utc() -> None:
    assert times.zone_of("Mars/Olympus").key == "UTC"
    assert times.zone_of("../../etc/passwd").key == "UTC"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=23, minutes=56), "23 h 56 min"),
        (timedelta(minutes=9), "9 min"),
        (timedelta(seconds=59), "under 1 min"),
        (-NOW.resolution, "under 1 min"),
    ],
    ids=["hours", "minutes", "seconds", "over"],
)
def test_a_window_says_what_is_left(left: timedelta, words: str) -> None:
    assert times.window_left(NOW + left, NOW) == words
