"""One question tells what a plain message at the head of a queue to Slack says and what stands around it."""

from datetime import timedelta

from sqlalchemy import update

from storage import messages, queues, slack_heads, slack_lanes
from storage.queues import OwedRow
from storage.tables import addresses, agents, attachments, conversations, deliveries
from tests.storage.keeping import NOON, WITH_SLACK, Home, said
from tests.storage.touching import touched

RUI = {"key": "rui", "name": "Rui", "teams": ["support"], "slack_id": "U1", "created_at": NOON}


async def head_of(home: Home, number: int = 1) -> tuple[int, slack_heads.Head]:
    kept = await home.keep(said(number), rules=WITH_SLACK)
    async with home.database.reading() as connection:
        [row] = await slack_lanes.due(connection, "slack", NOON + timedelta(hours=1), 10)
        found = await slack_heads.heads(connection, [row.id])
        assert found[row.id].message == await messages.one(connection, kept.fresh[0].message_id)
        return row.id, found[row.id]


async def test_a_plain_message_has_nothing_beside_it(home: Home) -> None:
    _, head = await head_of(home)
    assert head.message.text == "message 1"
    assert (head.followed, head.files, head.touched, head.owner) == (False, False, False, "")


async def test_what_stands_beside_a_message_is_told(home: Home) -> None:
    row, head = await head_of(home)
    await home.keep(said(2), rules=WITH_SLACK)
    database = home.database
    async with database.writing() as connection:
        await connection.execute(agents.insert().values(id=1, active=True, **RUI))
        await connection.execute(update(conversations).values(owner_id=1))
        file = {"message_id": head.message.id, "position": 0, "kind": "image", "state": "owed"}
        await connection.execute(attachments.insert().values(id=1, **file))
        known = (await connection.execute(addresses.select())).one()
    await touched(database, known.customer_id, known.id, NOON - timedelta(days=1))
    async with database.reading() as connection:
        [head] = (await slack_heads.heads(connection, [row])).values()
    assert (head.followed, head.files, head.touched, head.owner) == (True, True, True, "U1")


async def test_nobody_owns_what_is_resolved_and_who_left_owns_nothing(home: Home) -> None:
    row, _ = await head_of(home)
    async with home.database.writing() as connection:
        await connection.execute(agents.insert().values(id=1, active=True, **RUI))
        for state, active, owner in (("open", True, "U1"), ("resolved", True, ""), ("open", False, "")):
            await connection.execute(update(agents).values(active=active))
            await connection.execute(update(conversations).values(owner_id=1, state=state))
            [head] = (await slack_heads.heads(connection, [row])).values()
            assert head.owner == owner


async def test_a_row_without_a_message_is_left_out(home: Home) -> None:
    row, _ = await head_of(home)
    async with home.database.writing() as connection:
        await connection.execute(update(deliveries).values(message_id=None))
        assert await slack_heads.heads(connection, [row]) == {}


async def test_what_goes_along_is_claimed_unless_it_ended_meanwhile(home: Home) -> None:
    row, _ = await head_of(home)
    await home.keep(said(2), said(3), rules=WITH_SLACK)
    async with home.database.writing() as connection:
        [head] = await slack_lanes.claim_these(connection, [row])
        second, third = await slack_lanes.behind(connection, head, 7)
        await connection.execute(
            update(deliveries).where(deliveries.c.id == second.id).values(state="dropped", ended_at=NOON)
        )
        assert await slack_lanes.claim_behind(connection, [second.id, third.id]) == {third.id}
        assert await slack_lanes.claim_behind(connection, [third.id]) == set()


async def test_the_heads_of_several_lanes_are_let_go_together(home: Home) -> None:
    row, _ = await head_of(home)
    database = home.database
    async with database.writing() as connection:
        [head] = await slack_lanes.claim_these(connection, [row])
        pairs = {(lane, head.conversation_id) for lane in ("slack", "one", "two")}
        owed = [
            OwedRow(
                lane=lane,
                kind="edited",
                conversation_id=head.conversation_id,
                key=f"{lane}{number}",
                due_at=NOON,
            )
            for lane in ("slack", "one", "two")
            for number in (1, 2)
        ]
        await queues.owe(connection, database.ids, owed, NOON)
        found = await connection.execute(deliveries.select().where(deliveries.c.state == "ready"))
        assert {one.key for one in found if one.lane != "slack-cards"} == {"one1", "two1"}
        assert not await queues.promote(connection, pairs)
        await connection.execute(update(deliveries).where(deliveries.c.id == row).values(state="sent"))
        assert await queues.promote(connection, pairs)
