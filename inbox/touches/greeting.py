"""Telling who talks with a customer that it is their birthday, where the touch does not go."""

from datetime import datetime

from inbox.desk.holding import Holding
from inbox.touches import birthdays
from inbox.touches.rules import Rules
from storage import customers, touch_birthdays
from storage.database import Database


async def tell(database: Database, desk: Holding, rules: Rules, now: datetime) -> None:
    """Say it in conversations that go on, once each, whoever looks first."""
    if not rules.birthdays:
        return
    async with database.reading() as connection:
        rows = await touch_birthdays.to_tell(connection, rules.birthdays, birthdays.SAYABLE, now)
    for row, conversation_id in rows:
        if not birthdays.is_time(row, now):
            continue
        async with database.reading() as connection:
            customer = await customers.one(connection, row.customer_id)
        said = birthdays.sentence(customer.name if customer is not None else "", row)
        told = birthdays.becomes(row.state, row.reason, row.clock).rstrip(".")
        data = {"sentence": said, "why": told, "code": row.reason, "touch": row.id}
        await desk.birthday_today(conversation_id, row.id, data=data, now=now)
