"""Agents go away and come back, and what they have is kept, given back or a colleague's."""

from datetime import timedelta

import pytest

from inbox.desk.errors import DeskError, NotThere
from inbox.desk.reminding import Reminding
from tests.inbox.house import House

HOUR = timedelta(hours=1)


async def _ana(house: House) -> tuple[object, ...]:
    [row] = await house.rows("SELECT available, away_why, away_by FROM agents WHERE key = 'ana'")
    return row


async def test_who_goes_is_away_and_says_why_and_is_back_when_they_say_so(house: House) -> None:
    ana, now = house.agents["ana"], house.clock()
    await house.desk.set_away(ana, until=now + HOUR, why=" lunch ", now=now)
    assert await _ana(house) == (0, "lunch", "agent")
    await house.desk.set_back(ana, now=now)
    await house.desk.set_back(ana, now=now)
    assert await _ana(house) == (1, "", "")
    assert await house.rows("SELECT away_until FROM agents WHERE key = 'ana'") == [(None,)]


@pytest.mark.parametrize("owned", ["keep", "give_back", "rui"])
async def test_what_they_have_is_kept_given_back_or_a_colleagues(house: House, owned: str) -> None:
    talk = await house.says("maria", 1, "hi")
    aside = await house.says("joana", 1, "hi")
    ana, now = house.agents["ana"], house.clock()
    await house.desk.take(talk, ana, now=now)
    await house.desk.snooze(aside, ana, until=now + HOUR, now=now)
    to = house.agents["rui"] if owned == "rui" else owned
    await house.desk.set_away(ana, owned=to, now=now)  # type: ignore[arg-type]
    expected = {"keep": ana, "give_back": None, "rui": house.agents["rui"]}[owned]
    assert await house.rows(f"SELECT owner_id FROM conversations WHERE id = {talk}") == [(expected,)]
    assert await house.rows(f"SELECT owner_id FROM conversations WHERE id = {aside}") == [(ana,)]
    kinds = {"keep": [], "give_back": [("owner_away",)], "rui": [("handed_over",)]}[owned]
    which = "SELECT kind FROM happenings WHERE kind IN ('owner_away', 'handed_over')"
    assert await house.rows(which) == kinds


@pytest.mark.parametrize("owned", ["keep", "give_back", "rui"])
async def test_what_they_promised_goes_along_with_what_they_have(house: House, owned: str) -> None:
    talk, aside = await house.says("maria", 1, "hi"), await house.says("joana", 1, "hi")
    ana, rui, now = house.agents["ana"], house.agents["rui"], house.clock()
    for one, text in ((talk, "call back"), (aside, "send the number")):
        await house.desk.take(one, ana, now=now)
        await house.desk.promise(one, ana, text=text, due_at=now + 5 * HOUR, now=now)
    await house.desk.snooze(aside, ana, until=now + 4 * HOUR, now=now)
    await house.desk.set_away(ana, owned=rui if owned == "rui" else owned, now=now)  # type: ignore[arg-type]
    passed_on = {"keep": (ana, 0), "give_back": (ana, 1), "rui": (rui, 0)}[owned]
    which = "SELECT owner_id, follows FROM promises ORDER BY id"
    assert await house.rows(which) == [passed_on, (ana, 0)], "what is set aside stays, with its promise"
    told = [] if owned == "keep" else [(talk, '["call back"]')]
    said = (
        "SELECT conversation_id, json_extract(data, '$.promises') FROM happenings"
        " WHERE kind IN ('owner_away', 'handed_over')"
    )
    assert await house.rows(said) == told


async def test_who_gets_what_was_given_back_keeps_its_promise(house: House) -> None:
    talk = await house.says("maria", 1, "hi")
    ana, rui, now = house.agents["ana"], house.agents["rui"], house.clock()
    await house.desk.take(talk, ana, now=now)
    await house.desk.promise(talk, ana, text="call back", due_at=now + 5 * HOUR, now=now)
    await house.desk.set_away(ana, owned="give_back", now=now)
    await house.desk.take(talk, rui, now=now)
    bell = Reminding(ground=house.ground, nudges=house.ground.nudges, clock=house.clock, leads=dict)
    await bell.turn()
    assert await house.rows("SELECT owner_id, follows FROM promises") == [(rui, 0)]


async def test_going_again_changes_the_time_and_not_since_when(house: House) -> None:
    ana, now = house.agents["ana"], house.clock()
    await house.desk.set_away(ana, now=now)
    before = await house.rows("SELECT idle_since FROM agents WHERE key = 'ana'")
    await house.desk.set_away(ana, until=now + 2 * HOUR, now=now + HOUR)
    assert await house.rows("SELECT idle_since FROM agents WHERE key = 'ana'") == before


async def test_what_cannot_be_is_refused_in_a_sentence(house: House) -> None:
    ana, rui, now = house.agents["ana"], house.agents["rui"], house.clock()
    with pytest.raises(DeskError, match="That time has passed"):
        await house.desk.set_away(ana, until=now, now=now)
    with pytest.raises(NotThere):
        await house.desk.set_away(1, now=now)
    await house.desk.set_away(rui, now=now)
    with pytest.raises(DeskError, match="Rui is away"):
        await house.desk.set_away(ana, owned=rui, now=now)
    assert await _ana(house) == (1, "", "")
