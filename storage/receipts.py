"""Receipts of what was erased: kept with the erasure, shown and compared later."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import made
from storage.tables import receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That a customer was erased: *wish* says by whose, *counts* how much; *digest* is of all of it."""

    id: int
    customer_id: int
    at: datetime
    wish: str
    counts: Mapping[str, int]
    digest: str = ""

    @property
    def right_digest(self) -> str:
        """Compute the digest: hex SHA-256 of the other values as JSON, names in order, without spaces."""
        told = {
            "receipt": self.id,
            "customer": self.customer_id,
            "at": self.at.astimezone(UTC).isoformat(),
            "wish": self.wish,
            "counts": dict(self.counts),
        }
        written = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(written.encode()).hexdigest()


async def keep(connection: AsyncConnection, receipt: Receipt) -> None:
    """Keep a receipt."""
    names = ("id", "customer_id", "at", "wish", "counts", "digest")
    await connection.execute(receipts.insert().values({name: getattr(receipt, name) for name in names}))


async def one(connection: AsyncConnection, key: int) -> Receipt | None:
    """Find a receipt by its key."""
    row = (await connection.execute(select(receipts).where(receipts.c.id == key))).first()
    return None if row is None else made(Receipt, row)


async def of(connection: AsyncConnection, customer_id: int) -> list[Receipt]:
    """List the receipts of a customer, newest first."""
    which = select(receipts).where(receipts.c.customer_id == customer_id).order_by(receipts.c.id.desc())
    return [made(Receipt, row) for row in await connection.execute(which)]
