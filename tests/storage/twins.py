"""Two customers who may be one person, drawn with everything that a customer can have."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Table, select

from storage.database import Connection
from storage.ids import Ids
from storage.tables import (
    addresses,
    agents,
    allowances,
    consents,
    conversations,
    customer_events,
    customers,
    happenings,
    holds,
    laters,
    looks,
    merges,
    messages,
    metadata,
    orders,
    pins,
    promises,
    ratings,
    touch_log,
    touches,
    words_due,
)
from tests.storage.keeping import NOON, at

ADDED_TO = (consents, touch_log, merges, happenings, looks, words_due)
"""Ledgers, of which a line never goes, and the list of what is to be read again."""
AGENT = 5
KINDS = ("birthday", "after_delivery")
STATES = ("planned", "held", "sent", "suppressed", "expired")
SUBJECTS = ("marketing", "news")


@st.composite
def people(draw: st.DrawFn, scheme: str) -> dict[str, Any]:
    """Draw one of the two; *scheme* keeps the same number of both at different addresses."""
    numbers = draw(st.lists(st.sampled_from("123"), unique=True, min_size=1, max_size=2))
    return {
        "facts": {
            "name": draw(st.sampled_from(["", "Ana", "Ana Sousa"])),
            "language": draw(st.sampled_from(["", "pt", "es"])),
            "tags": draw(st.sampled_from([None, [], ["vip"], ["vip", "late payer"], ["other"]])),
            "quiet_from": draw(st.sampled_from([None, 0, 600])),
            "quiet_until": 700,
            **draw(st.sampled_from([{}, {"birth_month": 3, "birth_day": 4, "birthday_at": NOON}])),
        },
        "addresses": [
            {
                "address": f"{scheme}:+3519100000{number}",
                "stopped_at": draw(st.sampled_from([None, NOON])),
                "held": draw(st.dictionaries(st.sampled_from(SUBJECTS), st.booleans())),
            }
            for number in numbers
        ],
        "talk": draw(st.sampled_from([None, "open", "answered", "snoozed"])),
        "opened": draw(st.integers(-50, -1)),
        "orders": draw(st.integers(0, 2)),
        "touches": draw(
            st.dictionaries(
                st.tuples(st.sampled_from(KINDS), st.sampled_from(("2026", "2027"))),
                st.sampled_from(STATES),
                max_size=4,
            )
        ),
        "promises": draw(st.lists(st.sampled_from(["open", "kept"]), max_size=2)),
        "held": draw(st.booleans()),
    }


async def keep_agent(connection: Connection) -> None:
    """Keep the agent who merges."""
    values = {"id": AGENT, "key": "ana", "name": "Ana", "teams": ["support"], "role": "lead"}
    await put(connection, agents, created_at=NOON, **values)


async def put(connection: Connection, table: Table, **values: Any) -> None:
    """Keep a row."""
    await connection.execute(table.insert().values(**values))


async def keep(connection: Connection, ids: Ids, person: dict[str, Any]) -> int:
    """Keep one of the two; returns their key."""
    who = ids.next()
    await put(connection, customers, id=who, created_at=NOON, **person["facts"])
    ways = []
    for way in person["addresses"]:
        ways.append(ids.next())
        values = {"customer_id": who, "address": way["address"], "channel": "sms", "created_at": NOON}
        await put(connection, addresses, id=ways[-1], stopped_at=way["stopped_at"], **values)
        for subject, allowed in way["held"].items():
            held = {"address_id": ways[-1], "subject": subject, "allowed": allowed, "at": at(-100)}
            await put(connection, allowances, **held)
    old = await talk(connection, ids, who, ways[0], "resolved", -90)
    now = None
    if person["talk"]:
        now = await talk(connection, ids, who, ways[-1], person["talk"], person["opened"])
    await _has(connection, ids, who, now or old, person)
    return who


async def talk(connection: Connection, ids: Ids, who: int, way: int, state: str, minutes: int) -> int:
    """Keep a conversation in which the customer spoke, and we did after them where it is *answered*."""
    key = ids.next()
    waits = at(minutes) if state == "open" else None
    await put(
        connection,
        conversations,
        id=key,
        customer_id=who,
        address_id=way,
        channel="sms",
        team="support",
        owner_id=AGENT if state != "open" else None,
        state="open" if state == "answered" else state,
        opened_at=at(minutes),
        waiting_since=waits,
        last_in_at=at(minutes),
        last_at=at(minutes),
        last_text=f"words {key}",
        last_direction="out" if state == "answered" else "in",
        unread=1 if waits else 0,
        snoozed_until=at(600) if state == "snoozed" else None,
        resolved_at=at(minutes) if state == "resolved" else None,
    )
    await say(connection, ids, key, way, minutes)
    return key


async def say(
    connection: Connection, ids: Ids, conversation: int, way: int | None, minutes: int, direction: str = "in"
) -> int:
    """Keep a message."""
    key = ids.next()
    values = {"id": key, "conversation_id": conversation, "address_id": way, "channel": "sms"}
    values |= {"direction": direction, "external_id": f"x{key}", "text": f"words {key}"}
    values |= {"agent_id": AGENT if direction == "out" else None}
    await put(connection, messages, sent_at=at(minutes), received_at=at(minutes), **values)
    return key


async def _has(connection: Connection, ids: Ids, who: int, conversation: int, person: dict[str, Any]) -> None:
    for _ in range(person["orders"]):
        key = ids.next()
        values = {"id": key, "customer_id": who, "number": f"A{key}"}
        await put(connection, orders, placed_at=NOON, changed_at=NOON, **values)
        await put(connection, customer_events, id=ids.next(), customer_id=who, kind="rated", at=NOON)
    for (kind, period), state in person["touches"].items():
        ended = None if state in ("planned", "held") else NOON
        values = {"id": ids.next(), "customer_id": who, "kind": kind, "period": period, "state": state}
        values |= {"due_at": at(600), "valid_until": at(1200), "day": "2026-11-24", "clock": "10:00"}
        await put(connection, touches, **values, zone="Europe/Lisbon", zone_source="own", ended_at=ended)
    for state in person["promises"]:
        values = {"id": ids.next(), "customer_id": who, "conversation_id": conversation, "state": state}
        values |= {"owner_id": AGENT, "made_by": AGENT, "text": "call back", "due_at": at(60)}
        await put(connection, promises, made_at=NOON, **values)
    if person["held"]:
        await put(connection, holds, id=ids.next(), customer_id=who, kind="complaint", since=NOON)
        note = await say(connection, ids, conversation, None, -1, "note")
        await put(connection, pins, message_id=note, customer_id=who, agent_id=AGENT, at=NOON)
        await put(connection, ratings, conversation_id=conversation, customer_id=who, asked_at=NOON)
        way = (
            await connection.execute(select(addresses.c.id).where(addresses.c.customer_id == who).limit(1))
        ).scalar_one()
        values = {"id": ids.next(), "conversation_id": conversation, "address_id": way, "text": "later"}
        await put(
            connection,
            laters,
            **values,
            agent_id=AGENT,
            at=NOON + timedelta(days=1),
            if_they_write="stop",
            state="waiting",
            made_at=NOON,
        )


Rows = dict[str, list[tuple[Any, ...]]]


async def everything(connection: Connection) -> Rows:
    """Read every row of every table, without the counts of revisions."""
    found: Rows = {}
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if column.name != "revision"]
        rows = await connection.execute(select(*columns).order_by(*table.primary_key.columns))
        found[table.name] = [tuple(map(_plain, row)) for row in rows]
    return found


def _plain(value: Any) -> Any:
    return repr(value) if isinstance(value, list | dict) else value
