"""Who answers, and why not another."""

from typing import Any

import pytest

from routing.answering import UNKNOWN, Answerer, Given, Hours, House, Matter, Rule, When
from routing.assignment import explain, give
from tests.routing.house import NOW, OFFICE, agent, house, matter, minutes, team

ANA = agent(1, "Ana", languages=frozenset({"pt-PT", "en"}), skills=frozenset({"invoices"}))
BO = agent(2, "Bo", languages=frozenset({"en"}), idle_since=NOW - minutes(90))
CLEO = agent(3, "Cleo", teams=frozenset({"billing"}))
INVOICES = Rule(key="invoices", when=When(words=("invoice",)), skill="invoices")


def changed(one: Answerer, **change: Any) -> Answerer:
    return agent(one.id, one.name, **{name: getattr(one, name) for name in KEPT} | change)


KEPT = ("teams", "present", "load", "capacity", "idle_since", "languages", "skills", "back_at")


def away(one: Answerer, back: float | None = None) -> Answerer:
    return changed(one, present=False, back_at=NOW + minutes(back) if back is not None else None)


def full(one: Answerer) -> Answerer:
    return changed(one, load=one.capacity)


def decided(one: Matter, *answerers: Answerer, ours: House | None = None) -> Given:
    """Decide in both ways: they agree."""
    ours = ours or house(INVOICES)
    (given,) = give([one], answerers, ours, NOW)
    told = explain(one, answerers, ours, NOW)
    same = (told.agent_id, told.waits_for, told.waits_until, told.steps[: len(given.steps)])
    assert same == (given.agent_id, given.waits_for, given.waits_until, given.steps)
    return given


