"""Conversations of one customer who are two again: what came since goes by the address it came by."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import conversations as talks
from storage import queues
from storage.among import among
from storage.ids import Ids
from storage.merging_rows import undone
from storage.merging_talks import FOLLOW
from storage.rows import Conversation
from storage.tables import addresses, conversations, deliveries, holds, messages, promises, ratings

PREVIEW = 200
WITHIN = (promises, ratings, holds)
"""What is a customer's and stands in a conversation: it goes where that goes."""


async def apart(
    connection: AsyncConnection,
    ids: Ids,
    both: tuple[int, int],
    merge_id: int,
    data: Mapping[str, Any] | None,
    now: datetime,
) -> set[int]:
    """Part the conversations of *both* customers, whose rows are their own again.

    What was open becomes open again unless something newer of its customer is; messages said after the
    merge move to the customer of their address. Returns the conversations that changed.
    """
    changed = await _whole(connection, both, merge_id)
    if data is not None:
        changed |= await _as_before(connection, data, merge_id)
    strays: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in await _strays(connection, both, merge_id):
        strays[row.conversation_id, row.customer_id].append(row.id)
    for (source, customer), keys in strays.items():
        changed |= {source, await _bring_home(connection, ids, source, customer, keys, now)}
    for one in changed:
        await _own_address(connection, one)
    return changed


