"""Who is erased while their touch is on its way is told as that, not as stopped by an agent."""

import pytest

from storage import erasing
from tests.inbox.touches.test_life import PHONE, TOMORROW
from tests.inbox.touches.world import World


async def erase(world: World) -> None:
    """Erase the only customer."""
    [(who,)] = await world.rows("SELECT id FROM customers")
    async with world.database.writing() as connection:
        await erasing.erase(connection, world.database.ids, [who], world.now)


@pytest.mark.parametrize("place", [PHONE, "web:ana"], ids=["owed to a provider", "waiting on a page"])
@pytest.mark.parametrize("handed", [False, True], ids=["planned", "handed off"])
async def test_a_touch_that_has_not_left_ends_as_erased(world: World, place: str, handed: bool) -> None:
    await world.customer("Ana", place, **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    if handed:
        assert await world.hand() == 1
    await erase(world)
    for _ in range(2):
        await world.deliver()
        await world.mind()
        await world.hand()
    row = await world.one()
    assert (row.state, row.reason, row.text) == ("suppressed", "suppressed_erased", "")
    assert world.sent == []


async def test_what_was_sent_stays_sent(world: World) -> None:
    await world.customer("Ana", PHONE, **TOMORROW)
    await world.plan()
    world.forward(hours=22)
    await world.hand()
    await world.deliver()
    await erase(world)
    await world.mind()
    assert (await world.one()).state == "sent"
