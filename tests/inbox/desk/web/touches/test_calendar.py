"""Claims about the calendar and a day: counts add up, looking sends nothing, reasons are in words."""

import re
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from sqlalchemy import Engine, event, func, select

from inbox.desk.web.touches.calendar_page import span_of, title_of
from inbox.desk.web.touches.days import cursor_of
from inbox.desk.web.touches.words import BY_STATE, CHIPS
from inbox.touches.planning import remember
from routing.touch import State
from storage.database import Database
from storage.tables import touches
from tests.inbox.desk.web.house import NOW, House
from tests.inbox.desk.web.touches.town import crowd, message_of, order, person, plan_today, settle, touch

DAY = timedelta(days=1)
TODAY = NOW.date()


def chips(page: str) -> dict[str, int]:
    return {word: int(count) for count, word in re.findall(r"<b>(\d+)</b> ([a-z ]+)", page)}


def total(page: str) -> int:
    if "Nobody is due." in page:
        return 0
    found = re.search(r"<p>([\d,]+) customers? (?:is|are) due\. Nothing is sent by looking", page)
    assert found
    return int(found[1].replace(",", ""))


def names(page: str) -> list[str]:
    return re.findall(r"/touches\"><bdi>(.*?)</bdi>", page)


async def rows(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(touches))).scalar_one())


def test_every_state_is_in_exactly_one_chip() -> None:
    states = [state for chip in CHIPS for state in chip.states]
    assert sorted(states) == sorted(get_args(State))
    assert len(states) == len(BY_STATE)


@pytest.mark.parametrize(
    ("day", "first", "last", "span"),
    [
        ("2027-03-01", "", "", ("2027-03-01", "2027-03-01")),
        ("", "2027-03-01", "2027-03-07", ("2027-03-01", "2027-03-07")),
        ("", "2027-03-07", "2027-03-01", ("2027-03-07", "2027-03-07")),
        ("", "", "", ("2026-11-24", "2026-11-24")),
        ("", "2027-01-01", "2029-01-01", ("2027-01-01", "2027-03-04")),
        ("tomorrow", "2027-02-30", "9999-99-99", ("2026-11-24", "2026-11-24")),
        ("0001-01-01", "", "", ("2026-11-24", "2026-11-24")),
    ],
)
def test_an_address_names_days_and_what_cannot_be_read_is_today(
    day: str, first: str, last: str, span: tuple[str, str]
) -> None:
    found = span_of(day, first, last, TODAY)
    assert (found.first.isoformat(), found.last.isoformat()) == span


@pytest.mark.parametrize(
    ("day", "title"),
    [
        ("2026-11-24", "Today, Tuesday 24 November"),
        ("2026-11-25", "Tomorrow, Wednesday 25 November"),
        ("2026-11-23", "Yesterday, Monday 23 November"),
        ("2027-03-01", "Monday 1 March 2027"),
    ],
)
def test_days_are_named(day: str, title: str) -> None:
    assert title_of(span_of(day, "", "", TODAY), TODAY) == title


async def test_looking_at_days_to_come_previews_who_is_due_and_writes_nothing(town: House) -> None:
    await crowd(town)
    page = await town.page("/desk/touches")
    assert total(page) == sum(chips(page).values()) == 39
    assert chips(page)["not sent"] == 1, "Dwayne never allowed it"
    assert "The customer was not asked, or did not allow it." in page
    assert "Happy birthday" in page
    assert await rows(town.app.database) == 0


async def test_what_is_previewed_is_what_is_then_planned(town: House) -> None:
    await crowd(town)
    before = await town.page("/desk/touches")
    await plan_today(town)
    after = await town.page("/desk/touches")
    assert names(before) == names(after)
    assert total(before) == total(after)
    texts = [re.findall(r'<span class="exact".*?</span>', page, re.DOTALL) for page in (before, after)]
    assert texts[0] == texts[1]


async def test_a_day_far_ahead_tells_their_clock_ours_and_the_exact_text(town: House) -> None:
    await person(town, "Guadalupe", zone="America/Mexico_City", language="es", born=date(1980, 3, 1))
    page = await town.page("/desk/touches?day=2027-03-01")
    assert total(page) == 1
    assert "10:00<small>16:00 yours</small>" in page
    assert 'lang="es">¡Feliz cumpleaños, Guadalupe!' in page
    assert "Mexico City" in page
    assert "Only channel allowed" in page
    assert "In 97 days." in page
    assert "/hold" not in page, "a preview can be looked at and no more"


@pytest.mark.parametrize(
    ("state", "reason", "shows"),
    [
        ("held", "open_complaint", "A complaint is open, or was until just now."),
        ("unknown", "result_unknown", "Looking it up; not sent twice."),
        ("deferred", "daily_cap", "Moves to Wed 10:00."),
        ("cancelled", "customer_wrote_first", "The customer wrote to us first."),
        ("control", "control", "left out to compare"),
        ("suppressed", "us_marketing_templates_not_delivered", "no marketing to numbers there"),
        ("expired", "expired", "Its time was over before it could leave."),
        ("handed_off", "", "Shown when the customer opens the web chat."),
    ],
)
async def test_what_happens_is_said_in_words(town: House, state: str, reason: str, shows: str) -> None:
    who, address = await person(town)
    due = NOW + timedelta(hours=19, minutes=20) if state == "deferred" else NOW
    await touch(town, who, address, state=state, reason=reason, due_at=due, day=TODAY.isoformat())
    page = await town.page("/desk/touches")
    assert shows in page
    assert BY_STATE[state].name in page


