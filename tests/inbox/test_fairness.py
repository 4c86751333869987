"""Who got how many and how long customers waited is counted from what was said, on both databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from inbox import fairness
from inbox.commands.report import text
from inbox.fairness import Line
from storage.database import Database
from storage.fairness import Spoke
from storage.ids import first_at
from storage.tables import addresses, agents, conversations, customers, happenings, messages
from tests.inbox.assigning.houses import a_house

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MIN = timedelta(minutes=1)
ANA, RUI, GONE = 1, 2, 3
NAMES = {ANA: "Ana", RUI: "Rui"}


async def _fill(database: Database) -> None:
    """Two talks, three waits: 10 and 30 minutes that Ana ended, 5 that Rui did, and one that goes on."""
    async with database.writing() as connection:
        for key, name in ((ANA, "Ana"), (RUI, "Rui"), (GONE, "Gil")):
            row = {"id": key, "key": name, "name": name, "teams": ["care"], "created_at": NOON}
            await connection.execute(insert(agents).values(**row))
        for key, tier, team in ((10, "gold", "care"), (11, "", "shop")):
            await connection.execute(insert(customers).values(id=key, created_at=NOON, tier=tier))
            where = {"id": key, "customer_id": key, "address": f"x:{key}", "channel": "m", "created_at": NOON}
            await connection.execute(insert(addresses).values(**where))
            talk = {"id": key, "customer_id": key, "address_id": key, "channel": "m", "team": team}
            await connection.execute(
                insert(conversations).values(**talk, state="open", opened_at=NOON, last_at=NOON)
            )
        said = [
            (10, 0, None), (10, 2, None), (10, 10, ANA), (10, 12, ANA), (11, 20, None), (11, 25, RUI),
            (10, 60, None), (10, 61, 0), (10, 90, ANA), (11, 95, None), (10, -999, None),
        ]  # fmt: skip
        for talk_id, minute, agent in said:
            at = NOON + minute * MIN
            values: dict[str, Any] = {
                "direction": "in" if agent is None else "out",
                "agent_id": agent or None,
            }
            row = {"id": first_at(at) + talk_id, "conversation_id": talk_id, "channel": "m", "text": "x"}
            await connection.execute(insert(messages).values(**row, **values, sent_at=at, received_at=at))
        befell = [
            (10, "assigned", ANA, {"to_agent": ANA}, 1), (11, "taken", RUI, {}, 21),
            (10, "handed_over", RUI, {"to_agent": ANA, "to_team": None}, 30),
            (10, "handed_over", ANA, {"to_agent": None, "to_team": "shop"}, 40),
            (11, "taken", GONE, {}, 50), (10, "assigned", ANA, {"to_agent": ANA}, -999),
        ]  # fmt: skip
        for talk_id, kind, agent, data, minute in befell:
            at = NOON + minute * MIN
            row = {"id": first_at(at) + talk_id, "conversation_id": talk_id, "kind": kind, "agent_id": agent}
            await connection.execute(insert(happenings).values(**row, at=at, data=data))


async def _report(database: Database, **more: Any) -> fairness.Report:
    async with database.reading() as connection:
        return await fairness.report(
            connection, NOON, NOON + 100 * MIN, zone=UTC, names=NAMES, capacity={ANA: 5, RUI: 5},
            tiers=["gold", "lead"], unknown="lead", **more,
        )  # fmt: skip


def line(of: str, given: int, *waits: float) -> Line:
    times = [timedelta(minutes=each) for each in waits]
    return Line(
        of=of, given=given, answered=len(waits),
        median=times[(len(times) - 1) // 2] if times else None,
        p90=times[-1] if times else None, longest=times[-1] if times else None,
    )  # fmt: skip


async def test_the_report_counts_what_each_got_and_from_first_words_to_their_answer(
    database: Database,
) -> None:
    await _fill(database)
    made = await _report(database)
    assert made.agents == [line("Ana", 2, 10, 30), line("Rui", 1, 5), line("somebody who left", 1)]
    assert made.tiers == [line("gold", 2, 10, 30), line("lead", 2, 5)]
    assert [one for one in made.hours if one.given or one.answered] == [
        line("12:00", 4, 5, 10), line("13:00", 0, 30),
    ]  # fmt: skip
    assert made.unanswered == 1
    assert made.spread == pytest.approx(1 / 6)


async def test_a_lead_sees_their_teams_alone(database: Database) -> None:
    await _fill(database)
    made = await _report(database, teams=frozenset({"shop"}))
    assert [(one.of, one.given, one.answered) for one in made.agents] == [
        ("Ana", 0, 0), ("Rui", 1, 1), ("somebody who left", 1, 0),
    ]  # fmt: skip


async def test_the_report_is_written_for_people_and_for_spreadsheets(database: Database) -> None:
    await _fill(database)
    made = await _report(database)
    rows = fairness.table(made).splitlines()
    assert rows[:2] == [",".join(fairness.COLUMNS), "agent,Ana,2,2,10.0,30.0,30.0"]
    assert "Ana" in text(made)
    assert "Spread of what was given for the capacity (0 is all alike): 0.17" in text(made)


@time_machine.travel(NOON)  # keys are made by the machine's clock, and the report reads by them
async def test_what_the_loop_gives_is_in_the_report(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        for number in range(4):
            await house.says(f"c{number}")
        await house.settle()
        now, keys = house.clock(), house.agents
        async with house.house.database.reading() as connection:
            made = await fairness.report(
                connection, now - 60 * MIN, now + MIN, zone=UTC,
                names={keys["ana"]: "Ana", keys["rui"]: "Rui"}, capacity={}, tiers=["lead"], unknown="lead",
            )  # fmt: skip
        assert [one.given for one in made.agents] == [2, 2]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20))
def test_the_spread_is_nothing_where_all_are_alike_and_grows_with_what_one_has_more(given: list[int]) -> None:
    assert fairness.gini([given[0]] * len(given)) == pytest.approx(0, abs=1e-9)
    assert 0 <= fairness.gini(given) + 1e-9 < 1
    piled = [fairness.gini([*[1.0] * 4, float(more)]) for more in range(1, 9)]
    assert all(less < more for less, more in pairwise(piled))


async def test_waits_of_words_that_came_late_are_never_less_than_nothing() -> None:
    async def said() -> AsyncIterator[Spoke]:
        for agent, minute in ((None, 5), (ANA, 3)):
            yield Spoke(conversation_id=1, agent_id=agent, tier="", team="care", at=NOON + minute * MIN)

    made = await fairness.counted(
        [], said(), zone=UTC, names=NAMES, capacity={}, tiers=["lead"], unknown="lead"
    )
    assert made.agents[0].longest == timedelta()
