"""A number that two records have, a channel whose day is full, and touches made once that are over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inbox.touches.once import with_one_offs
from storage import one_offs
from tests.inbox.touches.world import BIRTHDAY, NOON, SMS, World, book

TOMORROW: dict[str, Any] = {"birth_month": 3, "birth_day": 2}
PHONE = "tel:+351912345678"


async def _sent(world: World) -> int:
    for _ in range(3):
        await world.hand()
        await world.deliver()
        await world.mind()
    return len(world.sent)


async def test_one_number_on_two_records_gets_one_greeting(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.customer("Ana M.", "whatsapp:+351912345678", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    assert await _sent(world) == 1
    states = sorted((row.state, row.reason) for row in await world.touches())
    assert states == [("sent", ""), ("suppressed", "duplicate_address")]
    world.forward(hours=1)
    assert await world.plan() == 0, "what the hand-off found is not planned again"


async def test_one_number_on_two_records_is_greeted_at_the_second_when_the_first_failed(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver("30007")
    await world.mind()
    await world.customer("Ana M.", "whatsapp:+351912345678", birthday_at=NOON, **TOMORROW)
    await world.plan()
    assert await _sent(world) == 1


async def test_another_number_of_the_same_day_is_another_person(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.customer("Rui", "tel:+351912345679", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    assert await _sent(world) == 2


def _few(world: World, a_day: int) -> None:
    spec = replace(SMS, a_day=a_day)
    ways = {**world.rules.ways, "sms": replace(world.rules.ways["sms"], a_day=a_day)}
    world.rules = replace(world.rules, specs={**world.rules.specs, "sms": spec}, ways=ways)


async def test_a_channel_whose_day_is_full_is_given_no_more_and_it_says_so(world: World) -> None:
    _few(world, 2)
    for number in range(3):
        await world.customer(f"Ana {number}", f"tel:+35191234567{number}", **TOMORROW)
    late = replace(BIRTHDAY, belated="birthday", valid=timedelta(days=3))
    world.on(late)
    await world.plan()
    world.forward(hours=22)
    assert await _sent(world) == 2
    [waiting] = [row for row in await world.touches() if row.state != "sent"]
    assert (waiting.state, waiting.reason) == ("deferred", "channel_quota")
    assert waiting.due_at == world.now + timedelta(days=1)
    world.forward(hours=23)
    assert await _sent(world) == 2
    world.forward(hours=1)
    assert await _sent(world) == 3


async def test_where_one_channel_is_full_the_next_is_taken(world: World) -> None:
    _few(world, 1)
    await world.customer("Rui", "tel:+351912345670", **TOMORROW)
    await world.customer("Ana", PHONE, "telegram:7", preferred_channel="sms", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    assert await _sent(world) == 2
    assert sorted(lane for lane, _ in world.sent) == ["sms", "telegram"]


ONCE = {"key": "spring", "name": "Spring", "start": "once", "subject": "news", "on": "2027-03-02"}


@pytest.mark.parametrize(("days", "state"), [(1, "approved"), (4, "done")], ids=["on its day", "days later"])
async def test_a_touch_made_once_is_done_when_all_of_it_is_over(world: World, days: int, state: str) -> None:
    world.on()
    definition = {**ONCE, "at": "11:00", "wording": "birthday"}
    async with world.database.writing() as connection:
        await one_offs.add(connection, world.database.ids, "Spring", definition, None, NOON)
        await one_offs.change(connection, "Spring", state="approved")
    await world.customer("Ana", PHONE)
    world.rules = await with_one_offs(world.database, world.rules, book(), world.now)
    await world.plan()
    world.forward(hours=23)
    if days > 1:
        assert await _sent(world) == 1
    world.forward(days=days - 1)
    await with_one_offs(world.database, world.rules, book(), world.now)
    async with world.database.reading() as connection:
        one = await one_offs.by_name(connection, "Spring")
    assert one is not None
    assert one.state == state
