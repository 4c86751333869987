"""Who asked to be forgotten does not come back by a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.preferences.marks import mark, mark_of_ref
from storage import suppressed
from storage.database import Connection
from storage.importing import Ready

WORDS = "suppressed_erased: the customer asked to be forgotten."


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What is asked of each chunk; *secrets* are those that the marks may have been made with."""

    secrets: Sequence[str]

    async def among(self, connection: Connection, rows: Sequence[Ready]) -> set[int]:
        """Say which of *rows*, by their places, name somebody who was erased."""
        if not (self.secrets and await suppressed.any_there(connection)):
            return set()
        marks = [self._marks(row) for row in rows]
        known = await suppressed.among(connection, {one for each in marks for one in each})
        return {place for place, each in enumerate(marks) if not known.isdisjoint(each)}

    def _marks(self, row: Ready) -> list[str]:
        ref, _, addresses, _, _ = row
        found = [mark(address, one) for one in self.secrets for address, _ in addresses]
        return [*found, *(mark_of_ref(ref, one) for one in self.secrets)] if ref else found
