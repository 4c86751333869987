"""The preview shows what is then sent, and consumes nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from inbox.touches.preview import Load, Shown, preview
from storage import touch_pages
from tests.inbox.touches.world import NOON, World

TOMORROW: dict[str, Any] = {"birth_month": 3, "birth_day": 2}


async def _shown(world: World, first: date = date(2027, 3, 2), last: date = date(2027, 3, 2)) -> list[Shown]:
    pages = preview(world.database, world.rules, first, last, world.now)
    return [one async for page in pages for one in page]


async def _people(world: World) -> None:
    await world.customer("Ana", "tel:+351912345678", **TOMORROW)
    await world.customer("Rui", "telegram:7", **TOMORROW)
    await world.customer("Eva", "tel:+351912345679", allow=False, **TOMORROW)
    key = await world.customer("Zoe", "tel:+351912345670", **TOMORROW)
    await world.order(key, "A1", delivered_at=NOON - timedelta(days=2))


async def test_what_the_preview_shows_is_what_is_then_sent(world: World) -> None:
    await _people(world)
    before = await _shown(world)
    planned = sorted((one.channel, one.text) for one in before if one.state == "planned")
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver()
    world.forward(hours=8)
    await world.hand()
    await world.deliver()
    assert sorted(world.sent) == planned
    assert len(planned) == 3


async def test_the_preview_says_why_not_and_what_a_birthday_takes_from_the_day(world: World) -> None:
    await _people(world)
    found = {(one.name, one.kind): (one.state, one.reason) for one in await _shown(world)}
    assert found == {
        ("Ana", "birthday"): ("planned", ""),
        ("Rui", "birthday"): ("planned", ""),
        ("Eva", "birthday"): ("suppressed", "no_consent"),
        ("Zoe", "birthday"): ("planned", ""),
        ("Zoe", "after_delivery"): ("deferred", "daily_cap"),
    }


async def test_the_preview_leaves_no_trace(world: World) -> None:
    await _people(world)
    await _shown(world)
    for table in ("touches", "touch_log", "messages", "deliveries", "facts"):
        assert await world.rows(f"SELECT count(*) FROM {table}") == [(0,)]


async def test_a_far_day_can_be_looked_at(world: World) -> None:
    await world.customer("Ana", "tel:+351912345678", birth_month=2, birth_day=29)
    found = await _shown(world, date(2029, 2, 20), date(2029, 3, 10))
    assert [one.day for one in found] == [date(2029, 2, 28)]


def test_a_channel_has_finished_when_its_rate_allows() -> None:
    load = Load()
    for _ in range(120):
        load.add("sms", NOON)
    load.add("sms", NOON + timedelta(minutes=90))
    assert load.by_hour() == [(NOON, "sms", 120), (NOON + timedelta(hours=1), "sms", 1)]
    assert load.finished({"sms": 1.0}) == {"sms": NOON + timedelta(minutes=90, seconds=1)}
    assert load.finished({"sms": 0.01}) == {"sms": NOON + timedelta(seconds=12_100)}


async def test_a_day_of_the_ledger_adds_up(world: World) -> None:
    await _people(world)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver()
    await world.mind()
    async with world.database.reading() as connection:
        counted = await touch_pages.of_days(connection, "2027-03-01", "2027-03-31")
        birthdays = await touch_pages.of_kind(connection, "birthday")
        hours = await touch_pages.by_hour(connection, world.now, world.now + timedelta(days=1))
        listed = await touch_pages.of_day(connection, "2027-03-02", "birthday")
    told = {(one.kind, one.state, one.reason): one.number for one in counted}
    assert told == {
        ("birthday", "sent", ""): 3,
        ("birthday", "suppressed", "no_consent"): 1,
        ("after_delivery", "planned", ""): 1,
    }
    assert sum(one.number for one in birthdays) == 4
    assert sum(number for _, _, number in hours) == 5
    assert sorted(name for _, name in listed) == ["Ana", "Eva", "Rui", "Zoe"]


@pytest.mark.parametrize("days", [5, 40], ids=["in time", "too late to count"])
async def test_buyers_are_those_who_bought_soon_after(world: World, days: int) -> None:
    key = await world.customer("Ana", "tel:+351912345678", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver()
    await world.mind()
    for number in ("B1", "B2"):
        bought = world.now + timedelta(days=days)
        await world.order(key, number, placed_at=bought, total=1_000, currency="EUR")
    month = timedelta(days=30)
    async with world.database.reading() as connection:
        until = world.now + timedelta(days=60)
        touched = await touch_pages.buyers(connection, "birthday", control=False, within=month, until=until)
        control = await touch_pages.buyers(connection, "birthday", control=True, within=month, until=until)
    assert touched.people == 1
    assert (touched.buyers, dict(touched.revenue)) == ((1, {"EUR": 2_000}) if days == 5 else (0, {}))
    assert (control.people, control.buyers) == (0, 0)