MANAGED: dict[str, Any] = {"manager": "ana"}
CASES: dict[str, tuple[dict[str, Any], tuple[Answerer, ...], int | None, str]] = {
    "the only one": ({}, (ANA, CLEO), 1, "pick: Ana is the only one left"),
    "least loaded": (
        {},
        (ANA, changed(BO, load=1)),
        1,
        "pick: Ana has the least open for the capacity (0 of 5)",
    ),
    "for the capacity": (
        {},
        (changed(ANA, load=2, capacity=10), changed(BO, load=2)),
        1,
        "pick: Ana has the least open for the capacity (2 of 10)",
    ),
    "longest idle": (
        {},
        (ANA, BO),
        2,
        "pick: Bo has the least open for the capacity (0 of 5), as 1 more, and is longest without a new one",
    ),
    "by id": ({}, (changed(BO, idle_since=ANA.idle_since), ANA), 1, "pick: Ana has the least"),
    "nobody in the team": ({}, (CLEO,), None, "hours: nobody is in Support"),
    "nobody is here": (
        {},
        (away(ANA), away(BO, 180)),
        None,
        "hours: nobody of Support is here: Ana away, Bo away until 13:00",
    ),
    "all at capacity": (
        {},
        (full(ANA), full(BO)),
        None,
        "capacity: at capacity: Ana (5 of 5), Bo (5 of 5); it waits until one has room",
    ),
    "some at capacity": ({}, (ANA, full(BO)), 1, "capacity: at capacity: Bo (5 of 5)"),
    "over capacity": ({}, (ANA, changed(BO, load=9)), 1, "capacity: at capacity: Bo (9 of 5)"),
    "no capacity at all": ({}, (changed(ANA, capacity=0),), None, "capacity: at capacity: Ana (0 of 0)"),
    "gave it back": ({"refused": frozenset({2})}, (ANA, BO), 1, "refused: gave it back: Bo"),
    "all gave it back": (
        {"refused": frozenset({1, 2})},
        (ANA, BO),
        None,
        "refused: gave it back: Ana, Bo; nobody else is here",
    ),
    "manager": (MANAGED, (changed(ANA, load=4), BO), 1, "manager: Ana is the account manager and is here"),
    "manager full": (
        MANAGED,
        (full(ANA), BO),
        2,
        "manager: Ana is the account manager, but is at capacity (5 of 5)",
    ),
    "manager soon back": (
        MANAGED,
        (away(ANA, 8), BO),
        None,
        "manager: Ana, the account manager, is back at 10:08: it waits until then",
    ),
    "manager back too late": (
        MANAGED,
        (away(ANA, 10), BO),
        2,
        "manager: Ana is the account manager, but is away until 10:10: too long to wait",
    ),
    "manager away for who knows how long": (
        MANAGED,
        (away(ANA), BO),
        2,
        "manager: Ana is the account manager, but is away: too long to wait",
    ),
    "manager should be back": (
        MANAGED,
        (away(ANA, -1), BO),
        2,
        "manager: Ana is the account manager, but is away",
    ),
    "manager gave it back": (
        MANAGED | {"refused": frozenset({1})},
        (ANA, BO),
        2,
        "manager: Ana is the account manager, but gave it back",
    ),
    "manager gave it back and is soon back": (
        MANAGED | {"refused": frozenset({1})},
        (away(ANA, 8), BO),
        2,
        "manager: Ana is the account manager, but gave it back",
    ),
    "manager of another team": (
        {"manager": "cleo"},
        (ANA, CLEO),
        1,
        "manager: Cleo is the account manager, but is not in this team",
    ),
    "manager who left": (
        {"manager": "zoe"},
        (ANA,),
        1,
        "manager: zoe, the account manager, is no agent here",
    ),
    "manager before last agent": (
        MANAGED | {"last_agent": 2},
        (ANA, BO),
        1,
        "manager: Ana is the account manager",
    ),
    "manager is waited for, whoever was last": (
        MANAGED | {"last_agent": 2},
        (away(ANA, 8), BO),
        None,
        "manager: Ana, the account manager, is back at",
    ),
    "last agent": (
        {"last_agent": 1},
        (changed(ANA, load=4), BO),
        1,
        "last_agent: Ana answered this customer last and is here",
    ),
    "last agent is not waited for": (
        {"last_agent": 1},
        (away(ANA, 1), BO),
        2,
        "last_agent: Ana answered this customer last, but is away until 10:01",
    ),
    "last agent full": (
        {"last_agent": 1},
        (full(ANA), BO),
        2,
        "last_agent: Ana answered this customer last, but is at capacity",
    ),
    "last agent left": ({"last_agent": 77}, (ANA,), 1, "pick: Ana is the only one left"),
    "last agent before language": (
        {"last_agent": 2, "language": "pt"},
        (ANA, BO),
        2,
        "last_agent: Bo answered",
    ),
    "skill": ({"words": "invoice"}, (changed(ANA, load=4), BO), 1, "skill: invoices is asked for: Ana"),
    "skilled is full: it waits": (
        {"words": "invoice"},
        (full(ANA), BO),
        None,
        "capacity: at capacity: Ana (5 of 5); it waits",
    ),
    "skilled is soon back": (
        {"words": "invoice"},
        (away(ANA, 5), BO),
        None,
        "skill: invoices is asked for; Ana, who knows it, is back at 10:05: it waits until then",
    ),
    "skilled is away long": (
        {"words": "invoice"},
        (away(ANA, 60), BO),
        2,
        "skill: invoices is asked for, but nobody here knows it: anybody",
    ),
    "skilled gave it back": (
        {"words": "invoice", "refused": frozenset({1})},
        (ANA, BO),
        2,
        "skill: invoices is asked for, but nobody here knows",
    ),
    "skill, but it has starved": (
        {"words": "invoice", "waited": 361},
        (full(ANA), BO),
        2,
        "skill: who knows invoices is at capacity, and it has waited too long: anybody",
    ),
    "starved waits for no manager": (
        MANAGED | {"waited": 361},
        (away(ANA, 1), BO),
        2,
        "manager: Ana is the account",
    ),
    "language": ({"language": "pt-BR"}, (changed(ANA, load=4), BO), 1, "language: speaks pt-BR: Ana"),
    "language unknown": ({"language": UNKNOWN}, (ANA, BO), 2, "pick: Bo has the least"),
    "all speak it": ({"language": "en"}, (ANA, BO), 2, "pick: Bo has the least"),
    "nobody speaks it": (
        {"language": "fi"},
        (ANA, BO),
        2,
        "language: nobody here speaks fi: anybody may answer",
    ),
    "speakers are full: it waits a little": (
        {"language": "pt"},
        (full(ANA), BO),
        None,
        "capacity: at capacity: Ana (5 of 5); it waits",
    ),
    "speakers are full: it has waited": (
        {"language": "pt", "waited": 10},
        (full(ANA), BO),
        2,
        "language: who speaks pt is at capacity, and it has waited",
    ),
    "who names no language speaks any": (
        {"language": "pt"},
        (full(ANA), BO, agent(4, "Dee", load=3)),
        4,
        "language: speaks pt: Ana, Dee",
    ),
    "skill before language": (
        {"words": "invoice", "language": "fi"},
        (ANA, BO, agent(4, "Dee")),
        1,
        "language: nobody here speaks fi",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_who_gets_it_and_why(case: str) -> None:
    known, answerers, chosen, why = CASES[case]
    given = decided(matter(**known), *answerers)
    assert given.agent_id == chosen
    said = [f"{step.step}: {step.said}" for step in given.steps]
    assert any(one.startswith(why) for one in said), said
    assert (given.waits_for is None) == (given.waits_until is None)


def test_it_waits_for_an_agent_until_they_are_back() -> None:
    given = decided(matter(**MANAGED), away(ANA, 8), BO)
    assert (given.waits_for, given.waits_until) == (1, NOW + minutes(8))
    patient = house(Rule(key="vip", patience=minutes(30)))
    assert decided(matter(**MANAGED), away(ANA, 29), BO, ours=patient).waits_for == 1
    assert decided(matter(**MANAGED), away(ANA, 30), BO, ours=patient).waits_for is None


def test_a_closed_team_says_when_it_opens() -> None:
    late = NOW + minutes(60 * 10)
    ours = house(teams={"support": team("support", hours=OFFICE)})
    (given,) = give([matter()], [away(ANA)], ours, late)
    assert given.steps[-1].said == "nobody of Support is here: Ana away; Support opens Thu 09:00"


def test_times_are_told_on_the_teams_clock() -> None:
    tokyo = house(teams={"support": team("support", hours=Hours(zone="Asia/Tokyo"))})
    given = decided(matter(), away(ANA, 180), away(BO, 60 * 24 * 8), ours=tokyo)
    assert given.steps[-1].said == (
        "nobody of Support is here: Ana away until 22:00, Bo away until 2027-03-18 19:00"
    )


def test_every_step_is_told_in_the_order_of_decision() -> None:
    known: dict[str, Any] = {"words": "invoice", "manager": "ana", "last_agent": 2, "language": "pt"}
    gil = agent(7, "Gil", skills=frozenset({"invoices"}))
    finn = agent(6, "Finn", skills=frozenset({"invoices"}), languages=frozenset({"fi"}))
    eve = agent(5, "Eve", skills=frozenset({"invoices"}), load=5)
    crew = (full(ANA), away(BO), agent(4, "Dee"), eve, finn, gil)
    given = decided(matter(**known, refused=frozenset({4})), *crew)
    assert given.agent_id == 7
    assert [step.step for step in given.steps] == [
        "rule", "hours", "refused", "manager", "last_agent", "skill", "language", "capacity", "pick",
    ]  # fmt: skip
    assert given.told[0] == {"step": "rule", "said": "the rule invoices fits (they said “invoice”)"}


def test_of_every_other_agent_it_is_said_why_not() -> None:
    crew = (
        changed(ANA, idle_since=NOW - minutes(90)),
        away(BO, 120),
        CLEO,
        agent(4, "Dee", skills=frozenset({"invoices"}), languages=frozenset({"fi"})),
        agent(5, "Eve", skills=frozenset({"invoices"}), load=5),
        agent(6, "Finn", skills=frozenset({"invoices"}), load=1),
        agent(7, "Gil", skills=frozenset({"invoices"})),
        agent(8, "Hal"),
        agent(9, "Ida", skills=frozenset({"invoices"})),
        agent(10, "Jo", skills=frozenset({"invoices"}), idle_since=NOW - minutes(90)),
    )
    one = matter(words="invoice", language="pt", refused=frozenset({9}))
    told = explain(one, crew, house(INVOICES), NOW)
    (given,) = give([one], crew, house(INVOICES), NOW)
    assert told.agent_id == 1
    assert [f"{step.step}: {step.said}" for step in told.steps[len(given.steps) :]] == [
        "hours: Bo is away until 12:00",
        "language: Dee does not speak pt",
        "capacity: Eve is at capacity (5 of 5)",
        "pick: Finn has more open for the capacity (1 of 5)",
        "pick: Gil has as little open, but got a new one later (09:00)",
        "skill: Hal does not know invoices",
        "refused: Ida gave it back",
        "pick: Jo is equal in all: who has the lower number is taken",
    ]


def test_while_it_waits_for_somebody_that_is_why_not_another() -> None:
    told = explain(matter(**MANAGED), (away(ANA, 8), BO), house(), NOW)
    assert [step.said for step in told.steps[-2:]] == ["Ana is away until 10:08", "it waits for Ana"]


def test_loads_count_as_they_grow() -> None:
    crew = (changed(ANA, capacity=2), changed(BO, capacity=3))
    given = give([matter(n, waited=20 - n) for n in range(1, 8)], crew, house(), NOW)
    assert [(one.matter_id, one.agent_id) for one in given] == [
        (1, 2), (2, 1), (3, 2), (4, 1), (5, 2), (6, None), (7, None),
    ]  # fmt: skip


def test_what_must_wait_holds_up_no_other() -> None:
    first = matter(1, tier="platinum", words="invoice")
    given = give([first, matter(2, tier="lead")], (full(ANA), BO), house(INVOICES), NOW)
    assert [(one.matter_id, one.agent_id) for one in given] == [(1, None), (2, 2)]


def test_the_tier_that_counts_more_gets_the_last_place() -> None:
    lead, gold = matter(1, tier="lead", waited=50), matter(2, tier="gold")
    given = give([lead, gold], (changed(ANA, load=4),), house(), NOW)
    assert {one.matter_id: one.agent_id for one in given} == {1: None, 2: 1}


def test_nothing_waits_or_nobody_answers() -> None:
    assert give([], [ANA], house(), NOW) == []
    (given,) = give([matter()], [], house(), NOW)
    assert given.agent_id is None
