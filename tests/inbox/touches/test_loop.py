"""The loop begins with what was left, waits on a strange database, and hears before it speaks."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inbox.live import Live
from inbox.nudges import Nudges
from inbox.touches.loop import Touches
from inbox.touches.pausing import CHANGED, Instance, paused, resume
from inbox.touches.rules import Current
from storage.tables import conversations, messages
from tests.inbox.touches.world import World, book

TOMORROW: dict[str, Any] = {"birth_month": 3, "birth_day": 2}
PHONE = "tel:+351912345678"


def _loop(world: World, folder: Path, nudges: Nudges | None = None) -> Touches:
    return Touches(
        database=world.database,
        rules=world.rules,
        book=book(),
        current=Current(world.rules),
        instance=Instance(folder / "instance.json"),
        live=Live(),
        nudges=nudges or Nudges(),
        clock=lambda: world.now,
    )


async def test_a_turn_plans_and_later_ones_hand_off_and_mind(world: World, tmp_path: Path) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    loop = _loop(world, tmp_path)
    await loop.turn(world.now)
    assert (await world.one()).state == "planned"
    world.forward(hours=22)
    await loop.turn(world.now)
    assert (await world.one()).state == "handed_off"
    await world.deliver()
    await loop.turn(world.now)
    assert (await world.one()).state == "sent"


async def test_nothing_is_planned_or_sent_before_templates_are_known_or_ten_minutes_passed(
    world: World, tmp_path: Path
) -> None:
    specs = {**world.rules.specs, "sms": replace(world.rules.specs["sms"], learning=True)}
    world.rules = replace(world.rules, specs=specs)
    await world.customer("Ana", PHONE, **TOMORROW)
    loop = _loop(world, tmp_path)
    await loop.turn(world.now)
    assert await world.touches() == []
    specs["sms"] = replace(specs["sms"], learning=False)
    await loop.turn(world.forward(seconds=5))
    assert (await world.one()).state == "planned"
    specs["sms"] = replace(specs["sms"], learning=True)
    again = _loop(world, tmp_path)
    assert not await again.turn(world.forward(hours=22))
    assert (await world.one()).state == "planned", "a channel that says nothing is waited for"
    await again.turn(world.forward(minutes=10))
    assert (await world.one()).state == "handed_off", "though not for ever"


async def test_a_copy_of_the_database_waits_for_a_word(world: World, tmp_path: Path) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await _loop(world, tmp_path / "here").turn(world.now)
    (tmp_path / "here" / "instance.json").write_text('{"name": "another", "mark": 0}')
    world.forward(hours=22)
    elsewhere = _loop(world, tmp_path / "here")
    await elsewhere.turn(world.now)
    async with world.database.reading() as connection:
        stop = await paused(connection)
    assert stop is not None
    assert stop.reason == CHANGED
    assert (await world.one()).state == "planned"
    async with world.database.writing() as connection:
        assert await resume(connection, "ana", world.now)
    await elsewhere.turn(world.now)
    assert (await world.one()).state == "handed_off"


async def test_a_backup_that_forgot_what_went_out_waits_for_a_word(world: World, tmp_path: Path) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    loop = _loop(world, tmp_path)
    await loop.turn(world.now)
    world.forward(hours=22)
    await loop.turn(world.now)
    assert (await world.one()).state == "handed_off"
    async with world.database.writing() as connection:
        await connection.exec_driver_sql("DELETE FROM touch_log WHERE state = 'handed_off'")
    await _loop(world, tmp_path).turn(world.now)
    async with world.database.reading() as connection:
        assert await paused(connection) is not None


async def test_the_same_database_goes_on_after_a_restart(world: World, tmp_path: Path) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await _loop(world, tmp_path).turn(world.now)
    world.forward(hours=22)
    await _loop(world, tmp_path).turn(world.now)
    assert (await world.one()).state == "handed_off"


async def test_a_wish_to_be_left_alone_is_heard_before_anything_goes(world: World, tmp_path: Path) -> None:
    customer = await world.customer("Ana", PHONE, **TOMORROW)
    loop = _loop(world, tmp_path)
    await loop.turn(world.now)
    await _says(world, customer, "please do not send me any more messages")
    world.forward(hours=22)
    await loop.turn(world.now)
    row = await world.one()
    assert (row.state, row.reason) == ("suppressed", "opted_out")
    assert await world.rows("SELECT word, review FROM consents WHERE source = 'message'") in (
        [("no", True)],
        [("no", 1)],
    )


async def _says(world: World, customer: int, text: str) -> None:
    key = world.database.ids.next()
    values = {
        "id": key,
        "customer_id": customer,
        "address_id": world.known[PHONE],
        "channel": "sms",
        "team": "support",
        "state": "resolved",
        "opened_at": world.now,
        "last_at": world.now,
        "resolved_at": world.now,
    }
    said = {
        "id": world.database.ids.next(),
        "conversation_id": key,
        "direction": "in",
        "channel": "sms",
        "external_id": "SM1",
        "address_id": world.known[PHONE],
        "text": text,
        "sent_at": world.now,
        "received_at": world.now,
    }
    async with world.database.writing() as connection:
        await connection.execute(conversations.insert().values(**values))
        await connection.execute(messages.insert().values(**said))


class _Script(Nudges):
    """Nudges that do one step at each wait, and then stop the loop."""

    def __init__(self, *steps: Callable[[], Awaitable[bool]]) -> None:
        super().__init__()
        self.steps = iter(steps)
        self.loop: Touches | None = None

    async def wait(self, name: str, seconds: float) -> bool:
        step = next(self.steps, None)
        if step is None:
            assert self.loop is not None
            await self.loop.stop()
            return False
        return await step()


@pytest.mark.parametrize(
    ("nudged", "seconds", "rows"),
    [
        pytest.param(True, 60, 1, id="a nudge: with all else of a minute"),
        pytest.param(True, 59, 0, id="a nudge, yet planned a moment ago"),
        pytest.param(False, 60, 0, id="no nudge: at the hour"),
        pytest.param(False, 3600, 1, id="the hour"),
    ],
)
async def test_a_nudge_plans_what_came_in_soon(
    world: World, tmp_path: Path, nudged: bool, seconds: int, rows: int
) -> None:
    async def comes() -> bool:
        await world.customer("Ana", PHONE, **TOMORROW)
        world.forward(seconds=1)
        return nudged

    async def later() -> bool:
        assert await world.touches() == []
        world.forward(seconds=seconds - 1)
        return False

    script = _Script(comes, later)
    script.loop = _loop(world, tmp_path, script)
    await script.loop.run()
    assert len(await world.touches()) == rows