async def test_a_sent_touch_says_when_it_was_read_and_answered(town: House) -> None:
    who, address = await person(town)
    said = await message_of(town, who, address, "Happy birthday!", at=NOW, status="read", answer="Obrigada")
    key = await touch(town, who, address, text="Happy birthday!", language="en")
    await settle(town, key, "sent", message_id=said, handed_at=NOW)
    assert "Read 14:46, answered 14:54." in await town.page("/desk/touches")


async def test_chips_are_filters(town: House) -> None:
    for state, name in (("sent", "A"), ("held", "B"), ("failed", "C"), ("suppressed", "D")):
        who, address = await person(town, name)
        await touch(town, who, address, state=state)
    assert names(await town.page("/desk/touches?state=held")) == ["B"]
    assert sorted(names(await town.page("/desk/touches?state=not-sent"))) == ["C", "D"]
    assert sorted(names(await town.page("/desk/touches?state=nonsense"))) == ["A", "B", "C", "D"]
    assert total(await town.page("/desk/touches?state=held")) == 4, "the total stays that of the day"


@pytest.mark.parametrize("planned", [True, False], ids=["rows", "preview"])
async def test_a_long_day_is_paged_and_everybody_is_on_one_page(town: House, planned: bool) -> None:
    for number in range(107):
        await person(town, f"n{number:03d}", born=date(1980, 11, 24))
    if planned:
        await plan_today(town, NOW - timedelta(hours=6))
    seen, address, pages = [], "/desk/touches", 0
    while address:
        page = await town.page(address)
        seen += names(page)
        pages += 1
        more = re.search(r'href="([^"]+)">Show the next 50', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert pages == 3
    assert sorted(seen) == [f"n{number:03d}" for number in range(107)]


@pytest.mark.parametrize("text", ["", "x", "1-2", "1-2-x", "9" * 40 + "-1-1", "1-2-3-4"])
def test_an_unreadable_page_edge_is_the_first_page(text: str) -> None:
    assert cursor_of(text) is None


async def test_a_page_asks_as_much_of_the_database_for_fifty_rows_as_for_five(town: House) -> None:
    asked: list[str] = []

    def hear(*heard: Any) -> None:
        asked.append(heard[2])

    counts = []
    await plan_today(town)
    await remember(town.app.database, NOW)
    for more in (5, 45):
        for number in range(more):
            who, address = await person(town, f"{more}-{number}")
            await order(town, who, f"o{more}-{number}", delivered=NOW - 3 * DAY)
            await touch(town, who, address, kind="after_delivery", anchor_ref=f"order o{more}-{number}")
        event.listen(Engine, "before_cursor_execute", hear)
        asked.clear()
        page = await town.page("/desk/touches")
        event.remove(Engine, "before_cursor_execute", hear)
        counts.append(len(asked))
        assert len(names(page)) == min(50, more if more == 5 else 50)
    assert counts[0] == counts[1]


async def test_the_month_counts_days_gone_from_rows_and_days_to_come_by_the_planner(town: House) -> None:
    who, address = await person(town)
    await touch(town, who, address, day="2026-11-03")
    await touch(town, who, address, day="2026-11-03", kind="after_delivery")
    for name in ("A", "B"):
        await person(town, name, born=date(1990, 11, 27))
    await person(town, "Leap", born=date(2000, 2, 29))
    page = await town.page("/desk/touches")
    days = dict(re.findall(r'day=([\d-]+)".*?<span class="c">(\d*)<', page))
    assert (days["2026-11-03"], days["2026-11-27"], days["2026-11-28"]) == ("2", "2", "")
    assert "due, 1 birthdays, 1 follow-ups" in page
    assert page.count('aria-current="date"') == 1
    february = await town.page("/desk/touches?month=2027-02")
    assert dict(re.findall(r'day=([\d-]+)".*?<span class="c">(\d*)<', february))["2027-02-28"] == "1"
    assert "January 2027" in february
    assert "March 2027" in february


async def test_a_month_says_of_a_day_what_the_day_says(town: House) -> None:
    await crowd(town, 60)
    page = await town.page("/desk/touches?day=2026-11-25")
    days = dict(re.findall(r'day=([\d-]+)".*?<span class="c">(\d*)<', page))
    for day, count in days.items():
        if day >= "2026-11-25" and day <= "2026-11-28":
            assert total(await town.page(f"/desk/touches?day={day}")) == int(count or 0), day


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "\u202egnp.exe"]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_is_only_words(town: House, name: str) -> None:
    await person(town, name, born=date(1980, 11, 24))
    page = await town.page("/desk/touches")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert ">49<" not in page
