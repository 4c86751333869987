"""Conversations are given only where nothing changed since they were read."""

from typing import Any

import pytest

from storage import agents, conversations
from storage.database import Database
from storage.rows import Conversation
from storage.tables import addresses, customers
from storage.tables import agents as agents_table
from storage.tables import conversations as table
from tests.inbox.house import NOON

ANA, RUI = 101, 102


async def _three(database: Database) -> list[Conversation]:
    """Three open conversations of nobody, in the team support."""
    async with database.writing() as connection:
        for key, name in ((ANA, "ana"), (RUI, "rui")):
            values = {"id": key, "key": name, "name": name.title(), "teams": ["support"], "created_at": NOON}
            await connection.execute(agents_table.insert().values(values))
        for number in (1, 2, 3):
            await connection.execute(customers.insert().values(id=number, created_at=NOON))
            await connection.execute(
                addresses.insert().values(
                    id=number, customer_id=number, address=f"paper:{number}", channel="paper", created_at=NOON
                )
            )
            await connection.execute(
                table.insert().values(
                    id=number,
                    customer_id=number,
                    address_id=number,
                    channel="paper",
                    team="support",
                    state="open",
                    opened_at=NOON,
                    waiting_since=NOON,
                    last_at=NOON,
                )
            )
    async with database.reading() as connection:
        return await conversations.unowned(connection, ["support"], 10)


async def test_each_is_given_to_the_one_named_for_it(database: Database) -> None:
    waiting = await _three(database)
    async with database.writing() as connection:
        given = await conversations.give(
            connection, {1: ANA, 2: RUI, 3: ANA}, [(one.id, one.team) for one in waiting]
        )
        await agents.were_given(connection, [ANA], NOON)
    assert given == {1, 2, 3}
    async with database.reading() as connection:
        rows = [await conversations.one(connection, key) for key in (1, 2, 3)]
        ana, rui = await agents.one(connection, ANA), await agents.one(connection, RUI)
    assert [(row.owner_id, row.revision) for row in rows if row] == [(ANA, 2), (RUI, 2), (ANA, 2)]
    assert ana is not None
    assert ana.idle_since == NOON
    assert rui is not None
    assert rui.idle_since is None


CHANGED = [
    pytest.param({"owner_id": RUI}, id="somebody took it"),
    pytest.param({"team": "night"}, id="it was handed to another team"),
    pytest.param({"state": "snoozed"}, id="it was set aside"),
    pytest.param({"state": "resolved"}, id="it ended"),
]


@pytest.mark.parametrize("change", CHANGED)
async def test_one_that_changed_since_it_was_read_is_left_alone(
    database: Database, change: dict[str, Any]
) -> None:
    waiting = await _three(database)
    async with database.writing() as connection:
        await conversations.change(connection, 2, **change)
        before = await conversations.one(connection, 2)
        given = await conversations.give(
            connection, {1: ANA, 2: ANA}, [(one.id, one.team) for one in waiting]
        )
        after = await conversations.one(connection, 2)
    assert given == {1}
    assert after == before


async def test_nobody_named_is_nothing_given(database: Database) -> None:
    waiting = await _three(database)
    async with database.writing() as connection:
        assert await conversations.give(connection, {}, [(one.id, one.team) for one in waiting]) == set()
