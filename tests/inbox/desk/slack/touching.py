"""Touches for the tests of the Slack face: rules over the paper channel, customers, touches in rows."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from inbox.touches.rules import Rules, rules_of
from routing.touch import Touch
from storage import consents
from storage.tables import addresses, customers
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.house import SPEC
from tests.inbox.touches.world import BIRTHDAY, DELIVERED, book
from tests.storage import touching


def rules(*kinds: Touch) -> Rules:
    """Birthday and after delivery over paper, in Lisbon."""
    made = rules_of(book(), {"paper": SPEC}, team="support", reopen_within=timedelta(hours=72))
    by_key = {kind.key: kind for kind in kinds or (BIRTHDAY, DELIVERED)}
    return replace(made, touches=by_key, limits=replace(made.limits, channels=("paper",)))


async def customer(desk: Bureau, name: str = "maria", *, allow: bool = True, **more: Any) -> tuple[int, int]:
    """Add a customer of old who may be reached on paper; returns their and their address's key."""
    database = desk.house.database
    key, address = database.ids.next(), database.ids.next()
    before = desk.now() - timedelta(days=400)
    values = {"id": key, "name": name.title(), "created_at": before, "zone": "Europe/Lisbon", **more}
    async with database.writing() as connection:
        await connection.execute(customers.insert().values(**values))
        place = {"id": address, "customer_id": key, "address": f"paper:{name}", "channel": "paper"}
        await connection.execute(addresses.insert().values(**place, created_at=before))
        if allow:
            ids = database.ids
            await consents.record(
                connection, ids, address_id=address, word="yes", source="form", wording="Yes.", at=before
            )
    return key, address


async def touched(desk: Bureau, who: tuple[int, int], at: datetime | None = None, **more: Any) -> int:
    """Say a touch to a customer; returns the touch."""
    when = at or desk.now() - timedelta(hours=3)
    _, _, touch = await touching.touched(desk.house.database, *who, when, channel="paper", **more)
    return touch


async def planned(desk: Bureau, who: tuple[int, int], due_at: datetime, **more: Any) -> int:
    """Plan a touch to a customer; returns it."""
    database = desk.house.database
    async with database.writing() as connection:
        values = {"address_id": who[1], "channel": "paper", **more}
        return await touching.plan(connection, database.ids, who[0], due_at, **values)
