"""Consent of two customers who become one: at one number or mailbox the strictest word of both holds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import consents
from storage.among import among
from storage.consents import MARKETING
from storage.ids import Ids
from storage.keeping_consents import PHONES
from storage.merging_rows import coded, decoded
from storage.tables import addresses, allowances
from storage.tables import consents as ledger

SOURCE: Final = "merge"
UNDONE: Final = "undone"
"""The ledger's word for a no of a merge that holds no more."""

Held = list[dict[str, Any]]
"""What held at addresses before, as rows."""


def place(address: str) -> str:
    """Say what an address reaches, whatever the app: a number, a mailbox, else itself."""
    scheme, _, rest = address.partition(":")
    return rest.casefold() if scheme in (*PHONES, "mailto") else address


async def strictest(
    connection: AsyncConnection, ids: Ids, both: tuple[int, int], merge_id: int, agent_id: int, now: datetime
) -> Held:
    """Refuse at a place of both customers what either refuses there; returns what held before.

    Each refusal is a line of the ledger of its own.
    """
    asked = select(addresses).where(addresses.c.customer_id.in_(both))
    ways = (await connection.execute(asked.order_by(addresses.c.id))).all()
    asked = select(allowances).where(among(connection, allowances.c.address_id, [way.id for way in ways]))
    held: dict[int, list[Any]] = defaultdict(list)
    for row in await connection.execute(asked.order_by(allowances.c.address_id, allowances.c.subject)):
        held[row.address_id].append(row)
    before: Held = []
    for way, subjects in _refusals(ways, held):
        before += [{name: coded(value) for name, value in row._mapping.items()} for row in held[way.id]]
        for subject in subjects:
            await consents.record(
                connection,
                ids,
                address_id=way.id,
                word="no",
                subject=subject,
                source=SOURCE,
                proof=_proof(merge_id),
                agent_id=agent_id,
                at=now,
            )
    return before


def _refusals(ways: Sequence[Any], held: Mapping[int, Sequence[Any]]) -> Iterator[tuple[Any, list[str]]]:
    """List where a yes meets a no of the other customer at the same place, with the subjects of the no."""
    refused: dict[tuple[str, int], set[str]] = defaultdict(set)
    for way in ways:
        mine = refused[place(way.address), way.customer_id]
        mine |= {row.subject for row in held[way.id] if not row.allowed}
        mine |= {MARKETING} if way.stopped_at is not None else set()
    for way in ways:
        others = [
            subjects
            for (where, whose), subjects in refused.items()
            if where == place(way.address) and whose != way.customer_id
        ]
        no = set().union(*others)
        allowed = {row.subject for row in held[way.id] if row.allowed}
        if MARKETING in no and allowed:
            yield way, [MARKETING]
        elif no & allowed:
            yield way, sorted(no & allowed)


async def loosened(
    connection: AsyncConnection, ids: Ids, before: Sequence[Mapping[str, Any]], merge_id: int, now: datetime
) -> None:
    """Let hold again what held before a merge, where nothing was said since; the ledger tells of it."""
    lines = select(ledger.c.id, ledger.c.address_id).where(
        among(connection, ledger.c.address_id, sorted({row["address_id"] for row in before})),
        ledger.c.source == SOURCE,
        ledger.c.proof == _proof(merge_id),
        ledger.c.word == "no",
    )
    made = {row.id: row.address_id for row in await connection.execute(lines)}
    ours = among(connection, allowances.c.consent_id, list(made))
    gone = await connection.execute(
        delete(allowances).where(ours).returning(allowances.c.address_id, allowances.c.subject)
    )
    free = {(row.address_id, row.subject) for row in gone}
    for row in before:
        if (row["address_id"], row["subject"]) in free:
            values = {name: decoded(allowances, name, value) for name, value in row.items()}
            await connection.execute(allowances.insert().values(**values))
    for address_id in sorted(set(made.values())):
        await consents.record(
            connection,
            ids,
            address_id=address_id,
            word=UNDONE,
            source=SOURCE,
            proof=_proof(merge_id),
            at=now,
        )


def _proof(merge_id: int) -> str:
    return f"merge {merge_id}"
