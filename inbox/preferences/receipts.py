"""Whether a receipt of an erasure is what was written then."""

from dataclasses import dataclass

from storage import audit, forgetting, receipts
from storage.audit import Asked
from storage.database import Connection
from storage.forgetting import Done
from storage.receipts import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A receipt and what speaks against it, in sentences; without any it is as it was written.

    *streamed* says whether the customer's calls left the journal's stream, where there is one.
    """

    receipt: Receipt
    doubts: tuple[str, ...]
    noted: str = ""
    streamed: Done | None = None


async def shown(connection: Connection, key: int, digest: str = "") -> Shown | None:
    """Find a receipt and compare it: with itself, with the audit log, and with the *digest* of a copy."""
    receipt = await receipts.one(connection, key)
    if receipt is None:
        return None
    right = receipt.right_digest
    doubts = []
    if right != receipt.digest:
        doubts.append("What stands in the receipt is not what its digest was made of.")
    noted = await _noted(connection, receipt)
    if noted and right != noted:
        doubts.append("The audit log has another digest for this receipt.")
    if digest and right != digest.strip().lower():
        doubts.append("The digest that was given is not of this receipt.")
    told = "" if noted else "The audit log has no line of it any more: lines are kept for a time only."
    streamed = await forgetting.of(connection, key)
    return Shown(receipt=receipt, doubts=tuple(doubts), noted=told, streamed=streamed)


async def _noted(connection: Connection, receipt: Receipt) -> str:
    """Read the digest from the audit log; empty where its line is gone by age."""
    asked = Asked(customers=[receipt.customer_id], what="erased")
    for line in await audit.page(connection, asked):
        word, _, rest = line.detail.partition(" ")
        key, _, digest = rest.partition(" ")
        if word == "receipt" and key == str(receipt.id):
            return digest
    return ""
