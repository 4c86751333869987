"""What is not to be forgotten when a backup takes a database's place: who refused since, who was erased."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import consents, suppressed
from storage.ids import Ids
from storage.instants import from_micros, to_micros
from storage.tables import addresses, customers

REFUSALS: Final = """
SELECT a.address, c.channel, c.external_id, c.word, c.subject, c.source, c.wording, c.at
FROM consents c JOIN addresses a ON a.id = c.address_id
WHERE c.word IN ('stop', 'no') AND c.at >= ? ORDER BY c.at, c.id
"""
ERASED: Final = "SELECT customer_id FROM receipts WHERE at >= ? ORDER BY id"
MARKS: Final = "SELECT mark, reason, at FROM suppressed WHERE at >= ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What a database knows that a backup of it does not.

    *refusals* are lines of the ledger with their address, *erased* customers' keys, *marks* what is left of
    erased addresses, by reason and instant.
    """

    refusals: Sequence[tuple[Any, ...]]
    erased: Sequence[int]
    marks: Sequence[tuple[str, str, int]]


def since(path: Path, made_at: datetime) -> Since | None:
    """Read what came after *made_at* from a database that nobody uses; None where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            asked = (to_micros(made_at),)
            return Since(
                refusals=connection.execute(REFUSALS, asked).fetchall(),
                erased=[int(row[0]) for row in connection.execute(ERASED, asked)],
                marks=connection.execute(MARKS, asked).fetchall(),
            )
    except sqlite3.Error:
        return None


async def carry(connection: AsyncConnection, ids: Ids, known: Since) -> tuple[int, list[int]]:
    """Write it into the backup that is put back; returns how many refusals, and who is there again.

    Whoever wrote for the first time since is not in the backup, and is not begun with.
    """
    new = 0
    for address, channel, external_id, word, subject, source, wording, at in known.refusals:
        which = select(addresses.c.id).where(addresses.c.address == address)
        for address_id in (await connection.execute(which)).scalars().all():
            new += await consents.record(
                connection,
                ids,
                address_id=address_id,
                word=word,
                subject=subject or consents.MARKETING,
                source=source,
                wording=wording,
                at=from_micros(at),
                channel=channel,
                external_id=external_id,
            )
    for mark, reason, at in known.marks:
        await suppressed.keep(connection, [mark], reason, from_micros(at))
    there = select(customers.c.id).where(customers.c.id.in_(known.erased))
    return new, sorted((await connection.execute(there)).scalars())
