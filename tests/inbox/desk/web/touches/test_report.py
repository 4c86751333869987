"""Claims about the report: it adds up, says when it cannot tell, and is safe to open in a spreadsheet."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from inbox.desk.web.site import Reader
from inbox.desk.web.times import zone_of
from inbox.desk.web.touches.lifts import effects, points
from inbox.desk.web.touches.load import plot
from inbox.desk.web.touches.months_range import months_of
from inbox.desk.web.touches.report import guarded, whys
from routing.touch import Way
from storage.rows import Agent
from storage.touch_days import Load
from storage.touch_report import Ending, Group
from tests.inbox.desk.web.house import NOW, House
from tests.inbox.desk.web.touches.town import DAY, message_of, order, person, settle, touch

TODAY = date(2026, 11, 24)


async def seeded(house: House) -> None:
    """Three who were sent a birthday (one bought, one answered), two left out, two not sent."""
    for number, (state, reason) in enumerate(
        [("sent", "")] * 3 + [("control", "control")] * 2 + [("suppressed", "no_consent"), ("held", "paused")]
    ):
        who, address = await person(house, f"p{number}")
        key = await touch(house, who, address, state=state, reason=reason, ended_at=NOW)
        if state == "sent":
            answer = "Thanks!" if number == 1 else ""
            said = await message_of(
                house, who, address, "Happy birthday", at=NOW, status="read", answer=answer
            )
            await settle(house, key, "sent", message_id=said, handed_at=NOW)
        if number == 0:
            await order(house, who, "b1", placed=NOW + 3 * DAY)
        if number == 2:
            await order(house, who, "b2", placed=NOW + 31 * DAY)
            await order(house, who, "b3", placed=NOW + 3 * DAY, cancelled_at=NOW)


async def test_figures_and_bars_add_up_to_all_that_were_due(town: House) -> None:
    await seeded(town)
    page = await town.page("/desk/touches/report?from=2026-11&to=2026-11")
    figures = re.findall(r"<dt>(.*?)</dt><dd>(.*?)<small>(.*?)</small>", page)
    assert figures[:3] == [
        ("Due", "7", "every one ends in one state below"),
        ("Sent", "3", "42.9 % of those due"),
        ("Answered", "1", "33.3 % of those sent, in 7 days"),
    ]
    assert figures[3][2] == "cannot tell yet"
    bars = re.findall(r'<li><span>([^<]+)</span><span class="num">(\d+) <small>([\d.]+) %', page)
    assert sum(int(count) for _, count, _ in bars) == 7
    assert bars[0][:2] == ("Sent", "3")
    assert ("All touches are paused", "1", "14.3") in bars
    assert "What became of 7 due touches" in page


async def test_buyers_are_counted_for_thirty_days_and_both_groups(town: House) -> None:
    await seeded(town)
    page = await town.page("/desk/touches/report?from=2026-11&to=2026-11")
    assert "33.3 %<small>1 of 3, €42.50</small>" in page
    assert "0.0 %<small>0 of 2</small>" in page
    assert "Cannot tell yet" in page
    assert 'class="dot-2"' in page
    assert "3 touched, 2 left out" in page


async def test_the_perhaps_sent_are_said_where_they_are_counted(town: House) -> None:
    await seeded(town)
    who, address = await person(town, "perhaps")
    await touch(town, who, address, state="unknown", reason="result_unknown", handed_at=NOW)
    page = await town.page("/desk/touches/report?from=2026-11&to=2026-11")
    assert "<dt>Sent</dt><dd>4<small>50.0 % of those due, 1 of them perhaps</small>" in page
    bars = dict(re.findall(r'<li><span>([^<]+)</span><span class="num">(\d+) <small>', page))
    assert (bars["Sent"], bars["Perhaps sent, never confirmed"]) == ("3", "1")


async def test_what_was_spent_after_two_touches_of_a_kind_counts_once(town: House) -> None:
    await seeded(town)
    who, address = await person(town, "twice")
    for period in ("one", "two"):
        await touch(town, who, address, state="sent", period=period, handed_at=NOW)
    await order(town, who, "t1", placed=NOW + DAY)
    page = await town.page("/desk/touches/report?from=2026-11&to=2026-11")
    assert "50.0 %<small>2 of 4, €85.00</small>" in page


async def test_months_without_touches_say_so(town: House) -> None:
    page = await town.page("/desk/touches/report?from=2025-01&to=2025-02")
    assert "Nobody was due in these months." in page
    assert "so nobody can tell" in page


async def test_one_kind_by_itself(town: House) -> None:
    await seeded(town)
    who, address = await person(town, "other")
    await touch(town, who, address, kind="after_delivery", state="failed", reason="blocked", handed_at=NOW)
    whole = await town.page("/desk/touches/report")
    assert "1 The customer blocked us there" in whole
    page = await town.page("/desk/touches/report?kind=after_delivery")
    assert "What became of 1 due touches" in page
    assert "Show all occasions" in page


async def test_the_download_has_a_row_a_kind_and_no_formula(town: House) -> None:
    await seeded(town)
    await town.post(
        "/desk/touches/once",
        name="=HYPERLINK(1)",
        subject="news",
        on="2026-11-25",
        at="11:00",
        text_en="Hello",
    )
    who, address = await person(town)
    await touch(town, who, address, kind="once-hyperlink-1", state="sent", handed_at=NOW)
    answer = await town.client.get("/desk/touches/report.csv?from=2026-11&to=2026-11")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="touches-2026-11-2026-11.csv"'
    assert answer.content_type == "text/csv"
    rows = list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert [row["occasion"] for row in rows] == ["Birthday", "'=HYPERLINK(1)"]
    first = rows[0]
    assert (first["due"], first["sent"], first["read"], first["answered"]) == ("7", "3", "3", "1")
    assert (first["touched_bought"], first["left_out_people"], first["verdict"]) == (
        "1",
        "2",
        "Cannot tell yet",
    )
    assert (first["touched_spent_EUR"], first["left_out_spent_EUR"]) == ("42.50", "0.00")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_quoted(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded(f"a{text}") == f"a{text}"


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        ("2026-01", "2026-10", ("2026-01-01", "2026-10-31")),
        ("2026-10", "2026-01", ("2026-01-01", "2026-01-31")),
        ("", "", ("2025-12-01", "2026-11-30")),
        ("2000-01", "2026-10", ("2023-11-01", "2026-10-31")),
        ("x", "2027-13", ("2025-12-01", "2026-11-30")),
    ],
)
def test_months_are_read_from_the_address(first: str, last: str, span: tuple[str, str]) -> None:
    found = months_of(first, last, TODAY)
    assert (found.first.isoformat(), found.last.isoformat()) == span


def test_dots_and_lines_stand_where_the_numbers_say_and_hollow_ones_cross_zero() -> None:
    made = effects(
        [
            Group(kind="b", control=False, people=1204, buyers=258),
            Group(kind="b", control=True, people=134, buyers=17),
            Group(kind="a", control=False, people=240, buyers=41),
            Group(kind="a", control=True, people=27, buyers=5),
            Group(kind="alone", control=False, people=9, buyers=1),
        ],
        {"a": "Anniversary", "b": "Birthday"},
    )
    clear, unclear = made.rows
    assert clear.says == "Birthday: +8.7 points, between +1.7 and +13.9"
    assert clear.clear
    assert 50 < clear.low < clear.dot < clear.high <= 96
    assert unclear.verdict[0] == "Cannot tell yet"
    assert unclear.low < 50 < unclear.high
    assert [words for _, words in made.marks] == ["−20", "−10", "no difference", "+10", "+20"]
    assert made.brought == 105
    assert effects([], {}).brought is None


@pytest.mark.parametrize(
    ("share", "words"), [(0.0617, "+6.2"), (-0.014, "−1.4"), (0.0, "0.0"), (-0.0001, "0.0")]
)
def test_points_have_a_sign(share: float, words: str) -> None:
    assert points(share) == words


def test_reasons_of_one_name_are_one_bar() -> None:
    made = whys(
        [
            Ending(kind="a", state="sent", reason="", count=6),
            Ending(kind="b", state="sent", reason="", count=1),
            Ending(kind="a", state="expired", reason="open_complaint", count=3),
        ]
    )
    assert [(one.count, one.look, one.share) for one in made] == [(7, "fine", 70.0), (3, "late", 30.0)]


def test_the_plot_by_hour_knows_when_the_last_one_leaves() -> None:
    agent = Agent(
        id=1, key="t", name="T", email="", slack_id="", role="agent", teams=(), zone="Asia/Kolkata", theme="",
        active=True, available=True, idle_since=None, created_at=NOW,
    )  # fmt: skip
    at = Reader(agent=agent, now=NOW, zone=zone_of("Asia/Kolkata"))
    ten = datetime(2026, 11, 24, 10, tzinfo=UTC)
    loads = [
        Load(at=ten, channel="sms", gone=False, count=3601),
        Load(at=ten - timedelta(hours=1), channel="sms", gone=True, count=5),
    ]
    made = plot(loads, {"sms": Way(channel="sms", kind="sms", label="SMS", rate=1.0)}, {}, at)
    assert made is not None
    assert made.says == "Touches by hour, your clock: most at 15:00, 3601"
    (pace,) = made.paces
    assert (pace.count, pace.most, pace.an_hour, pace.last) == (3601, 3601, 3600, ten + timedelta(hours=1))
    assert [(bar.hour, bar.gone, bar.left) for bar in made.bars if bar.gone + bar.left] == [
        ("14", 5, 0),
        ("15", 0, 3601),
    ]
    assert plot([], {}, {}, at) is None
