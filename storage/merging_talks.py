"""The open conversations of two customers who become one: the older goes on, the other is over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import conversations
from storage.merging_rows import pairs
from storage.rows import Conversation
from storage.tables import laters, promises

MERGED: Final = "merged"
"""Why a conversation is resolved that goes on in another."""
FOLLOW: Final = {laters.name: (laters, "waiting"), promises.name: (promises, "open")}
"""What follows into the conversation that goes on, and in which state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Two conversations of which *on* goes on; *data* is what `apart` needs."""

    on: int
    over: int
    data: dict[str, Any]


async def join(connection: AsyncConnection, one: int, other: int, now: datetime) -> Joined | None:
    """Let the older open conversation of two customers go on for both; None where not both have one."""
    found = [await conversations.going_on(connection, customer) for customer in (one, other)]
    both = sorted((each for each in found if each is not None), key=lambda each: (each.opened_at, each.id))
    if len(both) < 2:
        return None
    on, over = both
    goes_on, ends = _goes_on(on, over), _ends(on, now)
    await conversations.change(connection, over.id, **ends)
    await conversations.change(connection, on.id, **goes_on)
    changes = {str(on.id): pairs(on, goes_on), str(over.id): pairs(over, ends)}
    data = {"on": on.id, "over": over.id, "rows": changes}
    data["brought"] = await _bring(connection, on, over)
    return Joined(on=on.id, over=over.id, data=data)


def _goes_on(on: Conversation, over: Conversation) -> dict[str, Any]:
    """Say of what goes on that it waits since the first of both, and shows the last words of both."""
    last = max(on, over, key=lambda each: each.last_at)
    heard = max(on, over, key=lambda each: (each.last_in_at is not None, each.last_in_at or each.last_at))
    waits = min((at for at in (on.waiting_since, over.waiting_since) if at is not None), default=None)
    asleep = on.state == over.state == "snoozed"
    return {
        "state": "snoozed" if asleep else "open",
        "snoozed_until": on.snoozed_until if asleep else None,
        "waiting_since": waits,
        "owner_id": on.owner_id or over.owner_id,
        "unread": on.unread + over.unread,
        "address_id": heard.address_id,
        "channel": heard.channel,
        "last_in_at": heard.last_in_at,
        "last_at": last.last_at,
        "last_text": last.last_text,
        "last_direction": last.last_direction,
    }


def _ends(on: Conversation, now: datetime) -> dict[str, Any]:
    return {
        "state": "resolved",
        "merged_into": on.id,
        "resolved_at": now,
        "resolve_reason": MERGED,
        "snoozed_until": None,
        "waiting_since": None,
        "unread": 0,
    }


async def _bring(connection: AsyncConnection, on: Conversation, over: Conversation) -> dict[str, list[int]]:
    """Let what is still to come of the one that is over be told in the one that goes on."""
    brought = {}
    for name, (table, state) in FOLLOW.items():
        mine = update(table).where(table.c.conversation_id == over.id, table.c.state == state)
        moved = await connection.execute(mine.values(conversation_id=on.id).returning(table.c.id))
        brought[name] = sorted(moved.scalars())
    return brought


async def surviving(connection: AsyncConnection, conversation_id: int) -> Conversation | None:
    """Find a conversation, or the one in which it goes on since customers were merged."""
    found, passed = await conversations.one(connection, conversation_id), set[int]()
    while found is not None and found.merged_into is not None and found.id not in passed:
        passed.add(found.id)
        found = await conversations.one(connection, found.merged_into)
    return found
