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
from storage.instants import from_micros, to_micros
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


Words = tuple[str, bool, str, str, str]
"""What `words` makes of a yes or no: subject, whether it is a yes, wording, proof, and the name of it all."""
Said = tuple[str, int, Words, str, int, bool]
"""Words at an address: the address, its key, the words, their source, when in microseconds, if it is new."""


def words(subject: str, yes: bool, wording: str, proof: str) -> Words:
    """Write a yes or no as the columns have it, with a name that is the same whenever it is told again."""
    named = storable(f"{subject}\0{yes}\0{wording}\0{proof}").encode()
    return subject, yes, storable(wording), storable(proof), sha256(named).hexdigest()


async def keep_consents(connection: AsyncConnection, ids: Ids, told: Sequence[Told]) -> list[str]:
    """Write consents into the ledger and let them hold; for each "", "known", or "stopped": not taken.

    A no is written only where something was allowed: who never allowed anything has nothing to refuse.
    """
    plain: list[Said] = []
    for one in told:
        said = words(one.subject, one.yes, one.wording, one.proof)
        plain.append((one.address, one.address_id, said, storable(one.source), to_micros(one.at), one.is_new))
    return await keep_said(connection, ids, plain)


async def keep_said(connection: AsyncConnection, ids: Ids, told: Sequence[Said]) -> list[str]:
    """Do the same for consents whose words are written already."""
    if not told:
        return []
    old = [one for one in told if not one[5]]
    known = {row[0] for row in await ask(connection, KNOWN, [_name(one) for one in old])}
    held = await ask(connection, HELD, list({one[1] for one in old}))
    refused = {(row[0], row[1]) for row in held if not row[2]}
    allowed = {(row[0], row[1]) for row in held if row[2]}
    stopped = await _stopped(connection, [(one[0], one[5]) for one in told if one[2][1]])
    said, holds, answers = [], [], []
    keys = iter(ids.many(len(told)))
    for one in told:
        address, address_id, (subject, yes, wording, proof, digest), source, at, _ = one
        name = f"{address_id}:{digest}"
        if name in known:
            answers.append("known")
        elif not yes:
            answers.append("" if await _no(connection, ids, one, allowed) else "known")
        elif (refused and _is_refused(address_id, subject, refused)) or (
            stopped and _number(address) in stopped
        ):
            answers.append("stopped")
        else:
            key = next(keys)
            said.append((key, address_id, name, source, at, subject, wording, proof))
            holds.append((address_id, subject, at, key))
            answers.append("")
        known.add(name)
    await do(connection, SAY, said)
    await do(connection, ALLOW, holds)
    return answers


def _name(one: Said) -> str:
    """Name these words at this address so that hearing them twice counts once; later ones sort later."""
    return f"{one[1]}:{one[2][4]}"


def _is_refused(address_id: int, subject: str, refused: set[tuple[int, str]]) -> bool:
    return not refused.isdisjoint(((address_id, subject), (address_id, MARKETING)))


async def _no(connection: AsyncConnection, ids: Ids, one: Said, allowed: set[tuple[int, str]]) -> bool:
    """Let a no hold where something it is about was allowed; says whether it was."""
    _, address_id, (subject, _, wording, proof, _), source, at, _ = one
    if not any(key == address_id and subject in (held, MARKETING) for key, held in allowed):
        return False
    return await record(
        connection,
        ids,
        address_id=address_id,
        word="no",
        subject=subject,
        source=source,
        wording=wording,
        proof=proof,
        at=from_micros(at),
        channel=IMPORT,
        external_id=_name(one),
    )


async def _stopped(connection: AsyncConnection, told: Sequence[tuple[str, bool]]) -> set[str]:
    """Say which addresses are stopped, each by its number where it is one: a stop holds for all its apps.

    An address that is new has no stop itself.
    """
    spelled = {other for text, is_new in told for other in _same(text) if not (is_new and other == text)}
    return {_number(row[0]) for row in await ask(connection, STOPPED, list(spelled))}


def _same(address: str) -> list[str]:
    scheme, _, number = address.partition(":")
    return [f"{one}:{number}" for one in PHONES] if scheme in PHONES else [address]


def _number(address: str) -> str:
    scheme, _, number = address.partition(":")
    return number if scheme in PHONES else address
