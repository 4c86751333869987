"""A touch that went out, in rows, for the tests of what comes back."""

from datetime import datetime, timedelta
from typing import Any

from storage import touch_containers
from storage.database import Database
from storage.tables import touches


async def touched(
    database: Database,
    customer_id: int,
    address_id: int,
    now: datetime,
    *,
    text: str = "Happy birthday, Ana!",
    channel: str = "telegram",
    **more: Any,
) -> tuple[int, int, int]:
    """Say *text* to a customer as a touch; returns the conversation, the message and the touch."""
    ids = database.ids
    async with database.writing() as connection:
        conversation = await touch_containers.container(
            connection,
            ids,
            customer_id=customer_id,
            address_id=address_id,
            channel=channel,
            team="support",
            reopen_within=timedelta(hours=72),
            now=now,
        )
        message = await touch_containers.add_message(
            connection,
            ids,
            conversation,
            address_id=address_id,
            channel=channel,
            text=text,
            status="sent",
            now=now,
        )
        touch = await plan(
            connection,
            ids,
            customer_id,
            now,
            state="sent",
            address_id=address_id,
            channel=channel,
            text=text,
            message_id=message,
            handed_at=now,
            ended_at=now,
            **more,
        )
    return conversation, message, touch


async def plan(connection: Any, ids: Any, customer_id: int, due_at: datetime, **more: Any) -> int:
    """Write the row of a touch that is due at an instant, valid for ten hours, in Lisbon."""
    key: int = ids.next()
    values = {
        "id": key,
        "customer_id": customer_id,
        "kind": "birthday",
        "period": str(due_at.year),
        "state": "planned",
        "due_at": due_at,
        "valid_until": due_at + timedelta(hours=10),
        "day": due_at.date().isoformat(),
        "clock": "10:00",
        "zone": "Europe/Lisbon",
        "zone_source": "own",
        **more,
    }
    await connection.execute(touches.insert().values(**values))
    return key
