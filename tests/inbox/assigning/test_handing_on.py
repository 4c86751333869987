"""What waits for somebody goes to another: when they are away, and when they do not answer in time."""

from pathlib import Path
from typing import Any

import pytest

from tests.inbox.assigning.houses import ANA, FOR_EVER, RUI, SUPPORT, a_house

CALM: dict[str, Any] = {
    "tiers": {"lead": {**FOR_EVER, "channels": {}}},
    "agents": [ANA, RUI],
    "teams": [{**SUPPORT, "reassign_after": "30m"}],
}


async def test_no_answer_in_the_teams_time_gives_it_to_another(tmp_path: Path) -> None:
    async with a_house(tmp_path, **CALM) as house:
        talk = await house.says("maria")
        await house.settle()
        first = await house.owner(talk)
        await house.settle(minutes=29)
        assert await house.owner(talk) == first
        await house.settle(minutes=1)
        assert {first, await house.owner(talk)} == {"ana", "rui"}
        [(_, told)] = await house.befell("reassigned")
        assert told["why"] == "no answer in 30 min"


async def test_the_time_runs_from_when_they_took_it(tmp_path: Path) -> None:
    async with a_house(tmp_path, **CALM) as house:
        talk = await house.says("maria")
        await house.settle()
        house.clock.forward(minutes=20)
        other = house.agents["rui" if await house.owner(talk) == "ana" else "ana"]
        await house.desk.take(talk, other, over=True, now=house.clock())
        await house.settle(minutes=29)
        assert await house.befell("reassigned") == []
        await house.settle(minutes=1)
        assert len(await house.befell("reassigned")) == 1


async def test_a_rules_own_time_holds_before_the_teams(tmp_path: Path) -> None:
    rules = [{"key": "fire", "when": {"words": ["fire"]}, "reassign_after": "5m"}]
    async with a_house(tmp_path, **CALM, rules=rules) as house:
        await house.says("maria", "fire")
        await house.settle()
        await house.settle(minutes=5)
        assert len(await house.befell("reassigned")) == 1


async def test_what_nobody_else_can_take_stays_where_it_is(tmp_path: Path) -> None:
    async with a_house(tmp_path, **{**CALM, "agents": [ANA]}) as house:
        talk = await house.says("maria")
        await house.settle()
        await house.settle(hours=5)
        assert (await house.owner(talk), await house.befell("reassigned")) == ("ana", [])


async def test_what_was_answered_stays(tmp_path: Path) -> None:
    async with a_house(tmp_path, **CALM) as house:
        talk = await house.says("maria")
        await house.desk.reply(talk, house.agents["ana"], text="yes", now=house.clock())
        await house.settle()
        await house.settle(hours=5)
        assert await house.owner(talk) == "ana"


async def test_what_waits_for_somebody_whose_shift_has_ended_goes_to_another(tmp_path: Path) -> None:
    agents = [{**ANA, "shifts": ["mon-fri 9:00-13:00"]}, RUI]
    async with a_house(tmp_path, **{**CALM, "agents": agents}) as house:
        talk = await house.says("maria")
        await house.desk.take(talk, house.agents["ana"], now=house.clock())
        await house.settle(minutes=20)
        assert await house.owner(talk) == "ana"
        await house.desk.reply(talk, house.agents["ana"], text="yes", now=house.clock())
        house.clock.forward(hours=1)
        await house.says("maria", "and now?", 2)
        await house.settle()
        await house.settle(seconds=5)
        assert await house.owner(talk) == "rui"
        [(_, told)] = await house.befell("reassigned")
        assert told["why"] == "Ana is away"


async def test_who_is_back_within_the_patience_keeps_it(tmp_path: Path) -> None:
    async with a_house(tmp_path, **CALM) as house:
        talk = await house.says("maria")
        ana, now = house.agents["ana"], house.clock()
        await house.desk.reply(talk, ana, text="a moment", now=now)
        await house.desk.set_away(ana, until=now.replace(minute=10), now=house.clock.forward(minutes=1))
        house.clock.forward(minutes=1)
        await house.says("maria", "thank you, and?", 2)
        await house.settle()
        assert await house.owner(talk) == "ana"


@pytest.mark.parametrize(("before", "owner"), [(True, "ana"), (False, "rui")], ids=["before", "after"])
async def test_who_keeps_what_they_have_keeps_what_waited_before_they_went(
    tmp_path: Path, before: bool, owner: str
) -> None:
    async with a_house(tmp_path, **{**CALM, "teams": [SUPPORT]}) as house:
        talk, ana = await house.says("maria"), house.agents["ana"]
        await house.desk.take(talk, ana, now=house.clock())
        if not before:
            await house.desk.reply(talk, ana, text="yes", now=house.clock())
        await house.desk.set_away(ana, owned="keep", now=house.clock.forward(minutes=1))
        if not before:
            house.clock.forward(minutes=1)
            await house.says("maria", "and?", 2)
        await house.settle(minutes=1)
        await house.settle(seconds=5)
        assert await house.owner(talk) == owner
