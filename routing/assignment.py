"""Who answers, in the order in which it is decided.

The rules name the team (`rules`). Then the customer's account manager gets it who is of that team, here
and below capacity; one who is away, but back before the customer has waited for the rule's patience,
is waited for. Then who answered this customer last. Then, of all who are here and have not given it
back, those who have the skill that the rule asks for; those who speak the customer's language; those
below capacity; and of these who has the least open for their capacity, is longest without a new
one, and has the lowest id.

A skill is required while anybody here has it or is back within the patience: those who have it may be
at capacity, then it waits. A language is preferred: within the patience it waits for who speaks
it and is here, though at capacity, then anybody may answer. What nobody here has or speaks restricts
nothing, nor does a language unknown. What has waited past the house's bound waits for nobody.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from routing.answering import Answerer, Given, House, Matter, Step
from routing.crew import Crew
from routing.pyramid import hours_of, in_order, starved
from routing.rules import sort, sorter
from routing.weighing import Weighing


def give(
    matters: Sequence[Matter], answerers: Sequence[Answerer], house: House, now: datetime
) -> list[Given]:
    """Decide about all that waits, in the order it is served, each with its steps.

    The order of what comes in changes nothing. Loads count as they grow: nobody gets more than their
    capacity, and who is away, of another team, or gave it back gets nothing.
    """
    sort_one = sorter(house, now)
    pairs = {matter.id: (matter, sort_one(matter)) for matter in matters}
    crew = Crew(zone="UTC", now=now).join(answerers)
    decided = []
    for one in in_order(list(pairs.values()), house, now):
        matter, sorted_ = pairs[one]
        crew.zone = hours_of(house, sorted_.team).zone
        late = starved(matter, house, now, team=sorted_.team)
        weighing = Weighing(matter=matter, sorted=sorted_, crew=crew, house=house, starved=late)
        given = weighing.decide()
        if given.agent_id is not None:
            crew.take(crew.by_id[given.agent_id])
        decided.append(given)
    return decided


def explain(matter: Matter, answerers: Sequence[Answerer], house: House, now: datetime) -> Given:
    """Decide about one matter, and say after the steps of each other agent of the team why not."""
    sorted_ = sort(matter, house, now)
    crew = Crew(zone=hours_of(house, sorted_.team).zone, now=now).join(answerers)
    late = starved(matter, house, now, team=sorted_.team)
    passed: dict[int, Step] = {}
    weighing = Weighing(matter=matter, sorted=sorted_, crew=crew, house=house, starved=late, passed=passed)
    given = weighing.decide()
    return replace(given, steps=(*given.steps, *(passed[one] for one in sorted(passed))))
