"""Two processes over one database, and kills between the steps, double nothing."""

import asyncio
from typing import Any

import pytest

from inbox.live import Live
from inbox.nudges import Nudges
from inbox.touches import handing
from inbox.touches.handing import Handing
from inbox.touches.planning import plan
from inbox.touches.spans import span
from storage.database import Database
from tests.inbox.touches.world import World

TOMORROW: dict[str, Any] = {"birth_month": 3, "birth_day": 2}


async def _second(world: World) -> Database:
    other = Database(
        world.database.url.render_as_string(hide_password=False)
        .replace("+asyncpg", "")
        .replace("+aiosqlite", "")
    )
    await other.open()
    return other


async def test_two_planners_and_two_handers_at_once_make_one_of_each(world: World) -> None:
    for number in range(30):
        await world.customer(f"Ana {number}", f"tel:+3519123456{number:02}", **TOMORROW)
    other = await _second(world)
    try:
        both = (world.database, other)
        await asyncio.gather(*(plan(one, world.rules, world.now, span(world.now)) for one in both))
        assert await world.rows("SELECT count(*), count(DISTINCT customer_id) FROM touches") == [(30, 30)]
        assert await world.rows("SELECT count(*) FROM touch_log") == [(30,)]
        now = world.forward(hours=22)
        handers = [Handing(database=one, rules=world.rules, live=Live(), nudges=Nudges()) for one in both]
        done = await asyncio.gather(*(one.hand(now) for one in handers))
        assert sum(one.out for one in done) == 30
        assert await world.rows("SELECT count(*) FROM messages") == [(30,)]
        assert await world.rows("SELECT count(*) FROM deliveries") == [(30,)]
    finally:
        await other.close()


class Killed(BaseException):
    """The process ends here."""


async def test_a_kill_between_claim_and_hand_off_leaves_nothing_and_the_next_turn_sends_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.customer("Ana", "tel:+351912345678", **TOMORROW)
    await world.plan()
    world.forward(hours=22)

    async def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(handing, "say", killed)
        with pytest.raises(Killed):
            await world.hand()
    assert (await world.one()).state == "planned"
    assert await world.rows("SELECT id FROM messages") == []
    await world.hand()
    await world.deliver()
    await world.mind()
    assert len(world.sent) == 1


async def test_a_kill_between_sending_and_recording_is_unknown_and_never_sent_again(world: World) -> None:
    from storage import endings, queues
    from storage.statuses import PERHAPS

    await world.customer("Ana", "tel:+351912345678", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    async with world.database.writing() as connection:
        assert len(await queues.claim(connection, "sms", world.now, 10)) == 1
    async with world.database.writing() as connection:
        await endings.recover(connection, ["sms"], PERHAPS, world.now)
    for _ in range(3):
        await world.mind()
        await world.hand()
        await world.deliver()
        world.forward(hours=1)
    assert ((await world.one()).state, world.sent) == ("unknown", [])


async def test_a_clock_set_back_sends_nothing_twice(world: World) -> None:
    await world.customer("Ana", "tel:+351912345678", **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver()
    await world.mind()
    world.forward(hours=-23)
    for _ in range(30):
        await world.plan()
        await world.hand()
        await world.deliver()
        world.forward(hours=1)
    assert len(world.sent) == 1
