"""Who gets what, and why."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.assign import Assign
from routing.assignment import Candidate, Waiting, choose
from tests.inbox.house import NOON, House


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
    assert await _assign(house).turn() == 4
    assert sorted(await _owners(house)) == ["ana", "ana", "rui", "rui"]
    rows = await house.rows("SELECT data FROM happenings WHERE kind = 'assigned'")
    reasons = [json.loads(data)["reasons"] for (data,) in rows]
    assert all(reason for reason in reasons)
    assert "fewest open conversations in support (0)" in reasons[0]


async def test_who_is_away_gets_nothing_and_gets_it_when_back(house: House) -> None:
    for name in ("ana", "rui"):
        await house.desk.set_available(house.agents[name], False, now=house.clock())
    await house.says("maria", 1, "hi")
    assert await _assign(house).turn() == 0
    await house.desk.set_available(house.agents["rui"], True, now=house.clock())
    assert await _assign(house).turn() == 1
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


PEOPLE = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 1_000_000),
        name=st.sampled_from(["Ana", "Rui", "Eva"]),
        teams=st.lists(st.sampled_from(["support", "sales"]), max_size=2),
        available=st.booleans(),
        load=st.integers(0, 9),
        idle_since=st.just(NOON),
    ),
    unique_by=lambda one: one.id,
)


@given(PEOPLE, st.randoms())
def test_the_choice_is_of_the_team_present_least_loaded_and_the_same_in_any_order(
    people: list[Candidate], random: object
) -> None:
    decision = choose(Waiting(id=1, team="support"), people)
    fit = [one for one in people if one.available and "support" in one.teams]
    assert decision.reasons
    if not fit:
        assert decision.agent_id is None
        return
    chosen = next(one for one in fit if one.id == decision.agent_id)
    assert chosen.load == min(one.load for one in fit)
    shuffled = list(people)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(Waiting(id=1, team="support"), shuffled) == decision


NOBODY = [
    pytest.param([], "nobody is in the team support", id="an empty team"),
    pytest.param(
        [
            Candidate(id=1, name="Ana", teams=["support"], available=False, load=0, idle_since=NOON),
        ],
        "everybody in support is away: Ana",
        id="all away",
    ),
]


@pytest.mark.parametrize(("people", "reason"), NOBODY)
def test_when_nobody_can_take_it_the_reason_says_so(people: list[Candidate], reason: str) -> None:
    assert choose(Waiting(id=1, team="support"), people).reasons == (reason,)
