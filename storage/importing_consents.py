"""Consents told from outside, many at once: a yes never undoes a stop or a no that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.batch import storable
from storage.consents import MARKETING, record
from storage.ids import Ids
from storage.importing_sql import ask, do
from storage.instants import to_micros
from storage.keeping_consents import PHONES

IMPORT: Final = "import"  # stands for the channel in the ledger: these words came over none of ours

KNOWN: Final = "SELECT external_id FROM consents WHERE external_id IN {texts} AND channel = 'import'"
HELD: Final = "SELECT address_id, subject, allowed, at FROM allowances WHERE address_id IN {ints}"
STOPPED: Final = "SELECT address FROM addresses WHERE address IN {texts} AND stopped_at IS NOT NULL"
SAY: Final = """
    INSERT INTO consents (id, address_id, channel, external_id, word, source, at, subject, wording, proof)
    VALUES (?, ?, 'import', ?, 'yes', ?, ?, ?, ?, ?)"""
ALLOW: Final = """
    INSERT INTO allowances (address_id, subject, allowed, at, until, consent_id)
    VALUES (?, ?, true, ?, NULL, ?)
    ON CONFLICT (address_id, subject) DO UPDATE SET at = excluded.at, until = NULL,
        consent_id = excluded.consent_id
    WHERE allowances.allowed AND allowances.at < excluded.at"""


@dataclass(slots=True, kw_only=True)
class Told:
    """A yes or no about *subject* at an address, with what it rests on; *at* is when it was said.

    *is_new* says that the address was made in this very transaction: nobody said anything there before.
    """

    address: str
    address_id: int
    subject: str
    yes: bool
    source: str
    wording: str = ""
    proof: str = ""
    at: datetime
    is_new: bool = False

    @property
    def external_id(self) -> str:
        """Name these words so that hearing them twice counts once; what comes later sorts later."""
        said = f"{self.subject}\0{self.yes}\0{self.wording}\0{self.proof}"
        return f"{self.address_id}:{sha256(storable(said).encode()).hexdigest()}"


async def keep_consents(connection: AsyncConnection, ids: Ids, told: Sequence[Told]) -> list[str]:
    """Write consents into the ledger and let them hold; for each "", "known", or "stopped": not taken.

    A no is written only where something was allowed: who never allowed anything has nothing to refuse.
    """
    if not told:
        return []
    names = [one.external_id for one in told]
    old = [(one.address_id, name) for one, name in zip(told, names, strict=True) if not one.is_new]
    known = {row[0] for row in await ask(connection, KNOWN, [name for _, name in old])}
    held = await ask(connection, HELD, list({key for key, _ in old}))
    refused = {(row[0], row[1]) for row in held if not row[2]}
    allowed = {(row[0], row[1]) for row in held if row[2]}
    stopped = await _stopped(connection, [one.address for one in told if one.yes])
    said, holds, answers = [], [], []
    keys = iter(ids.many(len(told)))
    for one, name in zip(told, names, strict=True):
        if name in known:
            answers.append("known")
        elif not one.yes:
            answers.append("" if await _no(connection, ids, one, allowed) else "known")
        elif _is_refused(one, refused) or (stopped and _number(one.address) in stopped):
            answers.append("stopped")
        else:
            key, at = next(keys), to_micros(one.at)
            words = (storable(one.source), at, one.subject, storable(one.wording), storable(one.proof))
            said.append((key, one.address_id, name, *words))
            holds.append((one.address_id, one.subject, at, key))
            answers.append("")
        known.add(name)
    await do(connection, SAY, said)
    await do(connection, ALLOW, holds)
    return answers


def _is_refused(one: Told, refused: set[tuple[int, str]]) -> bool:
    return bool(refused) and not refused.isdisjoint(
        ((one.address_id, one.subject), (one.address_id, MARKETING))
    )


async def _no(connection: AsyncConnection, ids: Ids, one: Told, allowed: set[tuple[int, str]]) -> bool:
    """Let a no hold where something it is about was allowed; says whether it was."""
    if not any(key == one.address_id and one.subject in (subject, MARKETING) for key, subject in allowed):
        return False
    return await record(
        connection,
        ids,
        address_id=one.address_id,
        word="no",
        subject=one.subject,
        source=one.source,
        wording=one.wording,
        proof=one.proof,
        at=one.at,
        channel=IMPORT,
        external_id=one.external_id,
    )


async def _stopped(connection: AsyncConnection, texts: Sequence[str]) -> set[str]:
    """Say which addresses are stopped, each by its number where it is one: a stop holds for all its apps."""
    spelled = {other for text in texts for other in _same(text)}
    return {_number(row[0]) for row in await ask(connection, STOPPED, list(spelled))}


def _same(address: str) -> list[str]:
    scheme, _, number = address.partition(":")
    return [f"{one}:{number}" for one in PHONES] if scheme in PHONES else [address]


def _number(address: str) -> str:
    scheme, _, number = address.partition(":")
    return number if scheme in PHONES else address
