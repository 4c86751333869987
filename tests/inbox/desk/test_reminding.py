"""The loop that reminds: whom, once, also where there is no Slack, and what follows its conversation."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from inbox.desk.reminding import Reminding
from inbox.live import Change
from storage import agents, promises
from tests.inbox.house import NOON, House

MIN = timedelta(minutes=1)


def loop(house: House, leads: dict[str, str] | None = None) -> Reminding:
    ground = house.ground
    return Reminding(ground=ground, nudges=ground.nudges, clock=house.clock, leads=lambda: leads or {})


async def promised(house: House, minutes: int = 60, owner: str = "ana") -> int:
    conversation = await house.says("maria", 1, "hi")
    return await house.desk.promise(
        conversation,
        house.agents["ana"],
        text="call back",
        due_at=NOON + minutes * MIN,
        owner_id=house.agents[owner],
        now=NOON,
    )


@pytest.fixture
async def heard(house: House) -> AsyncIterator[list[Change]]:
    """What the pages are told of promises."""
    told: list[Change] = []
    publish = house.ground.live.publish

    def hear(change: Change) -> None:
        told.extend([change] if change.kind == "promise" else [])
        publish(change)

    house.ground.live.publish = hear  # type: ignore[method-assign]
    yield told
    house.ground.live.publish = publish  # type: ignore[method-assign]


async def test_without_slack_the_pages_are_told_at_each_stage_once(house: House, heard: list[Change]) -> None:
    key = await promised(house)
    stages = []
    for minutes in (44, 45, 46, 60, 61, 90, 91, 500):
        house.clock.now = NOON + minutes * MIN
        await loop(house).turn()
        stages.append(len(heard))
    assert stages == [0, 1, 1, 2, 2, 2, 2, 2], "nobody leads: of what is late nobody is told"
    assert {(one.promise_id, one.agent_id) for one in heard} == {(key, house.agents["ana"])}
    assert await house.rows("SELECT count(*) FROM deliveries") == [(0,)]


LEADS = [
    pytest.param({"support": "rui"}, "agent", "rui", id="whom the policy names"),
    pytest.param({}, "lead", "rui", id="else a lead of the team"),
    pytest.param({}, "admin", "rui", id="else an admin of the team"),
    pytest.param({"billing": "rui"}, "agent", None, id="not another team's"),
]


@pytest.mark.parametrize(("leads", "role", "told"), LEADS)
async def test_of_what_is_late_the_lead_is_told(
    house: House, heard: list[Change], leads: dict[str, str], role: str, told: str | None
) -> None:
    await promised(house)
    async with house.database.writing() as connection:
        await agents.change(connection, house.agents["rui"], role=role)
    house.clock.now = NOON + 100 * MIN
    for _ in range(3):
        await loop(house, leads).turn()
    assert [one.agent_id for one in heard[1:]] == ([house.agents[told]] if told else [])


async def test_what_is_promised_within_minutes_is_only_said_when_it_is_due(
    house: House, heard: list[Change]
) -> None:
    await promised(house, 10)
    await loop(house).turn()
    assert heard == []
    house.clock.now = NOON + 10 * MIN
    await loop(house).turn()
    assert len(heard) == 1


async def test_for_who_left_the_lead_is_told(house: House, heard: list[Change]) -> None:
    await promised(house)
    async with house.database.writing() as connection:
        await agents.change(connection, house.agents["ana"], active=False)
    house.clock.now = NOON + 50 * MIN
    await loop(house, {"support": "rui"}).turn()
    assert [one.agent_id for one in heard] == [house.agents["rui"]]


async def test_after_a_new_time_it_is_told_anew(house: House, heard: list[Change]) -> None:
    key = await promised(house)
    house.clock.now = NOON + 60 * MIN
    await loop(house).turn()
    later = NOON + 600 * MIN
    await house.desk.postpone_promise(key, house.agents["ana"], due_at=later, now=house.clock())
    assert not await loop(house).turn()
    house.clock.now = later
    await loop(house).turn()
    assert len(heard) == 2


async def test_what_somebody_who_left_promised_goes_to_who_has_the_conversation(house: House) -> None:
    key = await promised(house)
    [(conversation,)] = await house.rows("SELECT id FROM conversations")
    await house.desk.take(conversation, house.agents["rui"], now=house.clock())
    assert not await loop(house).turn(), "Ana is here: it is hers"
    async with house.database.writing() as connection:
        await agents.change(connection, house.agents["ana"], active=False)
    await loop(house).turn()
    assert await house.rows("SELECT owner_id FROM promises") == [(house.agents["rui"],)]
    assert key
    assert not await loop(house).turn()


async def test_what_a_team_got_goes_to_who_takes_it(house: House) -> None:
    key = await promised(house)
    ana, rui, now = house.agents["ana"], house.agents["rui"], house.clock()
    [(conversation,)] = await house.rows("SELECT id FROM conversations")
    await house.desk.take(conversation, ana, now=now)
    await house.desk.hand_over(conversation, ana, to_team="billing", now=now)
    assert not await loop(house).turn(), "nobody has it yet"
    await house.desk.take(conversation, rui, now=now)
    await loop(house).turn()
    async with house.database.reading() as connection:
        found = await promises.one(connection, key)
    assert found is not None
    assert (found.owner_id, found.follows) == (rui, False)
    row: tuple[Any, ...] = (await house.rows("SELECT kind, data FROM happenings ORDER BY id DESC LIMIT 1"))[0]
    assert row[0] == "promise_moved"
    assert '"to": "Rui"' in row[1]
    assert not await loop(house).turn()
