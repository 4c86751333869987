"""The ledger of consent: what was said, word by word, and what holds since.

A stop closes its own address, and refuses marketing at every address of the same phone number, whoever
has it. A start opens its own address again and allows no marketing: only a yes does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.batch import storable
from storage.ids import Ids
from storage.keeping_consents import same_number as spell
from storage.rows import made
from storage.tables import addresses, allowances, consents

MARKETING: Final = "marketing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One line of the ledger; see `storage.tables.people`."""

    id: int
    address_id: int
    channel: str
    external_id: str
    word: str
    source: str
    at: datetime
    subject: str
    wording: str
    proof: str
    agent_id: int | None
    review: bool


async def record(
    connection: AsyncConnection,
    ids: Ids,
    *,
    address_id: int,
    word: str,
    subject: str = MARKETING,
    source: str,
    wording: str = "",
    proof: str = "",
    agent_id: int | None = None,
    at: datetime,
    channel: str = "",
    external_id: str = "",
    until: datetime | None = None,
    review: bool = False,
) -> bool:
    """Write a word into the ledger and let it hold; the same *external_id* on a channel counts once.

    *word* is yes, no, stop, start or help; an older word than what holds changes nothing. Returns
    whether it was new.
    """
    which = await connection.execute(select(addresses).where(addresses.c.id == address_id))
    where = which.one()
    key = ids.next()
    values = {
        "id": key,
        "address_id": address_id,
        "channel": channel or where.channel,
        "external_id": external_id or f"ours:{key}",
        "word": word,
        "source": storable(source),
        "at": at,
        "subject": subject if word in ("yes", "no") else "",
        "wording": storable(wording),
        "proof": storable(proof),
        "agent_id": agent_id,
        "review": review,
    }
    insert = _insert(connection)
    kept = insert(consents).values(**values).on_conflict_do_nothing().returning(consents.c.id)
    if (await connection.execute(kept)).one_or_none() is None:
        return False
    match word:
        case "yes":
            await _hold(connection, address_id, subject, True, at, until, key)
        case "no":
            await refuse(connection, [address_id], subject, at, key)
        case "stop":
            await _stop(connection, where, source, at, key)
        case "start":
            await _start(connection, address_id, at)
    return True


async def refuse(
    connection: AsyncConnection, address_ids: Sequence[int], subject: str, at: datetime, consent_id: int
) -> None:
    """Let a no hold; a no to marketing is one to everything that was allowed before."""
    for address_id in address_ids:
        await _hold(connection, address_id, subject, False, at, None, consent_id)
    if subject == MARKETING:
        earlier = and_(allowances.c.address_id.in_(address_ids), allowances.c.at <= at)
        no = update(allowances).where(earlier, allowances.c.allowed)
        await connection.execute(no.values(allowed=False, at=at, until=None, consent_id=consent_id))


async def _hold(
    connection: AsyncConnection,
    address_id: int,
    subject: str,
    allowed: bool,
    at: datetime,
    until: datetime | None,
    consent_id: int,
) -> None:
    """Write what holds unless something newer does; of a yes and a no at one instant the no counts."""
    values = {"allowed": allowed, "at": at, "until": until, "consent_id": consent_id}
    said = _insert(connection)(allowances).values(address_id=address_id, subject=subject, **values)
    newer = allowances.c.at < at if allowed else allowances.c.at <= at
    await connection.execute(
        said.on_conflict_do_update(index_elements=["address_id", "subject"], set_=values, where=newer)
    )


async def _stop(connection: AsyncConnection, where: Any, source: str, at: datetime, key: int) -> None:
    older = update(addresses).where(addresses.c.id == where.id, addresses.c.stopped_at.is_(None))
    started = select(consents.c.id).where(
        consents.c.address_id == where.id, consents.c.word == "start", consents.c.at > at
    )
    await connection.execute(
        older.where(~started.exists()).values(stopped_at=at, stop_source=storable(source))
    )
    await refuse(connection, await same_number(connection, where.address, where.id), MARKETING, at, key)


async def _start(connection: AsyncConnection, address_id: int, at: datetime) -> None:
    older = and_(addresses.c.id == address_id, addresses.c.stopped_at < at)
    await connection.execute(update(addresses).where(older).values(stopped_at=None, stop_source=""))


async def same_number(connection: AsyncConnection, address: str, address_id: int) -> list[int]:
    """List the addresses of the phone number of *address*, itself first; only itself for other kinds."""
    spelled = spell(address)
    found = await connection.execute(select(addresses.c.id).where(addresses.c.address.in_(spelled)))
    return [address_id, *(key for key in found.scalars() if key != address_id)]


async def of_customer(connection: AsyncConnection, customer_id: int) -> list[Consent]:
    """List everything that was said about consent at a customer's addresses, oldest first."""
    mine = select(addresses.c.id).where(addresses.c.customer_id == customer_id)
    which = select(consents).where(consents.c.address_id.in_(mine)).order_by(consents.c.at, consents.c.id)
    return [made(Consent, row) for row in await connection.execute(which)]


async def allowed(connection: AsyncConnection, customer_id: int) -> dict[tuple[int, str], bool]:
    """Say what holds today at a customer's addresses, by address and subject."""
    mine = select(addresses.c.id).where(addresses.c.customer_id == customer_id)
    which = select(allowances.c.address_id, allowances.c.subject, allowances.c.allowed).where(
        allowances.c.address_id.in_(mine)
    )
    return {(row.address_id, row.subject): row.allowed for row in await connection.execute(which)}


def _insert(connection: AsyncConnection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
