"""Conversations are given only where nothing changed since they were read."""

from typing import Any

import pytest

from storage import agents, conversations
from storage.database import Database
from storage.rows import Conversation, Happening
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


@pytest.mark.parametrize(
    ("talk", "kind", "gesture", "has"),
    [
        pytest.param(1, "snoozed", "slack:V1", True, id="it was this gesture"),
        pytest.param(1, "snoozed", "slack:V2", False, id="another gesture"),
        pytest.param(1, "handed_over", "slack:V1", False, id="it did something else"),
        pytest.param(2, "snoozed", "slack:V1", False, id="another conversation"),
        pytest.param(3, "snoozed", "slack:V1", False, id="done without a gesture"),
    ],
)
async def test_what_a_gesture_did_is_known_by_conversation_and_kind(
    database: Database, talk: int, kind: str, gesture: str, has: bool
) -> None:
    await _three(database)
    data = {1: {"gesture": "slack:V1", "until": "x"}, 3: {"until": "slack:V1"}}
    async with database.writing() as connection:
        rows = [
            Happening(id=one, conversation_id=one, kind="snoozed", agent_id=None, at=NOON, data=told)
            for one, told in data.items()
        ]
        await conversations.happened(connection, rows)
        assert await conversations.has_happened(connection, talk, kind, gesture) is has
