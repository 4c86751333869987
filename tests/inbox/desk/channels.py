"""A second channel for a house, and other addresses of its customers."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from storage.tables import addresses
from tests.inbox.house import SPEC, House, Paper

SMS = replace(SPEC, kind="sms", label="SMS", scheme="tel", phone=True, text_limit=1_000)


def with_sms(house: House, **spec: Any) -> Paper:
    """Switch a channel of numbers on; returns it."""
    sms = Paper(spec=replace(SMS, **spec))
    house.ground.channels["sms"] = sms  # type: ignore[index]
    return sms


async def address(house: House, conversation: int, text: str = "tel:+351912345678", **values: Any) -> int:
    """Give the customer of a conversation another address; returns its key."""
    [(customer,)] = await house.rows(f"SELECT customer_id FROM conversations WHERE id = {conversation}")
    key = house.database.ids.next()
    row = {"channel": "sms", "created_at": house.clock(), **values}
    async with house.database.writing() as connection:
        await connection.execute(insert(addresses).values(id=key, customer_id=customer, address=text, **row))
    return key


async def stopped(house: House, address_id: int, at: datetime | None = None) -> None:
    """Let the customer have said stop there."""
    micros = int((at or house.clock()).timestamp()) * 1_000_000
    async with house.database.writing() as connection:
        await connection.exec_driver_sql(
            f"UPDATE addresses SET stopped_at = {micros} WHERE id = {address_id:d}"
        )
