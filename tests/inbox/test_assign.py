"""Who gets what, and why."""

import json

import pytest

from inbox import assign
from inbox.assign import Assign
from inbox.assigning import giving, placing
from inbox.desk.errors import DeskError
from storage import agents
from tests.inbox.house import House


def _assign(house: House) -> Assign:
    return Assign(ground=house.ground, nudges=house.ground.nudges, clock=house.clock)


async def _owners(house: House) -> list[str]:
    rows = await house.rows(
        "SELECT a.key FROM conversations c JOIN agents a ON a.id = c.owner_id ORDER BY c.id"
    )
    return [key for (key,) in rows]


async def test_waiting_conversations_are_spread_and_the_reasons_are_recorded(house: House) -> None:
    for number in range(4):
        await house.says(f"c{number}", 1, "hi")
    await _assign(house).turn()
    assert sorted(await _owners(house)) == ["ana", "ana", "rui", "rui"]
    rows = await house.rows("SELECT data FROM happenings WHERE kind = 'assigned'")
    reasons = [json.loads(data)["reasons"] for (data,) in rows]
    assert all(reason for reason in reasons)
    told = [reason for each in reasons for reason in each]
    assert "Ana has the least open for the capacity (0 of 5), as 1 more, and is longest without" in told[0]


async def test_who_is_away_gets_nothing_and_gets_it_when_back(house: House) -> None:
    for name in ("ana", "rui"):
        await house.desk.set_available(house.agents[name], False, now=house.clock())
    await house.says("maria", 1, "hi")
    await _assign(house).turn()
    assert await _owners(house) == []
    await house.desk.set_available(house.agents["rui"], True, now=house.clock())
    await _assign(house).turn()
    assert await _owners(house) == ["rui"]


async def test_who_gave_it_back_does_not_get_it_again(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    await house.desk.take(conversation, house.agents["ana"], now=house.clock())
    await house.desk.give_back(conversation, house.agents["ana"], now=house.clock())
    await _assign(house).turn()
    assert await _owners(house) == ["rui"]


async def test_what_was_set_aside_wakes_at_its_time(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    until = house.clock.now.replace(hour=15)
    await house.desk.snooze(conversation, house.agents["ana"], until=until, now=house.clock())
    await _assign(house).turn()
    assert await house.rows("SELECT state FROM conversations") == [("snoozed",)]
    house.clock.forward(hours=4)
    await _assign(house).turn()
    assert await house.rows("SELECT state FROM conversations") == [("open",)]


async def test_what_belongs_to_somebody_who_left_goes_to_somebody_who_is_here(house: House) -> None:
    open_one = await house.says("maria", 1, "hi")
    set_aside = await house.says("joana", 1, "hi")
    ana, now = house.agents["ana"], house.clock()
    await house.desk.take(open_one, ana, now=now)
    await house.desk.snooze(set_aside, ana, until=house.clock.now.replace(hour=15), now=now)
    async with house.database.writing() as connection:
        entries = [{"key": "rui", "name": "Rui", "teams": ["support"]}]
        await agents.sync(connection, house.database.ids, entries, now)
    await _assign(house).turn()
    assert await _owners(house) == ["rui"]
    house.clock.forward(hours=4)
    await _assign(house).turn()
    await _assign(house).turn()
    assert await _owners(house) == ["rui", "rui"]
    with pytest.raises(DeskError, match="Ana does not work here any more"):
        await house.desk.hand_over(open_one, house.agents["rui"], to_agent=ana, now=now)


async def test_what_was_answered_and_given_to_a_team_gets_an_owner(house: House) -> None:
    conversation = await house.says("maria", 1, "hi")
    ana, now = house.agents["ana"], house.clock()
    await house.desk.reply(conversation, ana, text="a colleague will go on", now=now)
    await house.desk.give_back(conversation, ana, now=now)
    await _assign(house).turn()
    assert await _owners(house) == ["rui"]


async def test_a_team_where_nobody_is_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "AT_ONCE", 2)
    monkeypatch.setattr(giving, "AT_ONCE", 2)
    for number in range(3):
        await house.says(f"c{number}", 1, "hi")
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE conversations SET team = 'billing'")
    maria = await house.says("maria", 1, "hi")
    await _sweep(house)
    assert await house.rows("SELECT id FROM conversations WHERE owner_id IS NOT NULL") == [(maria,)]


async def _sweep(house: House) -> int:
    """Turn until there is no more to do; returns how many turns that took."""
    assigning, turns = _assign(house), 1
    while await assigning.turn():
        turns += 1
    return turns


async def test_many_new_ones_are_given_a_few_at_a_time_and_spread_as_evenly(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "AT_ONCE", 4)
    monkeypatch.setattr(giving, "AT_ONCE", 4)
    for number in range(10):
        await house.says(f"c{number}", 1, "hi")
    assert await _sweep(house) >= 3
    assert sorted(await _owners(house)) == ["ana"] * 5 + ["rui"] * 5
    told = await house.rows("SELECT conversation_id FROM happenings WHERE kind = 'assigned'")
    assert len(set(told)) == len(told) == 10


async def test_what_nobody_here_may_take_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "AT_ONCE", 2)
    monkeypatch.setattr(giving, "AT_ONCE", 2)
    refused = [await house.says(f"c{number}", 1, "hi") for number in range(3)]
    for conversation in refused:
        for agent in house.agents.values():
            await house.desk.take(conversation, agent, now=house.clock(), over=True)
            await house.desk.give_back(conversation, agent, now=house.clock())
    maria = await house.says("maria", 1, "hi")
    await _sweep(house)
    assert await house.rows("SELECT id FROM conversations WHERE owner_id IS NOT NULL") == [(maria,)]


async def test_a_given_conversation_is_shown_once_in_slack_and_its_card_once(slack_house: House) -> None:
    for number in range(3):
        await slack_house.says(f"c{number}", 1, "hi")
    await _sweep(slack_house)
    posts = await slack_house.rows(
        "SELECT conversation_id FROM deliveries WHERE lane = 'slack' AND kind = 'happened'"
    )
    cards = await slack_house.rows("SELECT conversation_id FROM deliveries WHERE lane = 'slack-cards'")
    assert len(set(posts)) == len(posts) == 3
    assert len(set(cards)) == len(cards) == 3


async def test_all_that_was_set_aside_until_the_same_hour_wakes_a_few_at_a_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assign, "FEW", 2)
    for number in range(5):
        conversation = await house.says(f"c{number}", 1, "hi")
        until = house.clock.now.replace(hour=15)
        await house.desk.snooze(conversation, house.agents["ana"], until=until, now=house.clock())
    house.clock.forward(hours=4)
    assert await _sweep(house) >= 3
    assert await house.rows("SELECT DISTINCT state FROM conversations") == [("open",)]
