"""Who may switch safe mode of what, and whose typing waits."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.policy import Policy, Team
from inbox.desk.errors import DeskError, NotAllowed
from inbox.desk.safety import is_safe
from inbox.policies import fixed
from storage import agents, conversations, safety
from tests.inbox.house import House, make_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with Ana, Rui, and Lea who leads."""
    made = await make_house(f"sqlite:///{tmp_path / 't.db'}", names=("ana", "rui", "lea"))
    async with made.database.writing() as connection:
        await agents.change(connection, made.agents["lea"], role="lead")
    yield made
    await made.accept.close()
    await made.database.close()


@pytest.mark.parametrize(("who", "may"), [("ana", True), ("rui", False), ("lea", True)])
async def test_ones_own_is_ones_own_and_that_of_others_is_for_leads(
    house: House, who: str, may: bool
) -> None:
    ana, now = house.agents["ana"], house.clock()
    conversation = await house.says("maria", 1, "hi")
    await house.desk.take(conversation, ana, now=now)
    for whose in ({"of_agent": ana}, {"conversation_id": conversation}):
        if may:
            await house.desk.set_safe_mode(house.agents[who], on=True, now=now, **whose)
        else:
            with pytest.raises(NotAllowed):
                await house.desk.set_safe_mode(house.agents[who], on=True, now=now, **whose)
    async with house.database.reading() as connection:
        agent = await agents.one(connection, ana)
        assert agent is not None
        assert agent.safe_mode == may
        assert await safety.of_conversation(connection, conversation) == may


async def test_what_nobody_has_is_switched_by_a_lead(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    with pytest.raises(NotAllowed):
        await house.desk.set_safe_mode(
            house.agents["ana"], on=True, conversation_id=conversation, now=house.clock()
        )


async def test_it_must_be_said_whose(house: House) -> None:
    with pytest.raises(DeskError, match="Say whose"):
        await house.desk.set_safe_mode(house.agents["lea"], on=True, now=house.clock())


async def test_twice_is_told_once_and_keeps_what_was_decided(house: House) -> None:
    conversation, now = await house.says("maria", 1, "hi"), house.clock()
    async with house.database.writing() as connection:
        await connection.exec_driver_sql(
            f"INSERT INTO routed (conversation_id, decided_at, rule) VALUES ({conversation}, 1, 'first')"
        )
    for on in (True, True, False):
        await house.desk.set_safe_mode(house.agents["lea"], on=on, conversation_id=conversation, now=now)
    assert await house.rows("SELECT count(*) FROM happenings WHERE kind = 'safe_mode'") == [(2,)]
    assert await house.rows("SELECT rule, safe_mode FROM routed") == [("first", 0)]


@pytest.mark.parametrize("by", ["nobody", "agent", "conversation", "team"])
async def test_typing_waits_where_the_agent_the_conversation_or_the_team_says_so(
    house: House, by: str
) -> None:
    key, now = await house.says("maria", 1, "hi"), house.clock()
    if by in ("agent", "conversation"):
        whose = {"of_agent": house.agents["ana"]} if by == "agent" else {"conversation_id": key}
        await house.desk.set_safe_mode(house.agents["lea"], on=True, now=now, **whose)
    policies = fixed(Policy(teams=(Team(key="support", name="S", safe_mode=by == "team"),)))
    async with house.database.reading() as connection:
        conversation, agent = (
            await conversations.one(connection, key),
            await agents.one(connection, house.agents["ana"]),
        )
        assert conversation is not None
        assert agent is not None
        stale = replace(agent, safe_mode=False)
        assert await is_safe(connection, policies, conversation, stale) == (by != "nobody")
