"""What agents are asked and told about touches, as both databases answer it."""

from datetime import timedelta
from typing import Any

from storage import agents, holds, seen, slack_touches, touch_birthdays, touch_digest, touches
from storage.database import Database
from storage.tables import addresses, conversations, customers
from tests.storage.keeping import NOON
from tests.storage.touching import plan

A_DAY = timedelta(days=1)


async def somebody(database: Database, **more: Any) -> int:
    key = database.ids.next()
    values = {"id": key, "name": "Maria", "created_at": NOON - 400 * A_DAY, **more}
    async with database.writing() as connection:
        await connection.execute(customers.insert().values(**values))
    return key


async def planned(database: Database, customer: int, **more: Any) -> int:
    async with database.writing() as connection:
        return await plan(connection, database.ids, customer, more.pop("due_at", NOON), **more)


async def test_a_touch_is_asked_about_once_and_again_only_after_a_lost_answer(database: Database) -> None:
    touch = await planned(database, await somebody(database), approval="asked")
    await planned(database, await somebody(database))
    await planned(database, await somebody(database), approval="asked", valid_until=NOON)
    async with database.writing() as connection:
        assert [row.id for row in await slack_touches.to_ask(connection, NOON, 9)] == [touch]
        assert await slack_touches.asking(connection, touch, NOON)
        assert not await slack_touches.asking(connection, touch, NOON + timedelta(seconds=59))
        assert await slack_touches.to_ask(connection, NOON + timedelta(seconds=59), 9) == []
        later = NOON + timedelta(seconds=61)
        assert [row.id for row in await slack_touches.to_ask(connection, later, 9)] == [touch]
        assert await slack_touches.asking(connection, touch, later)
        await slack_touches.stands(connection, touch, slack_channel="C", ts="1.0", said="x")
        assert await slack_touches.to_ask(connection, later + A_DAY / 24, 9) == []
        [(asked, row)] = await slack_touches.standing(connection, 9)
        assert (asked.ts, asked.said, row.id) == ("1.0", "x", touch)
        await slack_touches.forget(connection, touch)
        assert await slack_touches.one(connection, touch) == asked
        await slack_touches.stands(connection, touch, ended_at=later)
        assert await slack_touches.standing(connection, 9) == []


async def test_the_last_decision_names_who_and_when(database: Database) -> None:
    touch = await planned(database, await somebody(database), approval="asked")
    async with database.writing() as connection:
        assert await slack_touches.decision(connection, touch) is None
        said: list[Any] = [{"by": "Rui", "edited": "yes"}, {"by": "Ana", "approval": "given"}, None]
        for at, data in enumerate(said):
            row = await touches.one(connection, touch)
            assert row is not None
            when = NOON + timedelta(minutes=at)
            await touches.move(connection, database.ids, row, "planned", when, data=data)
        found = await slack_touches.decision(connection, touch)
    assert found is not None
    assert (found.what, found.by, found.at, found.edited) == ("given", "Ana", NOON + A_DAY / 1440, True)


async def test_what_nobody_approved_in_time_ends_for_that_reason(database: Database) -> None:
    for approval in ("asked", "held", ""):
        await planned(database, await somebody(database), approval=approval, valid_until=NOON)
    ended = 1
    while ended:
        async with database.writing() as connection:
            ended = await touches.expire(connection, database.ids, NOON, "expired")
    async with database.reading() as connection:
        rows = await connection.exec_driver_sql("SELECT approval, reason FROM touches")
        found = {row.approval: row.reason for row in rows}
    assert found == {"asked": "not_approved", "held": "taken_by_agent", "": "expired"}


