"""Who is away in Slack is given nothing, where the operator has it watched; their own word holds before."""

from typing import Any

import pytest

from inbox.desk.slack.presence import EVERY, Presence
from inbox.policies import fixed
from storage import agents
from tests.inbox.desk.slack.bureau import Bureau


def watching(desk: Bureau, *keys: str) -> Presence:
    """Watch these agents."""
    watched = tuple(one.model_copy(update={"watch_presence": one.key in keys}) for one in desk.policy.agents)
    desk.face.workspace.policies = fixed(desk.policy.model_copy(update={"agents": watched}))
    return Presence(desk.face.workspace)


async def looks(presence: Presence, times: int = 1) -> None:
    for _ in range(times):
        await presence.turn()


async def ana(desk: Bureau) -> tuple[Any, ...]:
    [row] = await desk.house.rows("SELECT available, away_by FROM agents WHERE key = 'ana'")
    return row


async def test_nobody_is_asked_about_who_is_not_watched(desk: Bureau) -> None:
    presence = watching(desk)
    assert await presence.turn() == EVERY
    assert [one for one in desk.slack.calls if one.method == "users.getPresence"] == []


async def test_away_twice_is_away_and_back_is_back(desk: Bureau) -> None:
    presence = watching(desk, "ana")
    desk.slack.space.accounts[desk.ana.id].presence = "away"
    await looks(presence)
    assert await ana(desk) == (1, "")
    await looks(presence)
    assert await ana(desk) == (0, "presence")
    desk.slack.space.accounts[desk.ana.id].presence = "active"
    await looks(presence)
    assert await ana(desk) == (1, "")
    assert desk.slack.mistakes == []


@pytest.mark.parametrize("state", ["active", "away"])
async def test_their_own_word_is_never_overruled(desk: Bureau, state: str) -> None:
    presence = watching(desk, "ana")
    await desk.house.desk.set_away(desk.house.agents["ana"], now=desk.house.clock())
    desk.slack.space.accounts[desk.ana.id].presence = state
    await looks(presence, 3)
    assert await ana(desk) == (0, "agent")


async def test_all_who_are_watched_are_looked_at_in_turn_within_the_rate(desk: Bureau) -> None:
    presence = watching(desk, "ana", "rui")
    async with desk.house.database.writing() as connection:
        await agents.change(connection, desk.house.agents["rui"], slack_id=desk.rui.id)
    assert await presence.turn() == EVERY / 2
    await looks(presence, 3)
    asked = [one.arguments["user"] for one in desk.slack.calls if one.method == "users.getPresence"]
    assert sorted(asked[:2]) == sorted([desk.ana.id, desk.rui.id])
    assert asked[2:] == asked[:2]
