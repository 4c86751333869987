"""Which reactions of ours stand on what customers said."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.statuses import DROPPED, FAILED
from storage.tables import deliveries


async def standing(connection: AsyncConnection, message_ids: Sequence[int]) -> Mapping[int, str]:
    """Find the last reaction of each message that was not refused; one that was taken off is left out."""
    which = select(deliveries.c.message_id, deliveries.c.text).where(
        deliveries.c.message_id.in_(message_ids),
        deliveries.c.kind == "react",
        deliveries.c.state.not_in((FAILED, DROPPED)),
    )
    rows = await connection.execute(which.order_by(deliveries.c.id))
    last = {row.message_id: row.text for row in rows}
    return {message_id: text for message_id, text in last.items() if text}
