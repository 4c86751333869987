"""What a customer takes away: all of it as JSON, the ledger of consent as a table too."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from storage import copies
from storage.consents import Consent
from storage.database import Connection

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
LEDGER: Final = (
    "at",
    "address",
    "channel",
    "word",
    "subject",
    "source",
    "wording",
    "proof",
    "agent",
    "review",
)


async def copy_of(
    connection: Connection, customer_id: int, now: datetime, *, internal: bool = False
) -> dict[str, Any]:
    """Gather all that is kept of a customer; *internal* adds what only agents wrote and read."""
    told = await copies.copy(connection, customer_id, internal=internal)
    return {"copied_at": now.isoformat(), **told}


def ledger(
    lines: Sequence[Consent], addresses: Mapping[int, str], agents: Mapping[int, str]
) -> list[dict[str, str]]:
    """Write the ledger of consent as plain rows of the columns `LEDGER`."""
    return [
        {
            "at": one.at.isoformat(),
            "address": addresses.get(one.address_id, ""),
            "channel": one.channel,
            "word": one.word,
            "subject": one.subject,
            "source": one.source,
            "wording": one.wording,
            "proof": one.proof,
            "agent": agents.get(one.agent_id or 0, ""),
            "review": "yes" if one.review else "",
        }
        for one in lines
    ]


def as_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """Write rows as CSV for a spreadsheet, which takes no cell of a customer's for a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, LEDGER)
    writer.writeheader()
    writer.writerows({name: guarded(value) for name, value in row.items()} for row in rows)
    return "\ufeff" + out.getvalue()


def guarded(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would compute (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
