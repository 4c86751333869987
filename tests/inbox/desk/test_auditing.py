"""A line of the audit log stands and falls with what it tells of, on both databases."""

from typing import Any

import pytest

from config.policy import AgentEntry, Policy, Team, settled
from inbox.desk.act import Ground
from inbox.desk.auditing import Door, of_agent
from inbox.desk.errors import NotAllowed
from inbox.live import Live
from inbox.nudges import Nudges
from inbox.policies import fixed
from storage import agents, audit
from storage.audit import Asked
from storage.database import Database
from storage.rows import Agent
from tests.inbox.house import NOON

POLICY = settled(Policy(teams=(Team(key="care", name="Care"),), agents=(AgentEntry(key="ana", name="Ana"),)))


async def stands(database: Database) -> tuple[Ground, Agent]:
    """Ana, an agent, and the ground on which she acts in Slack."""
    async with database.writing() as connection:
        await agents.sync(connection, database.ids, [one.kept for one in POLICY.agents], NOON)
        ana = await agents.by_key(connection, "ana")
    assert ana is not None
    ground = Ground(
        database=database,
        channels={},
        live=Live(),
        nudges=Nudges(),
        slack=False,
        policies=fixed(POLICY),
        door=Door(face="slack"),
    )
    return ground, ana


async def told(database: Database) -> list[tuple[Any, ...]]:
    async with database.reading() as connection:
        found = await audit.page(connection, Asked())
    return [(one.what, one.operation, one.name, one.face, one.detail) for one in reversed(found)]


async def test_what_was_done_is_written(database: Database) -> None:
    ground, ana = await stands(database)
    async with ground.gesture(NOON, "save_reply", ana.id) as act:
        act.tell("greeting")
    assert await told(database) == [("changed", "save_reply", "ana", "slack", "greeting")]


async def test_what_failed_in_the_end_left_no_line_and_no_line_that_failed_left_a_deed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground, ana = await stands(database)
    with pytest.raises(ZeroDivisionError):
        await _speaks(ground, ana, fails=True)

    async def broken(*_: object, **__: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(audit, "write", broken)
    with pytest.raises(ZeroDivisionError):
        await _speaks(ground, ana)
    monkeypatch.undo()
    assert await told(database) == []
    async with database.reading() as connection:
        ana_now = await agents.one(connection, ana.id)
    assert ana_now is not None
    assert ana_now.language == ""


async def _speaks(ground: Ground, ana: Agent, *, fails: bool = False) -> None:
    async with ground.gesture(NOON, "save_reply", ana.id) as act:
        await agents.change(act.connection, ana.id, language="pt")
        act.tell()
        if fails:
            raise ZeroDivisionError


async def test_what_changed_nothing_is_not_written_and_neither_is_the_houses_own(database: Database) -> None:
    ground, ana = await stands(database)
    async with ground.gesture(NOON, "save_reply", ana.id):
        pass
    async with ground.gesture(NOON, "wake", None) as act:
        act.tell("by the clock")
    assert await told(database) == []


async def test_a_refusal_is_written_though_its_transaction_is_not_kept(database: Database) -> None:
    ground, ana = await stands(database)
    with pytest.raises(NotAllowed):
        async with ground.gesture(NOON, "merge", ana.id):
            raise AssertionError("done")
    why = "Customers are merged by a lead or an admin. Ask one of them."
    assert await told(database) == [("refused", "merge", "ana", "slack", why)]


async def test_what_is_seen_again_asks_no_database_and_what_is_taken_away_is_written_each_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground, ana = await stands(database)
    seen = of_agent(ana, "saw", "see_timeline", NOON, ground.door, customer_id=7)
    assert await ground.shows(seen)
    with monkeypatch.context() as patch:
        patch.setattr(type(database), "writing", None)
        assert not await ground.shows(seen)
    for _ in range(2):
        assert await ground.shows(of_agent(ana, "exported", "export_audit", NOON, ground.door))
    assert [one[0] for one in await told(database)] == ["saw", "exported", "exported"]
