"""Which failures are unread: those after which neither the author nor anybody's answer came."""

from datetime import UTC, datetime, timedelta

import pytest

from storage import unread
from storage.database import Connection, Database
from storage.tables import (
    addresses,
    agents,
    conversations,
    customers,
    deliveries,
    happenings,
    messages,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TEN = timedelta(minutes=10)
LATER = NOW + timedelta(minutes=1)


async def failed(connection: Connection) -> None:
    """Ana's answer, in two parts, has failed at NOW."""
    await connection.execute(customers.insert().values(id=1, name="Maria", created_at=NOW))
    address = {"id": 1, "customer_id": 1, "address": "tel:+351", "channel": "sms", "created_at": NOW}
    await connection.execute(addresses.insert().values(**address))
    row = {"id": 1, "customer_id": 1, "address_id": 1, "channel": "sms", "team": "support", "state": "open"}
    await connection.execute(conversations.insert().values(**row, opened_at=NOW, last_at=NOW))
    for number, name in ((1, "ana"), (2, "rui")):
        agent = {"id": number, "key": name, "name": name, "teams": [], "slack_id": f"U{number}"}
        await connection.execute(agents.insert().values(**agent, created_at=NOW))
    await say(connection, 10, at=NOW - TEN)
    for number in (20, 21):
        owed = {"id": number, "lane": "sms", "kind": "message", "conversation_id": 1, "message_id": 10}
        times = {"owed_at": NOW, "due_at": NOW, "ended_at": NOW}
        await connection.execute(
            deliveries.insert().values(**owed, **times, key=f"k{number}", state="failed", reason="wet")
        )


async def say(
    connection: Connection, number: int, direction: str = "out", agent: int | None = 1, at: datetime = LATER
) -> None:
    row = {"id": number, "conversation_id": 1, "direction": direction, "channel": "sms", "agent_id": agent}
    await connection.execute(
        messages.insert().values(**row, external_id=str(number), text="hi", sent_at=at, received_at=at)
    )


async def does(connection: Connection, agent: int) -> None:
    row = {"id": 1, "conversation_id": 1, "kind": "snoozed", "agent_id": agent, "at": LATER, "data": {}}
    await connection.execute(happenings.insert().values(**row))


@pytest.mark.parametrize(
    ("since", "then", "is_unread"),
    [
        ("nothing", None, True),
        ("an answer", ("say", {"agent": 2}), False),
        ("an answer from before it failed", ("say", {"at": NOW - timedelta(minutes=1)}), True),
        ("the author's note", ("say", {"direction": "note"}), False),
        ("a colleague's note", ("say", {"direction": "note", "agent": 2}), True),
        ("the customer's words", ("say", {"direction": "in", "agent": None}), True),
        ("the author's deed", ("does", {"agent": 1}), False),
        ("a colleague's deed", ("does", {"agent": 2}), True),
        ("it was resolved", ("set", "UPDATE conversations SET state = 'resolved'"), False),
        ("it was taken back", ("set", "UPDATE messages SET deleted_at = sent_at"), False),
        ("it was sent again", ("set", "UPDATE deliveries SET state = 'ready'"), False),
        ("nobody knows whether it was sent", ("set", "UPDATE deliveries SET state = 'perhaps'"), True),
        ("the author has left", ("set", "UPDATE agents SET active = false"), False),
        ("the author is not in Slack", ("set", "UPDATE agents SET slack_id = ''"), False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_failure_is_unread_until_someone_has_dealt_with_it(
    database: Database, since: str, then: tuple[str, object] | None, is_unread: bool
) -> None:
    async with database.writing() as connection:
        await failed(connection)
        match then:
            case ("say", dict() as how):
                await say(connection, 11, **how)
            case ("does", dict() as how):
                await does(connection, **how)
            case ("set", str() as sql):
                await connection.exec_driver_sql(sql)
        found = await unread.failures(connection, NOW - TEN, NOW + TEN)
    assert [(row.delivery_id, row.author, row.customer) for row in found] == (
        [(20, "U1", "Maria")] if is_unread else []
    )


async def test_only_what_failed_between_the_instants_is_looked_at(database: Database) -> None:
    async with database.writing() as connection:
        await failed(connection)
        assert await unread.failures(connection, NOW + TEN, NOW + 2 * TEN) == []
        assert await unread.failures(connection, NOW - 2 * TEN, NOW - TEN) == []


async def test_a_failure_is_found_by_the_post_that_tells_of_it(database: Database) -> None:
    async with database.writing() as connection:
        await failed(connection)
        owed = {"id": 30, "lane": "slack", "kind": "failure", "conversation_id": 1, "message_id": 10}
        times = {"owed_at": NOW, "due_at": NOW}
        await connection.execute(
            deliveries.insert().values(**owed, **times, key="f", state="sent", external_id="1.5")
        )
        assert await unread.message_at(connection, "slack", "1.5") == 10
        assert await unread.message_at(connection, "slack", "1.6") is None
