"""Echoes: what the provider says left our account, by another tool or by ourselves a moment ago."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.keeping_asides import ECHO
from storage.queues import promote
from storage.statuses import ASKING, SENDING
from storage.tables import attachments, deliveries, messages, slack_posts


async def forget(connection: AsyncConnection, channel: str, external_id: str, now: datetime) -> None:
    """Take the echo of a message of our own away: its answer came later and bears that name.

    What Slack was owed for it goes as well. Were it posted already, after `keeping_asides.PERHAPS_OURS`,
    the post stays there, for both are true. While it is being posted the row must stay, for what Slack
    answers is kept with it: then it is taken back.
    """
    which = select(messages.c.id).where(
        messages.c.channel == channel, messages.c.external_id == external_id, messages.c.nature == ECHO
    )
    key = (await connection.execute(which)).scalar_one_or_none()
    if key is None:
        return
    posting = select(deliveries.c.id).where(
        deliveries.c.message_id == key, deliveries.c.state.in_((SENDING, ASKING))
    )
    if (await connection.execute(posting.limit(1))).first() is not None:
        await connection.execute(update(messages).where(messages.c.id == key).values(deleted_at=now))
        return
    owed = delete(deliveries).where(deliveries.c.message_id == key)
    gone = await connection.execute(owed.returning(deliveries.c.lane, deliveries.c.conversation_id))
    queues = {(row.lane, row.conversation_id) for row in gone}
    await connection.execute(delete(slack_posts).where(slack_posts.c.message_id == key))
    await connection.execute(delete(attachments).where(attachments.c.message_id == key))
    await connection.execute(delete(messages).where(messages.c.id == key))
    await promote(connection, queues)