async def _strays(connection: AsyncConnection, both: tuple[int, int], merge_id: int) -> list[Any]:
    """List what was said after the merge in the conversation of one over the address of the other."""
    which = (
        select(messages.c.id, messages.c.conversation_id, addresses.c.customer_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .join(addresses, addresses.c.id == messages.c.address_id)
        .where(
            conversations.c.customer_id.in_(both),
            addresses.c.customer_id.in_(both),
            addresses.c.customer_id != conversations.c.customer_id,
            messages.c.id > merge_id,
        )
        .order_by(messages.c.id)
    )
    return list(await connection.execute(which))


async def _whole(connection: AsyncConnection, both: tuple[int, int], merge_id: int) -> set[int]:
    """Give away conversations begun after the merge in which only the other's addresses were used."""
    rows = [one for one in await _strays(connection, both, merge_id) if one.conversation_id > merge_id]
    begun = {one.conversation_id: one.customer_id for one in rows}
    kept = (
        select(messages.c.conversation_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .join(addresses, addresses.c.id == messages.c.address_id)
        .where(
            among(connection, messages.c.conversation_id, list(begun)),
            addresses.c.customer_id == conversations.c.customer_id,
        )
    )
    mixed = set((await connection.execute(kept)).scalars())
    for one, customer in begun.items():
        if one not in mixed:
            mine = update(conversations).where(conversations.c.id == one)
            await connection.execute(mine.values(customer_id=customer, revision=conversations.c.revision + 1))
            for table in WITHIN:
                theirs = update(table).where(table.c.conversation_id == one)
                await connection.execute(theirs.values(customer_id=customer))
    return begun.keys() - mixed


async def _as_before(connection: AsyncConnection, data: Mapping[str, Any], merge_id: int) -> set[int]:
    """Bring both conversations back to what they were, where nobody changed that since."""
    for name, keys in data["brought"].items():
        table, _ = FOLLOW[name]
        mine = update(table).where(among(connection, table.c.id, keys), table.c.conversation_id == data["on"])
        await connection.execute(mine.values(conversation_id=data["over"]))
    on, over = await talks.one(connection, data["on"]), await talks.one(connection, data["over"])
    assert on is not None
    assert over is not None
    values = undone(conversations, on, data["rows"][str(on.id)])
    if await _spoken(connection, on.id, merge_id):  # it goes on: only whose it is comes back
        values = {name: value for name, value in values.items() if name == "owner_id"}
        await _recount(connection, on.id)
    await talks.change(connection, on.id, **values)
    values = undone(conversations, over, data["rows"][str(over.id)])
    if await talks.going_on(connection, over.customer_id) is not None:
        values = {"merged_into": None}
    await talks.change(connection, over.id, **values)
    return {on.id, over.id}


async def _spoken(connection: AsyncConnection, conversation_id: int, since: int) -> bool:
    """Whether anything was said in a conversation after the key *since*; notes are not counted."""
    here = and_(messages.c.conversation_id == conversation_id, messages.c.direction != "note")
    which = select(messages.c.id).where(here, messages.c.id > since).limit(1)
    return (await connection.execute(which)).first() is not None


async def _bring_home(
    connection: AsyncConnection, ids: Ids, source: int, customer: int, keys: Sequence[int], now: datetime
) -> int:
    """Move messages to the customer's own conversation, a new one where none goes on."""
    own = await talks.going_on(connection, customer)
    target = own.id if own is not None else await _begin(connection, ids, source, customer, keys[0], now)
    over = update(messages).where(among(connection, messages.c.id, keys)).values(conversation_id=target)
    await connection.execute(over)
    owed = update(deliveries).where(among(connection, deliveries.c.message_id, keys))
    lanes = set(
        (await connection.execute(owed.values(conversation_id=target).returning(deliveries.c.lane))).scalars()
    )
    await queues.promote(connection, [(lane, one) for lane in lanes for one in (source, target)])
    await _recount(connection, source)
    await _recount(connection, target, fresh=True)
    return target


async def _begin(
    connection: AsyncConnection, ids: Ids, source: int, customer: int, first: int, now: datetime
) -> int:
    """Begin a conversation like *source* for what was said in it by another customer."""
    like = await talks.one(connection, source)
    assert like is not None
    asked = select(messages).where(messages.c.id == first)
    said = (await connection.execute(asked)).one()
    last = await talks.of_customer(connection, customer, limit=1)
    key = ids.next()
    values = {
        "id": key,
        "customer_id": customer,
        "address_id": said.address_id,
        "channel": said.channel,
        "team": like.team,
        "owner_id": like.owner_id,
        "state": "resolved" if like.state == "resolved" else "open",
        "previous_id": last[0].id if last else None,
        "opened_at": said.received_at,
        "last_at": said.received_at,
        "resolved_at": like.resolved_at,
        "resolve_reason": like.resolve_reason,
    }
    await connection.execute(conversations.insert().values(**values))
    return key


async def _recount(connection: AsyncConnection, conversation_id: int, *, fresh: bool = False) -> None:
    """Read off its messages who spoke last in a conversation, and whether the customer waits.

    With *fresh* what nobody has answered is unread, for it stands in another conversation now.
    """
    row = await talks.one(connection, conversation_id)
    assert row is not None
    here = and_(messages.c.conversation_id == conversation_id, messages.c.direction != "note")
    said = select(messages).where(here).order_by(messages.c.id.desc()).limit(1)
    last = (await connection.execute(said)).one_or_none()
    if last is None:
        return
    heard = and_(here, messages.c.direction == "in", messages.c.nature == "")
    ours = and_(here, messages.c.direction == "out", messages.c.agent_id.is_not(None))
    answered = select(func.max(messages.c.id)).where(ours)
    waits = select(func.min(messages.c.received_at), func.count()).where(
        heard, messages.c.id > func.coalesce(answered.scalar_subquery(), 0)
    )
    since, number = (await connection.execute(waits)).one()
    heard_at = select(func.max(messages.c.received_at)).where(heard)
    values = {
        "last_at": last.received_at,
        "last_text": last.text[:PREVIEW],
        "last_direction": last.direction,
        "last_in_at": (await connection.execute(heard_at)).scalar_one_or_none(),
    }
    if row.state != "resolved":
        values |= {"waiting_since": since, "unread": number if fresh else min(number, row.unread)}
    await talks.change(connection, conversation_id, **values)


async def _own_address(connection: AsyncConnection, conversation_id: int) -> None:
    """Let a conversation run over an address of its customer: the one that was used last."""
    row = await talks.one(connection, conversation_id)
    assert row is not None
    mine = select(addresses.c.id).where(addresses.c.customer_id == row.customer_id)
    own = set((await connection.execute(mine)).scalars())
    if row.address_id in own or not own:
        return
    asked = _last_over(row, own)
    found = (await connection.execute(asked)).first()
    if found is None:
        found = (await connection.execute(select(addresses).where(addresses.c.id == max(own)))).one()
        await talks.change(connection, row.id, address_id=found.id, channel=found.channel)
        return
    await talks.change(connection, row.id, address_id=found.address_id, channel=found.channel)


def _last_over(row: Conversation, own: set[int]) -> Any:
    return (
        select(messages.c.address_id, messages.c.channel)
        .where(messages.c.conversation_id == row.id, messages.c.address_id.in_(own))
        .order_by(messages.c.id.desc())
        .limit(1)
    )