async def test_birthdays_are_told_where_a_conversation_goes_on_and_once(database: Database) -> None:
    maria, other = await somebody(database), await somebody(database)
    address, talk = database.ids.next(), database.ids.next()
    async with database.writing() as connection:
        place = {"id": address, "customer_id": maria, "address": "telegram:1", "channel": "telegram"}
        await connection.execute(addresses.insert().values(**place, created_at=NOON))
        going = {"id": talk, "customer_id": maria, "address_id": address, "channel": "telegram"}
        await connection.execute(
            conversations.insert().values(**going, team="support", state="open", opened_at=NOON, last_at=NOON)
        )
    held = {"state": "held", "reason": "open_complaint"}
    touch = await planned(database, maria, **held)
    await planned(database, other, **held)
    await planned(database, maria, due_at=NOON + 5 * A_DAY, period="later", **held)
    async with database.writing() as connection:
        found = await touch_birthdays.to_tell(connection, ["birthday"], ["open_complaint"], NOON)
        assert [(row.id, where) for row, where in found] == [(touch, talk)]
        assert await touch_birthdays.to_tell(connection, ["birthday"], ["no_consent"], NOON) == []
        await seen.remember(connection, touch_birthdays.TOLD, str(touch), NOON)
        assert await touch_birthdays.to_tell(connection, ["birthday"], ["open_complaint"], NOON) == []
        rows = await touch_birthdays.of_customer(connection, maria, ["birthday"], NOON)
    assert [row.id for row in rows] == [touch]


async def test_who_looks_after_whom_and_whose_birthday_it_is(database: Database) -> None:
    entry = {"key": "ana", "name": "Ana", "slack_id": "U1", "zone": "Europe/Lisbon", "teams": []}
    async with database.writing() as connection:
        nobody = {"key": "rui", "name": "Rui", "slack_id": "", "teams": []}
        await agents.sync(connection, database.ids, [entry, nobody], NOON)
    maria = await somebody(database, account_manager="ana", birth_month=11, birth_day=25, tier="gold")
    await somebody(database, account_manager="ana", birth_month=12, birth_day=25)
    await somebody(database, account_manager="rui", birth_month=11, birth_day=25)
    await somebody(database, account_manager="ana", birth_month=11, birth_day=25, deceased_at=NOON)
    async with database.reading() as connection:
        [manager] = await touch_birthdays.managers(connection)
        found = await touch_birthdays.celebrated(connection, "ana", [(11, 25), (11, 26)], 9)
        mine = await touch_birthdays.manager_of(connection, maria)
    assert (manager.key, manager.slack_id, mine) == ("ana", "U1", manager)
    assert [(one.customer_id, one.tier, one.ordered_at) for one in found] == [(maria, "gold", None)]
    async with database.writing() as connection:
        await agents.change(connection, manager.id, digest=False)
        assert await touch_birthdays.managers(connection) == []


async def test_a_week_is_counted_by_the_customers_days_and_what_is_held_by_reason(database: Database) -> None:
    for number in range(3):
        who = await somebody(database)
        day = NOON - number * A_DAY
        await planned(database, who, due_at=day, state="sent", handed_at=day, ended_at=day)
    await planned(database, await somebody(database), state="held", reason="open_complaint")
    await planned(database, await somebody(database), state="held", reason="open_complaint", valid_until=NOON)
    async with database.reading() as connection:
        assert await touch_digest.out_by_day(connection, "2026-11-23", "2026-11-24") == {
            "2026-11-23": 1,
            "2026-11-24": 1,
        }
        assert await touch_digest.out_by_day(connection, "2026-11-23", "2026-11-24", ["other"]) == {}
        assert await touch_digest.held(connection, NOON) == {"open_complaint": 1}


async def test_a_hold_begins_once_and_ends_once(database: Database) -> None:
    maria = await somebody(database)
    async with database.writing() as connection:
        first = await holds.begin(connection, database.ids, maria, "complaint", NOON)
        assert await holds.begin(connection, database.ids, maria, "complaint", NOON) == first
        assert await holds.end(connection, maria, "complaint", NOON)
        assert not await holds.end(connection, maria, "complaint", NOON)
