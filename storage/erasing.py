"""Forget a customer: their facts, words, files and addresses go, the counts stay true."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, delete, func, literal, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import indexing, laters, looks, merging, ratings, touches
from storage.ids import Ids
from storage.instants import Instant
from storage.messages import refresh_status
from storage.statuses import DROPPED, QUEUED, READY
from storage.tables import (
    addresses,
    allowances,
    attachments,
    consents,
    conversations,
    customer_events,
    customers,
    deliveries,
    drafts,
    early_receipts,
    happenings,
    holds,
    hooks,
    messages,
    order_lines,
    orders,
    promises,
    routed,
    slack_asks,
    touch_log,
)
from storage.tables import touches as touch_table
from storage.touch_states import HANDED_OFF, SUPPRESSED

ERASED = "erased on request"
REASON = "suppressed_erased"
SEARCHED = 500
NOTHING: dict[str, Any] = {
    "name": "",
    "language": "",
    "zone": "",
    "tier": "",
    "ref": None,
    "device_zone": "",
    "country": "",
    "region": "",
    "tags": None,
    "account_manager": "",
    "preferred_channel": "",
    "quiet_from": None,
    "quiet_until": None,
    "birth_month": None,
    "birth_day": None,
    "birth_year": None,
    "birthday_at": None,
    "birthday_in_bulk": False,
    "birthday_fault": "",
    "feb29": "",
}


async def erase(
    connection: AsyncConnection, ids: Ids, everybody: Sequence[int], now: datetime
) -> Sequence[int]:
    """Erase the customers *everybody*: one person, and whoever was joined to them.

    Gives the keys of the calls that went from the journal with what they had said. SQLite writes zeros over
    what goes (https://www.sqlite.org/pragma.html#pragma_secure_delete); what it moved about in its file
    before may lie there until `storage.scrubbing.scrub`.
    """
    if connection.dialect.name == "sqlite":
        await connection.execute(text("PRAGMA secure_delete = ON"))
    theirs = select(conversations.c.id).where(conversations.c.customer_id.in_(everybody))
    await _touches(connection, ids, everybody, now)
    heard = await _journal(connection, theirs)
    await _receipts(connection, theirs)
    await forget_said(connection, messages.c.conversation_id.in_(theirs), now)
    await _owed(connection, theirs, now)
    await _conversations(connection, theirs, everybody, now)
    await _addresses(connection, everybody, now)
    await _orders(connection, everybody)
    await _promises(connection, everybody, now)
    await laters.forget(connection, theirs, now)
    await ratings.forget(connection, everybody)
    await merging.forget(connection, everybody)
    await looks.forget(connection, everybody)
    who = update(customers).where(customers.c.id.in_(everybody))
    await connection.execute(who.values(**NOTHING, erased_at=now))
    await _searched(connection, theirs, everybody)
    return heard


async def _touches(connection: AsyncConnection, ids: Ids, everybody: Sequence[int], now: datetime) -> None:
    mine = touch_table.c.customer_id.in_(everybody)
    unseen = and_(touch_table.c.state == HANDED_OFF, touch_table.c.message_id.is_(None))
    for among in (touches.IS_WAITING, unseen):  # what waits on a page for its visitor has not left either
        while await touches.end_all(connection, ids, mine, SUPPRESSED, REASON, now, among=among):
            pass
    await connection.execute(update(touch_table).where(mine).values(text="", anchor_ref=""))
    steps = touch_log.c.touch_id.in_(select(touch_table.c.id).where(mine))
    await connection.execute(update(touch_log).where(steps).values(data=None))


async def _journal(connection: AsyncConnection, theirs: Any) -> Sequence[int]:
    heard = select(messages.c.hook_id).where(
        messages.c.conversation_id.in_(theirs), messages.c.hook_id.is_not(None)
    )
    gone = delete(hooks).where(hooks.c.id.in_(heard)).returning(hooks.c.id)
    return list((await connection.execute(gone)).scalars())


async def _receipts(connection: AsyncConnection, theirs: Any) -> None:
    """Forget receipts that wait for a message of theirs, by the provider's own names."""
    for table in (messages, deliveries):
        named = select(table.c.external_id).where(
            table.c.conversation_id.in_(theirs), table.c.external_id.is_not(None)
        )
        await connection.execute(delete(early_receipts).where(early_receipts.c.external_id.in_(named)))


async def forget_said(connection: AsyncConnection, which: Any, now: datetime) -> None:
    """Forget the words and the files of *which* messages, and what names them outside."""
    said = select(messages.c.id).where(which)
    await connection.execute(
        update(attachments)
        .where(attachments.c.message_id.in_(said))
        .values(
            ref="",
            name="",
            latitude=None,
            longitude=None,
            state="refused",
            reason=ERASED,
            path="",
            due_at=None,
        )
    )
    await connection.execute(
        update(messages)
        .where(which)
        .values(
            text="",
            subject="",
            text_before="",
            sender_name="",
            reply_to="",
            album="",
            reaction="",
            reason="",
            hook_id=None,
            external_id=_erased(messages.c.id),
            deleted_at=func.coalesce(messages.c.deleted_at, literal(now, Instant)),
        )
    )


async def _owed(connection: AsyncConnection, theirs: Any, now: datetime) -> None:
    mine = deliveries.c.conversation_id.in_(theirs)
    await connection.execute(update(deliveries).where(mine, deliveries.c.reason != ERASED).values(reason=""))
    await connection.execute(update(deliveries).where(mine).values(external_id=None))
    waiting = update(deliveries).where(mine, deliveries.c.state.in_((QUEUED, READY)))
    dropped = waiting.values(state=DROPPED, reason=ERASED, code=REASON, ended_at=now)
    ours = dropped.returning(deliveries.c.message_id, deliveries.c.kind)
    gone = {row.message_id for row in await connection.execute(ours) if row.kind in ("message", "call")}
    await refresh_status(connection, sorted(gone), now)
    await connection.execute(update(deliveries).where(mine).values(text="", data=None))


async def _conversations(
    connection: AsyncConnection, theirs: Any, everybody: Sequence[int], now: datetime
) -> None:
    await connection.execute(delete(drafts).where(drafts.c.conversation_id.in_(theirs)))
    asks = slack_asks.c.conversation_id.in_(theirs)
    open_ = slack_asks.c.state == literal_column("'asked'")
    await connection.execute(update(slack_asks).where(asks, open_).values(state="withdrawn"))
    await connection.execute(update(slack_asks).where(asks).values(said=[], question=""))
    await connection.execute(
        update(happenings).where(happenings.c.conversation_id.in_(theirs)).values(data={})
    )
    decided = update(routed).where(routed.c.conversation_id.in_(theirs))
    await connection.execute(decided.values(tags=None, reasons=None))
    mine = conversations.c.customer_id.in_(everybody)
    going_on = update(conversations).where(mine, conversations.c.state != literal_column("'resolved'"))
    await connection.execute(going_on.values(state="resolved", resolved_at=now))
    await connection.execute(
        update(conversations)
        .where(mine)
        .values(
            last_text="",
            resolve_reason=ERASED,
            unread=0,
            waiting_since=None,
            snoozed_until=None,
            revision=conversations.c.revision + 1,
        )
    )


async def _addresses(connection: AsyncConnection, everybody: Sequence[int], now: datetime) -> None:
    """Replace the addresses; the ledger keeps which words were said and when, without the words."""
    mine = select(addresses.c.id).where(addresses.c.customer_id.in_(everybody))
    said = update(consents).where(consents.c.address_id.in_(mine))
    await connection.execute(said.values(wording="", proof="", external_id=_erased(consents.c.id)))
    await connection.execute(delete(allowances).where(allowances.c.address_id.in_(mine)))
    await connection.execute(
        update(addresses)
        .where(addresses.c.customer_id.in_(everybody))
        .values(
            address=_erased(addresses.c.id),
            stop_source="",
            stopped_at=func.coalesce(addresses.c.stopped_at, literal(now, Instant)),
        )
    )


async def _orders(connection: AsyncConnection, everybody: Sequence[int]) -> None:
    """Forget what was bought and befell in words; how many, when and for how much stays in the sums."""
    await connection.execute(update(orders).where(orders.c.customer_id.in_(everybody)).values(summary=""))
    bought = order_lines.c.order_id.in_(select(orders.c.id).where(orders.c.customer_id.in_(everybody)))
    await connection.execute(update(order_lines).where(bought).values(name=""))
    await connection.execute(
        update(customer_events)
        .where(customer_events.c.customer_id.in_(everybody))
        .values(ref="", data=None, external_id=None)
    )
    await connection.execute(
        update(holds).where(holds.c.customer_id.in_(everybody)).values(reason="", source="")
    )


async def _promises(connection: AsyncConnection, everybody: Sequence[int], now: datetime) -> None:
    """Forget what was promised; what was open is owed to nobody any more, the counts stay."""
    mine = promises.c.customer_id.in_(everybody)
    open_ = update(promises).where(mine, promises.c.state == literal_column("'open'"))
    await connection.execute(open_.values(state="withdrawn", ended_at=literal(now, Instant)))
    await connection.execute(update(promises).where(mine).values(text="", key=None))


async def _searched(connection: AsyncConnection, theirs: Any, everybody: Sequence[int]) -> None:
    """Let the search read again what is erased, before anybody can find it by a word it had."""
    which = {
        "words_said": select(messages.c.id).where(messages.c.conversation_id.in_(theirs)),
        "words_names": select(customers.c.id).where(customers.c.id.in_(everybody)),
        "words_ways": select(addresses.c.id).where(addresses.c.customer_id.in_(everybody)),
    }
    for index in indexing.ALL:
        keys = list((await connection.execute(which[index.name])).scalars())
        for first in range(0, len(keys), SEARCHED):
            await indexing.read(connection, indexing.Due(index, keys[first : first + SEARCHED]))


def _erased(key: Any) -> Any:
    """Make a unique text of a row's key."""
    return literal("erased:") + cast(key, String)


async def hooks_after(
    connection: AsyncConnection, after: int, limit: int = 500
) -> list[tuple[int, bytes, str]]:
    """Read a page of the journal: key, body and address of each call, oldest first."""
    which = select(hooks.c.id, hooks.c.body, hooks.c.url).where(hooks.c.id > after).order_by(hooks.c.id)
    return [(row.id, bytes(row.body), row.url) for row in await connection.execute(which.limit(limit))]


async def forget_hooks(connection: AsyncConnection, keys: Sequence[int]) -> None:
    """Take calls out of the journal."""
    await connection.execute(delete(hooks).where(hooks.c.id.in_(keys)))
