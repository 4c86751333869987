"""What befell customers outside of messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.batch import storable
from storage.ids import Ids
from storage.tables import customer_events


async def keep(
    connection: AsyncConnection,
    ids: Ids,
    *,
    customer_id: int,
    kind: str,
    at: datetime,
    ref: str = "",
    data: Mapping[str, Any] | None = None,
    external_id: str | None = None,
) -> bool:
    """Keep an event; says whether it was new, which one with a known *external_id* is not."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"customer_id": customer_id, "kind": kind, "at": at, "ref": storable(ref), "data": data}
    statement = insert(customer_events).values(id=ids.next(), **values, external_id=external_id)
    kept = statement.on_conflict_do_nothing().returning(customer_events.c.id)
    return (await connection.execute(kept)).first() is not None


async def count(connection: AsyncConnection, customer_id: int, kind: str) -> int:
    """Count a customer's events of a kind."""
    which = customer_events.c.customer_id == customer_id, customer_events.c.kind == kind
    found: int = (await connection.execute(select(func.count()).where(*which))).scalar_one()
    return found
