"""Hours are read as people write them, and what is open is the same however it is written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.openings import DAY, DAYS, WEEK, minutes_of, spans
from routing.answering import Span

READ = [
    pytest.param(["mon 9:00-18:00"], [(0, 540, 1080)], id="one day"),
    pytest.param(
        ["mon-wed 9:00-18:00"], [(0, 540, 1080), (1, 540, 1080), (2, 540, 1080)], id="days in a row"
    ),
    pytest.param(["sun-mon 9:00-10:00"], [(0, 540, 600), (6, 540, 600)], id="over the end of the week"),
    pytest.param(["mon,wed 9:00-10:00"], [(0, 540, 600), (2, 540, 600)], id="some days"),
    pytest.param(["tue 9:00-12:00, 14:00-18:00"], [(1, 540, 720), (1, 840, 1080)], id="a break at noon"),
    pytest.param(["fri 22:00-6:00"], [(4, 1320, 1440), (5, 0, 360)], id="overnight"),
    pytest.param(["sun 22:00-6:00"], [(0, 0, 360), (6, 1320, 1440)], id="overnight into Monday"),
    pytest.param(["mon 9:00-12:00", "mon 11:00-13:00"], [(0, 540, 780)], id="what overlaps is one"),
    pytest.param(["MON 09:00-24:00"], [(0, 540, 1440)], id="capitals, and until midnight"),
    pytest.param([], [], id="nothing"),
]


@pytest.mark.parametrize(("written", "open_"), READ)
def test_hours_are_read(written: list[str], open_: list[tuple[int, int, int]]) -> None:
    assert spans(written) == tuple(Span(weekday=day, start=start, end=end) for day, start, end in open_)


REFUSED = [
    pytest.param("9:00-18:00", "written like", id="no day"),
    pytest.param("monday 9:00-18:00", "'monday' is no day", id="a day in full"),
    pytest.param("mon-wed-fri 9:00-18:00", "no day", id="three days in a row"),
    pytest.param("mon 9-18", "written like", id="no minutes"),
    pytest.param("mon 25:00-26:00", "no time of the day", id="an hour that is none"),
    pytest.param("mon 9:00-24:30", "no time of the day", id="after midnight"),
    pytest.param("mon 9:00-9:00", "never opens", id="no time at all"),
    pytest.param("", "written like", id="an empty text"),
]


@pytest.mark.parametrize(("written", "words"), REFUSED)
def test_what_cannot_be_read_says_how_hours_are_written(written: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        spans([written])


CLOCK = st.integers(0, DAY - 1)
LINE = st.tuples(st.sampled_from(DAYS), CLOCK, CLOCK).filter(lambda one: one[1] != one[2])


def line(day: str, start: int, end: int) -> str:
    return f"{day} {start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}"


@given(st.lists(LINE, max_size=6))
def test_spans_are_apart_in_order_and_hold_each_minute_that_was_written(
    lines: list[tuple[str, int, int]],
) -> None:
    found = spans([line(*each) for each in lines])
    edges = [(one.weekday * DAY + one.start, one.weekday * DAY + one.end) for one in found]
    assert edges == sorted(edges)
    assert all(0 <= one.start < one.end <= DAY for one in found)
    assert all(end <= start for (_, end), (start, _) in pairwise(edges))
    wanted = {
        (DAYS.index(day) * DAY + minute) % WEEK
        for day, start, end in lines
        for minute in range(start, end if end > start else end + DAY)
    }
    assert minutes_of(found) == wanted
