"""The same gesture twice, by a double click or a payload that is read again, is done once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.inbox.house import House

HOUR = timedelta(hours=1)
Do = Callable[[House, int, str], Awaitable[Any]]


async def hands_over(house: House, talk: int, key: str) -> None:
    to = house.agents["rui"]
    await house.desk.hand_over(talk, house.agents["ana"], to_agent=to, now=house.clock(), key=key)


async def snoozes(house: House, talk: int, key: str) -> None:
    now = house.clock()
    await house.desk.snooze(talk, house.agents["ana"], until=now + HOUR, now=now, key=key)


async def gives_back(house: House, talk: int, key: str) -> None:
    await house.desk.give_back(talk, house.agents["ana"], now=house.clock(), key=key)


async def resolves(house: House, talk: int, key: str) -> None:
    await house.desk.resolve(talk, house.agents["ana"], now=house.clock(), key=key)


async def taken_over(house: House, talk: int) -> None:
    await house.desk.take(talk, house.agents["rui"], now=house.clock(), over=True)


async def woken(house: House, talk: int) -> None:
    await house.desk.wake(talk, house.agents["ana"], now=house.clock())


async def reopened(house: House, talk: int) -> None:
    await house.desk.reopen(talk, house.agents["ana"], now=house.clock())


DEEDS = [
    pytest.param(hands_over, taken_over, "handed_over", id="hand_over"),
    pytest.param(snoozes, woken, "snoozed", id="snooze"),
    pytest.param(gives_back, taken_over, "given_back", id="give_back"),
    pytest.param(resolves, reopened, "resolved", id="resolve"),
]


@pytest.mark.parametrize(("deed", "meanwhile", "kind"), DEEDS)
async def test_the_same_gesture_is_done_once_whatever_came_since(
    house: House, deed: Do, meanwhile: Callable[[House, int], Awaitable[None]], kind: str
) -> None:
    talk = await house.says("maria", 1, "hi")
    await house.desk.take(talk, house.agents["ana"], now=house.clock())
    await deed(house, talk, "slack:V1")
    await meanwhile(house, talk)
    which = f"SELECT owner_id, state, snoozed_until, team FROM conversations WHERE id = {talk}"
    before = await house.rows(which)
    house.clock.forward(hours=2)
    await deed(house, talk, "slack:V1")
    assert await house.rows(which) == before
    told = f"SELECT count(*) FROM happenings WHERE kind = '{kind}'"
    assert await house.rows(told) == [(1,)]
    await deed(house, talk, "slack:V2")
    assert await house.rows(told) == [(2,)], "another gesture is another deed"


@pytest.mark.parametrize(("deed", "meanwhile", "kind"), DEEDS)
async def test_a_gesture_without_a_key_is_done_each_time(
    house: House, deed: Do, meanwhile: Callable[[House, int], Awaitable[None]], kind: str
) -> None:
    talk = await house.says("maria", 1, "hi")
    await house.desk.take(talk, house.agents["ana"], now=house.clock())
    await deed(house, talk, "")
    await meanwhile(house, talk)
    await deed(house, talk, "")
    assert await house.rows(f"SELECT count(*) FROM happenings WHERE kind = '{kind}'") == [(2,)]


async def test_a_snooze_read_again_after_its_time_is_no_mistake(house: House) -> None:
    talk = await house.says("maria", 1, "hi")
    ana, now = house.agents["ana"], house.clock()
    await house.desk.snooze(talk, ana, until=now + HOUR, now=now, key="slack:V1")
    await house.desk.snooze(talk, ana, until=now + HOUR, now=now + 2 * HOUR, key="slack:V1")
    assert await house.rows("SELECT count(*) FROM happenings WHERE kind = 'snoozed'") == [(1,)]
