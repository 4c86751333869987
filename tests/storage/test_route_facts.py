"""What is known of a conversation is read the same from both databases."""

from datetime import timedelta
from typing import Any

from storage import route_facts
from storage.database import Database
from storage.tables import (
    addresses,
    agents,
    conversations,
    customers,
    happenings,
    messages,
    orders,
    routed,
)
from tests.inbox.house import NOON

HOUR = timedelta(hours=1)


async def lived(database: Database) -> None:
    """Write a customer with two conversations: 11 was answered by 1, 12 by nobody."""
    async with database.writing() as connection:
        named = {"key": "ana", "name": "Ana", "teams": ["support"], "created_at": NOON}
        await connection.execute(agents.insert().values(id=1, **named))
        about = {"name": "Maria", "language": "pt", "zone": "", "tier": "", "created_at": NOON}
        await connection.execute(customers.insert().values(id=5, **about))
        way = {"address": "paper:maria", "channel": "paper", "stop_source": "", "created_at": NOON}
        await connection.execute(addresses.insert().values(id=6, customer_id=5, **way))
        for key, state in ((11, "resolved"), (12, "open")):
            await connection.execute(conversations.insert().values(_conversation(key, state)))
        said: list[dict[str, Any]] = [
            _message(21, 11, "in", "old"),
            _message(22, 11, "out", "answer") | {"agent_id": 1},
            _message(23, 12, "in", "first"),
            _message(24, 12, "in", "gone") | {"deleted_at": NOON},
            _message(25, 12, "note", "a note") | {"agent_id": 1},
            _message(26, 12, "out", "ours, by nobody"),
            _message(27, 12, "in", "second"),
        ]
        await connection.execute(
            messages.insert(), [{"agent_id": None, "deleted_at": None} | one for one in said]
        )


def _conversation(key: int, state: str) -> dict[str, Any]:
    return {
        "id": key,
        "customer_id": 5,
        "address_id": 6,
        "channel": "paper",
        "team": "support",
        "state": state,
        "opened_at": NOON,
        "last_at": NOON,
        "last_text": "",
        "last_direction": "in",
    }


def _message(key: int, conversation: int, direction: str, text: str) -> dict[str, Any]:
    return {
        "id": key,
        "conversation_id": conversation,
        "direction": direction,
        "channel": "paper",
        "external_id": str(key),
        "text": text,
        "sent_at": NOON,
        "received_at": NOON,
    }


async def test_only_what_the_customer_said_and_left_standing_is_read_in_order(database: Database) -> None:
    await lived(database)
    async with database.reading() as connection:
        assert await route_facts.words(connection, 12) == "first\nsecond"


async def test_who_answered_last_is_found_in_any_conversation_and_a_note_is_no_answer(
    database: Database,
) -> None:
    await lived(database)
    async with database.reading() as connection:
        assert await route_facts.last_agent(connection, 5) == 1
        assert await route_facts.last_agent(connection, 6) is None
        assert [await route_facts.answered(connection, key) for key in (11, 12)] == [True, False]


async def test_orders_that_stand_are_counted(database: Database) -> None:
    await lived(database)
    async with database.writing() as connection:
        assert await route_facts.bought(connection, 5) == route_facts.Bought(number=0, last_at=None)
        for key, cancelled in ((1, None), (2, None), (3, NOON)):
            at = NOON + key * HOUR
            row = {"id": key, "customer_id": 5, "number": str(key), "placed_at": at, "changed_at": at}
            await connection.execute(orders.insert().values(**row, cancelled_at=cancelled))
        found = await route_facts.bought(connection, 5)
    assert found == route_facts.Bought(number=2, last_at=NOON + 2 * HOUR)


async def test_only_what_an_agent_moved_counts_as_moved(database: Database) -> None:
    await lived(database)
    async with database.writing() as connection:
        for key, kind, agent in ((1, "handed_over", 1), (2, "handed_over", None), (3, "assigned", 1)):
            row = {"id": key, "conversation_id": 12, "kind": kind, "agent_id": agent, "at": NOON}
            await connection.execute(happenings.insert().values(**row, data={"to_team": f"t{key}"}))
        assert await route_facts.moves(connection, 12) == [{"to_team": "t1"}]


async def test_what_was_decided_is_read_with_its_reasons(database: Database) -> None:
    await lived(database)
    reasons = [{"step": "rule", "said": "because"}]
    async with database.writing() as connection:
        assert await route_facts.decided(connection, 12) is None
        row = {"conversation_id": 12, "decided_at": NOON, "rule": "a", "reply_due_at": NOON + HOUR}
        await connection.execute(routed.insert().values(**row, reasons=reasons))
        found = await route_facts.decided(connection, 12)
    assert found is not None
    assert (found.rule, found.reasons, found.reply_due_at) == ("a", reasons, NOON + HOUR)
    assert (found.decided_at, found.priority, found.waits_for) == (NOON, 0, None)
