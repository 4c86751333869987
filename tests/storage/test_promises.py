"""Promises are found, reminded of once, handed on and counted honestly, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from storage import promise_reminders, promise_tallies, promises
from storage.database import Connection, Database
from storage.promise_tallies import Tally
from storage.promises import GRACE
from storage.tables import addresses, agents, conversations, customers
from tests.storage.keeping import NOON

MIN = timedelta(minutes=1)
ANA, RUI, MARIA, TALK, OTHER = 1, 2, 10, 100, 101


@pytest.fixture
async def rows(database: Database) -> Database:
    async with database.writing() as connection:
        for key, name in ((ANA, "Ana"), (RUI, "Rui")):
            await connection.execute(
                insert(agents).values(id=key, key=name.lower(), name=name, teams=[], created_at=NOON)
            )
        await connection.execute(insert(customers).values(id=MARIA, name="Maria", created_at=NOON))
        await connection.execute(
            insert(addresses).values(id=1, customer_id=MARIA, address="x:1", channel="m", created_at=NOON)
        )
        for key, team, state in ((TALK, "care", "open"), (OTHER, "shop", "resolved")):
            await connection.execute(
                insert(conversations).values(
                    id=key, customer_id=MARIA, address_id=1, channel="m", team=team, state=state,
                    owner_id=ANA, opened_at=NOON, last_at=NOON,
                )
            )  # fmt: skip
    return database


async def promised(connection: Connection, ids: Any, due: datetime, **values: Any) -> int:
    row = {
        "customer_id": MARIA, "conversation_id": TALK, "owner_id": ANA, "made_by": ANA, "text": "call back",
        "due_at": due, "made_at": NOON,
    }  # fmt: skip
    return await promises.make(connection, ids, row | values)


async def test_a_promise_is_found_by_key_customer_conversation_and_owner(rows: Database) -> None:
    async with rows.writing() as connection:
        late = await promised(connection, rows.ids, NOON + 9 * MIN)
        soon = await promised(connection, rows.ids, NOON + MIN, key="g")
        other = await promised(connection, rows.ids, NOON, conversation_id=OTHER, owner_id=RUI)
        await promised(connection, rows.ids, NOON, state="kept")
    async with rows.reading() as connection:
        found = await promises.by_key(connection, "g")
        assert found is not None
        assert (found.id, found.state, found.follows) == (soon, "open", False)
        assert [one.id for one in await promises.open_in(connection, TALK)] == [soon, late]
        assert [one.id for one in await promises.open_for_customer(connection, MARIA)] == [other, soon, late]
        assert len(await promises.of_customer(connection, MARIA)) == 4
        mine = await promises.open_of(connection, [ANA])
        assert [(one.promise.id, one.customer, one.team) for one in mine] == [
            (soon, "Maria", "care"),
            (late, "Maria", "care"),
        ]
        near = await promises.open_of(connection, [ANA], before=NOON + 5 * MIN)
        assert [one.promise.id for one in near] == [soon]
        assert [one.promise.id for one in await promises.open_of_team(connection, ["shop"])] == [other]


async def test_what_has_ended_is_changed_no_more(rows: Database) -> None:
    async with rows.writing() as connection:
        key = await promised(connection, rows.ids, NOON)
        assert await promises.change(connection, key, state="kept", ended_at=NOON)
        assert not await promises.change(connection, key, state="broken")
        found = await promises.one(connection, key)
    assert found is not None
    assert found.state == "kept"


STAGES = [
    pytest.param(timedelta(minutes=-16), {}, None, id="long before"),
    pytest.param(timedelta(minutes=-15), {}, "before", id="a quarter of an hour before"),
    pytest.param(timedelta(minutes=-1), {"told_before_at": NOON}, None, id="told before already"),
    pytest.param(timedelta(0), {"told_before_at": NOON}, "due", id="due"),
    pytest.param(timedelta(0), {}, "due", id="due, and nothing was told before"),
    pytest.param(
        timedelta(minutes=29), {"told_due_at": NOON, "told_before_at": NOON}, None, id="a little late"
    ),
    pytest.param(timedelta(minutes=30), {"told_due_at": NOON, "told_before_at": NOON}, "lead", id="late"),
    pytest.param(timedelta(hours=9), {}, "due", id="we were down: first who promised, then the lead"),
    pytest.param(
        timedelta(hours=9),
        {"told_due_at": NOON, "told_before_at": NOON, "told_lead_at": NOON},
        None,
        id="all was told",
    ),
    pytest.param(timedelta(0), {"state": "kept"}, None, id="kept"),
]


@pytest.mark.parametrize(("after", "values", "stage"), STAGES)
async def test_each_stage_is_due_once(
    rows: Database, after: timedelta, values: dict[str, Any], stage: Any
) -> None:
    now = NOON + timedelta(hours=10)
    async with rows.writing() as connection:
        key = await promised(connection, rows.ids, now - after, **values)
        due = await promise_reminders.due(connection, now)
        assert [(one.promise.id, said) for one, said in due] == ([(key, stage)] if stage else [])
        if stage:
            await promise_reminders.told(connection, [key], stage, now)
            again = await promise_reminders.due(connection, now)
            assert [said for _, said in again] == (["lead"] if after > timedelta(hours=1) else [])


async def test_what_an_agent_has_to_keep_goes_to_another_and_only_that(rows: Database) -> None:
    async with rows.writing() as connection:
        mine = await promised(connection, rows.ids, NOON)
        ruis = await promised(connection, rows.ids, NOON, owner_id=RUI)
        kept = await promised(connection, rows.ids, NOON, state="kept")
        elsewhere = await promised(connection, rows.ids, NOON, conversation_id=OTHER)
        moved = await promises.hand_on(connection, TALK, ANA, RUI)
        owners = {}
        for key in (mine, ruis, kept, elsewhere):
            found = await promises.one(connection, key)
            assert found is not None
            owners[key] = found.owner_id
    assert [one.id for one in moved] == [mine]
    assert owners == {mine: RUI, ruis: RUI, kept: ANA, elsewhere: ANA}


async def test_what_a_team_gets_follows_whoever_has_the_conversation_next(rows: Database) -> None:
    async with rows.writing() as connection:
        key = await promised(connection, rows.ids, NOON)
        await promises.hand_on(connection, TALK, ANA, None)
        await connection.execute(conversations.update().values(owner_id=None))
        assert await promise_reminders.to_follow(connection) == []
        await connection.execute(conversations.update().values(owner_id=RUI))
        [(found, following)] = await promise_reminders.to_follow(connection)
    assert (found.id, found.owner_id, following) == (key, ANA, RUI)


HOUR = timedelta(hours=1)
COUNTED = [
    pytest.param({"state": "kept", "ended_at": NOON}, Tally(in_time=1), id="at the due time"),
    pytest.param({"state": "kept", "ended_at": NOON + GRACE}, Tally(in_time=1), id="said a little after"),
    pytest.param({"state": "kept", "ended_at": NOON + GRACE + MIN}, Tally(late=1), id="kept late"),
    pytest.param(
        {"state": "kept", "ended_at": NOON, "missed_at": NOON - HOUR}, Tally(late=1), id="put off once late"
    ),
    pytest.param({"state": "broken", "ended_at": NOON}, Tally(broken=1), id="broken"),
    pytest.param({"state": "open"}, Tally(overdue=1), id="open and late"),
    pytest.param({"state": "withdrawn", "ended_at": NOON - HOUR}, Tally(withdrawn=1), id="let go in time"),
]


@pytest.mark.parametrize(("values", "expected"), COUNTED)
async def test_what_became_of_a_promise_is_counted_honestly(
    rows: Database, values: dict[str, Any], expected: Tally
) -> None:
    async with rows.writing() as connection:
        key = await promised(connection, rows.ids, NOON, **values)
        await promised(connection, rows.ids, NOON + 9 * HOUR)  # not due yet
        await promised(connection, rows.ids, NOON - 99 * HOUR)  # long ago
        counted = await promise_tallies.tallies(connection, NOON - HOUR, NOON + 2 * HOUR)
        found = await promises.one(connection, key)
    assert [(one.agent_id, one.team, one.tally) for one in counted] == [(ANA, "care", expected)]
    assert found is not None
    if found.state in ("kept", "open"):
        assert found.was_late(NOON + 2 * HOUR) is bool(expected.late or expected.overdue)


async def test_shares_are_of_what_came_due(rows: Database) -> None:
    both = Tally(in_time=1, broken=1) + Tally(late=1, overdue=1, withdrawn=5)
    assert (both.came_due, both.kept, both.kept_in_time) == (4, 0.5, 0.25)
    assert Tally(withdrawn=3).kept is None
    async with rows.writing() as connection:
        await promised(connection, rows.ids, NOON, owner_id=RUI)
        await promised(connection, rows.ids, NOON, conversation_id=OTHER)
        later = NOON + HOUR
        mine = await promise_tallies.tallies(connection, NOON, later, owner_ids=[RUI])
        shop = await promise_tallies.tallies(connection, NOON, later, teams=["shop"])
    assert [(one.agent_id, one.team) for one in mine] == [(RUI, "care")]
    assert [(one.agent_id, one.team) for one in shop] == [(ANA, "shop")]
