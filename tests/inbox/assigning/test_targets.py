"""Before a promised time its owner is warned, after it another gets it or the lead is told, each once."""

from pathlib import Path
from typing import Any

import pytest

from tests.inbox.assigning.houses import ANA, RUI, SUPPORT, a_house

TIERS = {"lead": {"first_reply": "40m", "next_reply": "40m", "resolution": "2h"}}
ALONE: dict[str, Any] = {
    "tiers": TIERS,
    "agents": [ANA, {**RUI, "role": "lead"}],
    "teams": [{**SUPPORT, "lead": "rui"}],
}
KINDS = ("due_soon", "escalated", "reassigned", "too_long")


async def test_the_owner_is_warned_once_before_the_promised_time(tmp_path: Path) -> None:
    async with a_house(tmp_path, **ALONE) as house:
        talk = await house.says("maria")
        await house.desk.take(talk, house.agents["ana"], now=house.clock())
        await house.settle(minutes=29)
        assert await house.befell(*KINDS) == []
        await house.settle(minutes=1)
        await house.settle(minutes=5)
        assert await house.befell(*KINDS) == [("due_soon", {"due": "2026-11-24T12:40:00+00:00"})]


async def test_who_is_late_loses_it_to_another_who_has_room_once(tmp_path: Path) -> None:
    async with a_house(tmp_path, **ALONE) as house:
        talk = await house.says("maria")
        await house.desk.take(talk, house.agents["ana"], now=house.clock())
        await house.settle()
        await house.settle(minutes=40)
        assert await house.owner(talk) == "rui"
        [(kind, told)] = await house.befell(*KINDS)
        assert (kind, told["to"], told["from"]) == ("reassigned", "Rui", house.agents["ana"])
        assert told["why"] == "the promised answer time has passed"
        await house.settle(minutes=20)
        assert len(await house.befell(*KINDS)) == 1


async def test_where_nobody_else_can_take_it_the_lead_is_told_once(tmp_path: Path) -> None:
    async with a_house(tmp_path, **ALONE) as house:
        talk = await house.says("maria")
        await house.desk.take(talk, house.agents["ana"], now=house.clock())
        await house.desk.set_away(house.agents["rui"], now=house.clock())
        await house.settle()
        await house.settle(minutes=40)
        await house.settle(minutes=40)
        due = "2026-11-24T12:40:00+00:00"
        lead = {"due": due, "to": "Rui", "to_agent": house.agents["rui"]}
        assert await house.befell(*KINDS) == [("escalated", lead)]
        assert await house.owner(talk) == "ana"


async def test_the_team_is_told_once_of_a_matter_that_takes_too_long(tmp_path: Path) -> None:
    async with a_house(tmp_path, **ALONE) as house:
        talk = await house.says("maria")
        await house.desk.take(talk, house.agents["ana"], now=house.clock())
        await house.settle()
        await house.settle(hours=2)
        await house.settle(hours=2)
        kinds = [kind for kind, _ in await house.befell(*KINDS)]
        assert kinds.count("too_long") == 1


SILENT = [
    pytest.param("answered", id="we wait for the customer"),
    pytest.param("resolved", id="it is over"),
    pytest.param("snoozed", id="it is set aside"),
]


@pytest.mark.parametrize("how", SILENT)
async def test_nobody_is_told_of_a_time_that_does_not_run(tmp_path: Path, how: str) -> None:
    async with a_house(tmp_path, **ALONE) as house:
        talk, ana = await house.says("maria"), house.agents["ana"]
        await house.desk.take(talk, ana, now=house.clock())
        await house.settle()
        if how == "answered":
            await house.desk.reply(talk, ana, text="yes", now=house.clock())
        elif how == "resolved":
            await house.desk.resolve(talk, ana, now=house.clock())
        else:
            await house.desk.snooze(talk, ana, until=house.clock().replace(day=25), now=house.clock())
        await house.settle(hours=5)
        assert await house.befell(*KINDS) == []


async def test_after_a_night_without_us_it_is_told_as_late_and_not_as_soon(tmp_path: Path) -> None:
    async with a_house(tmp_path, **ALONE) as house:
        talk = await house.says("maria")
        await house.desk.take(talk, house.agents["ana"], now=house.clock())
        await house.settle()
        await house.settle(hours=1)
        assert [kind for kind, _ in await house.befell(*KINDS)] == ["reassigned"]
