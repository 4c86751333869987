"""Whatever waits and whoever answers: nobody over capacity, nobody absent, nobody starved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.answering import Answerer, House, Matter, Rule, When
from routing.assignment import explain, give
from routing.pyramid import limit, starved
from tests.benchmarks import week
from tests.routing.house import FIRST, NOW, agent, house, matter, minutes

TEAMS = st.sets(st.sampled_from(["support", "billing"]), min_size=1).map(frozenset)
LANGUAGES = st.sets(st.sampled_from(["pt", "en", "fi"]), max_size=2).map(frozenset)
BACK = st.none() | st.integers(-5, 30).map(lambda back: NOW + minutes(back))
RULES = house(
    Rule(key="invoice", when=When(words=("invoice",)), team="billing", skill="invoices", priority=1),
    Rule(key="vip", when=When(tiers=("platinum",)), patience=minutes(20)),
)


@st.composite
def crews(draw: st.DrawFn) -> list[Answerer]:
    return [
        agent(
            number,
            teams=draw(TEAMS),
            present=draw(st.booleans()),
            load=draw(st.integers(0, 3)),
            capacity=draw(st.integers(0, 4)),
            idle_since=NOW - minutes(draw(st.integers(0, 3))),
            languages=draw(LANGUAGES),
            skills=draw(st.sampled_from([frozenset(), frozenset({"invoices"})])),
            back_at=draw(BACK),
        )
        for number in range(1, draw(st.integers(0, 6)) + 1)
    ]


@st.composite
def queues(draw: st.DrawFn) -> list[Matter]:
    return [
        matter(
            number,
            waited=draw(st.integers(0, 500)),
            tier=draw(st.sampled_from([*FIRST, ""])),
            words=draw(st.sampled_from(["invoice", "hello"])),
            language=draw(st.sampled_from(["", "pt", "fi"])),
            manager=draw(st.sampled_from(["", "agent1", "agent2", "gone"])),
            last_agent=draw(st.none() | st.integers(1, 7)),
            refused=draw(st.sets(st.integers(1, 6), max_size=2).map(frozenset)),
        )
        for number in range(1, draw(st.integers(0, 10)) + 1)
    ]


@given(queues(), crews())
def test_nobody_gets_what_they_should_not(waiting: list[Matter], crew: list[Answerer]) -> None:
    by_id, known = {one.id: one for one in crew}, {one.id: one for one in waiting}
    load = {one.id: one.load for one in crew}
    decided = give(waiting, crew, RULES, NOW)
    assert sorted(one.matter_id for one in decided) == sorted(known)
    for one in decided:
        if one.agent_id is None:
            continue
        to = by_id[one.agent_id]
        load[to.id] += 1
        assert to.present
        assert load[to.id] <= to.capacity
        assert one.sorted.team in to.teams
        assert to.id not in known[one.matter_id].refused
        assert one.waits_for is None


@given(queues(), crews(), st.randoms())
def test_the_same_comes_of_the_same_in_any_order(
    waiting: list[Matter], crew: list[Answerer], dice: Any
) -> None:
    decided = give(waiting, crew, RULES, NOW)
    dice.shuffle(waiting)
    dice.shuffle(crew)
    assert give(waiting, crew, RULES, NOW) == decided


@given(queues(), crews())
def test_what_nobody_gets_has_a_reason_and_nobody_it_could_go_to(
    waiting: list[Matter], crew: list[Answerer]
) -> None:
    decided = give(waiting, crew, RULES, NOW)
    load = {one.id: one.load + sum(each.agent_id == one.id for each in decided) for one in crew}
    known = {one.id: one for one in waiting}
    for one in decided:
        assert one.steps
        assert all(step.said for step in one.steps)
        late = starved(known[one.matter_id], RULES, NOW, team=one.sorted.team)
        if one.agent_id is None and late:  # waits for nobody and asks for nothing
            able = [each for each in crew if each.present and one.sorted.team in each.teams]
            able = [each for each in able if each.id not in known[one.matter_id].refused]
            assert [each for each in able if load[each.id] < each.capacity] == []


@given(queues(), crews())
def test_everybody_else_of_the_team_is_told_why_not(waiting: list[Matter], crew: list[Answerer]) -> None:
    for one in waiting:
        told, (given_,) = explain(one, crew, RULES, NOW), give([one], crew, RULES, NOW)
        assert (told.agent_id, told.waits_for) == (given_.agent_id, given_.waits_for)
        others = [each for each in crew if told.sorted.team in each.teams and each.id != told.agent_id]
        assert len(told.steps) >= len(given_.steps) + len(others) - (told.waits_for is not None)


Served = dict[int, timedelta]


def served(ours: House, coming: Sequence[tuple[int, str]], long: int, capacity: int) -> Served:
    """Let customers of a tier come in a minute; one agent has each for *long*; how long they waited."""
    waiting: dict[int, Matter] = {}
    ends: list[int] = []
    waited: Served = {}
    for minute in range(max(one for one, _ in coming) + 1):
        now = NOW + minutes(minute)
        ends = [one for one in ends if one > minute]
        for number, (at, tier) in enumerate(coming):
            if at == minute:
                waiting[number] = matter(number, waiting_since=now, opened_at=now, tier=tier)
        crew = [agent(1, load=len(ends), capacity=capacity)]
        for one in give(list(waiting.values()), crew, ours, now):
            if one.agent_id is not None:
                waited[one.matter_id] = now - waiting.pop(one.matter_id).waiting_since
                ends.append(minute + long)
    return waited


@settings(max_examples=settings().max_examples // 5)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=4).map(sorted),
    st.integers(2, 6),
    st.integers(1, 2),
)
def test_a_lead_is_served_though_platinum_never_stops_coming(
    leads: list[int], long: int, capacity: int
) -> None:
    """Past the bound the next place is theirs: they wait for those before them, a place at a time.

    As many platinum customers come as can be served at all, so without a bound no lead ever is.
    """
    ours = house(bound=0.5)
    bound = limit(ours)
    assert bound == minutes(60)
    most = bound + minutes(long * (len(leads) + 1) + 1)
    until = max(leads) + int(most / minutes(1)) + 1
    steady = [(at, "platinum") for at in range(-long, until + 1) for _ in range(capacity) if at % long == 0]
    first = [(max(at, 0), tier) for at, tier in steady]
    coming = [*((at, "lead") for at in leads), *first]
    waited = served(ours, coming, long, capacity)
    assert all(waited[number] <= most for number in range(len(leads)))
    endless = served(replace(ours, bound=1_000.0), coming, long, capacity)
    assert all(number not in endless for number in range(len(leads)))


def test_among_the_starved_who_waits_longest_is_first() -> None:
    queue = [matter(1, tier="platinum"), matter(2, waited=400), matter(3, waited=500), matter(4, tier="gold")]
    decided = give(queue, [agent(1, capacity=3)], house(), NOW)
    assert [(one.matter_id, one.agent_id) for one in decided] == [(3, 1), (2, 1), (1, 1), (4, None)]


@pytest.mark.parametrize("seed", [week.SEED, 7, 8, 9])
def test_two_days_are_fairer_than_taking_turns(seed: int) -> None:
    """The small form of the benchmark: days on which more come for hours than can be served."""
    coming, crew = week.arrivals(seed, days=2, share=1.05), week.shifts()
    house_, turns = (
        week.play(coming, crew, week.ours),
        week.play(coming, crew, week.in_turn()),
    )
    assert house_.unserved == turns.unserved == []
    assert median(turns.waited["platinum"]) >= 3 * max(median(house_.waited["platinum"]), 0.5)
    assert max(house_.waited["lead"]) <= week.bound()
    assert house_.load_gini <= turns.load_gini
    assert sum(map(len, house_.waited.values())) == len(coming)


def test_the_made_up_week_is_the_same_each_time() -> None:
    assert week.arrivals(days=1) == week.arrivals(days=1)
    crew = week.shifts()
    noon: datetime = week.MONDAY + timedelta(hours=12)
    assert [one.agent.id for one in crew if one.covers(12 * 60)] == list(range(1, 21))
    assert [one.agent.id for one in crew if one.covers((5 * 24 + 12) * 60)] == [5, 10, 15, 20]
    assert noon.weekday() == 0


@pytest.mark.parametrize(
    ("values", "spread"), [([], 0), ([0, 0], 0), ([3, 3, 3], 0), ([0, 0, 0, 4], 0.75), ([1, 3], 0.25)]
)
def test_spread_is_nothing_for_equals_and_grows(values: list[float], spread: float) -> None:
    assert week.gini(values) == pytest.approx(spread)
