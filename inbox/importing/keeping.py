"""Rows into the database, some thousands in each transaction; a dry run does the same and keeps nothing."""

import gc
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from inbox.importing.customers import Refused, Row
from inbox.importing.forgotten import WORDS, Forgotten
from inbox.importing.orders import OrderRow
from inbox.importing.seen import Seen
from inbox.importing.writing import RefusedFile
from storage.database import Connection, Database
from storage.importing import Came, keep_customers, whose
from storage.importing_consents import Told, keep_consents
from storage.importing_orders import keep_orders

AT_ONCE: Final = 5_000

Read = TypeVar("Read")
Rows = Iterable[tuple[int, Sequence[str]]]
Item = tuple[int, Sequence[str], Read]  # the line it begins in, its cells, what they say


class _Tried(Exception):
    """A dry run comes this far."""


@dataclass(slots=True, kw_only=True)
class Keeping:
    """One file on its way into the database; *tally* counts what became of its rows."""

    database: Database
    refused: RefusedFile
    seen: Seen
    now: datetime
    source: str
    width: int
    forgotten: Forgotten
    dry: bool = False
    bulk: bool = True
    adding: bool = True
    tally: Counter[str] = field(default_factory=Counter)

    async def customers(self, rows: Rows, read: Callable[[Sequence[str]], Row]) -> None:
        """Keep the customers of all rows."""
        with _collecting_by_chunk():
            for chunk in self._chunks(rows, read):
                await self._customers(chunk)

    async def _customers(self, chunk: Sequence[Item[Row]]) -> None:
        fresh = self._unseen(chunk)
        async with self._transaction() as connection:
            fresh = await self._without_forgotten(connection, fresh)
            told = [row.arriving for _, _, row in fresh]
            came = await keep_customers(
                connection, self.database.ids, told, self.now, bulk=self.bulk, adding=self.adding
            )
            stopped = await self._consents(connection, fresh, came)
        self._count(fresh, came, stopped)

    async def orders(self, rows: Rows, read: Callable[[Sequence[str]], OrderRow]) -> None:
        """Keep the orders of all rows."""
        with _collecting_by_chunk():
            for chunk in self._chunks(rows, read):
                await self._orders(chunk)

    async def _orders(self, chunk: Sequence[Item[OrderRow]]) -> None:
        fresh = self._unnumbered(chunk)
        async with self._transaction() as connection:
            owners = await whose(connection, [row.whose for _, _, row in fresh])
            for (_, _, row), (owner, _) in zip(fresh, owners, strict=True):
                row.ordered.customer_id = owner
            told = [row.ordered for _, _, row in fresh]
            came = await keep_orders(connection, self.database.ids, told, self.now)
        for (line, cells, row), one, (owner, why) in zip(fresh, came, owners, strict=True):
            self.tally[one.what] += 1
            if one.what == "refused":
                words = [one.reason if owner else why, *row.notices]
                self.refused.add(line, "refused", " ".join(words), cells)
            elif row.notices:
                self._notice(line, row.notices, cells)

    def _chunks(self, rows: Rows, read: Callable[[Sequence[str]], Read]) -> Iterable[list[Item[Read]]]:
        chunk: list[Item[Read]] = []
        for line, cells in rows:
            self.tally["rows"] += 1
            try:
                fitting = cells if len(cells) == self.width else self._fitting(cells)
                chunk.append((line, cells, read(fitting)))
            except Refused as error:
                self._refuse(line, str(error), cells)
            if len(chunk) >= AT_ONCE:
                yield chunk
                chunk.clear()
                gc.collect(0)
        if chunk:
            yield chunk

    def _fitting(self, cells: Sequence[str]) -> Sequence[str]:
        """Let a row be as wide as the heading, but for empty cells at its end; raises Refused."""
        if any(cells[self.width :]) or len(cells) < self.width:
            raise Refused(f"The row has {len(cells)} cells and the heading {self.width}.")
        return cells[: self.width]

    async def _without_forgotten(self, connection: Connection, fresh: list[Item[Row]]) -> list[Item[Row]]:
        """Leave out, and refuse, who was erased."""
        gone = await self.forgotten.among(connection, [row for _, _, row in fresh])
        for place in sorted(gone):
            line, cells, _ = fresh[place]
            self._refuse(line, WORDS, cells)
        return [one for place, one in enumerate(fresh) if place not in gone] if gone else fresh

    def _unseen(self, chunk: Sequence[Item[Row]]) -> list[Item[Row]]:
        """Leave out who stands twice in the file, and an address that another row of it has."""
        if self.seen.all_new((line, row.keys) for line, _, row in chunk):
            return list(chunk)
        before = self.seen.before(key for _, _, row in chunk for key in row.keys)
        fresh: list[Item[Row]] = []
        here: dict[str, int] = {}
        for line, cells, row in chunk:
            if before.keys().isdisjoint(row.keys) and here.keys().isdisjoint(row.keys):
                here.update(dict.fromkeys(row.keys, line))
                fresh.append((line, cells, row))
                continue
            told = {key: before.get(key) or here.get(key, 0) for key in row.keys}
            twice = [(key, first) for key, first in told.items() if first]
            if twice and (not row.arriving.ref or twice[0][0].startswith("ref ")):
                key, first = twice[0]
                self._refuse(line, f"The same {_spoken(key)} as in line {first}.", cells)
                continue
            for key, first in twice:
                row.notices.append(f"The address {_spoken(key)} is of line {first} already and was left out.")
                row.arriving.addresses = [one for one in row.arriving.addresses if one[0] != key]
            here.update((key, line) for key, first in told.items() if not first)
            fresh.append((line, cells, row))
        self.seen.remember(here)
        return fresh

    def _unnumbered(self, chunk: Sequence[Item[OrderRow]]) -> list[Item[OrderRow]]:
        """Leave out orders that stand twice in the file."""
        before = self.seen.before(row.ordered.number for _, _, row in chunk)
        fresh: list[Item[OrderRow]] = []
        here: dict[str, int] = {}
        for line, cells, row in chunk:
            number = row.ordered.number
            if first := before.get(number) or here.get(number, 0):
                self._refuse(line, f"The same order {number} as in line {first}.", cells)
                continue
            here[number] = line
            fresh.append((line, cells, row))
        self.seen.remember(here)
        return fresh

    async def _consents(
        self, connection: Connection, fresh: Sequence[Item[Row]], came: Sequence[Came]
    ) -> set[int]:
        """Keep what rows consent to; gives the lines whose customer had said stop."""
        told: list[Told] = []
        lines: list[int] = []
        for (line, _, row), one in zip(fresh, came, strict=True):
            if not row.consents:
                continue
            source, is_new = f"import {self.source} line {line}", one.what == "made"
            for address, key in one.addresses.items():
                for each in row.consents:
                    at = self.now if each.at is None else min(each.at, self.now)
                    told.append(
                        Told(
                            address=address,
                            address_id=key,
                            subject=each.subject,
                            yes=each.yes,
                            source=source,
                            wording=each.wording,
                            proof=each.proof,
                            at=at,
                            is_new=is_new,
                        )
                    )
                    lines.append(line)
        answers = await keep_consents(connection, self.database.ids, told)
        return {line for line, answer in zip(lines, answers, strict=True) if answer == "stopped"}

    def _count(self, fresh: Sequence[Item[Row]], came: Sequence[Came], stopped: set[int]) -> None:
        tally = self.tally
        for (line, cells, row), one in zip(fresh, came, strict=True):
            tally[one.what] += 1
            if one.what == "refused":
                self.refused.add(line, "refused", " ".join([one.reason, *row.notices]), cells)
                continue
            if one.elsewhere or line in stopped:
                taken = [
                    f"The address {_spoken(each)} is another customer's and stays theirs."
                    for each in one.elsewhere
                ]
                row.notices += taken
                if line in stopped:
                    row.notices.append("opted_out: the customer said stop, and only they can undo it.")
            if row.notices:
                self._notice(line, row.notices, cells)

    def _refuse(self, line: int, reason: str, cells: Sequence[str]) -> None:
        self.tally["refused"] += 1
        self.refused.add(line, "refused", reason, cells)

    def _notice(self, line: int, notices: Sequence[str], cells: Sequence[str]) -> None:
        self.tally["notices"] += 1
        self.refused.add(line, "notice", " ".join(notices), cells)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        """Write, or in a dry run do as if."""
        try:
            async with self.database.writing() as connection:
                yield connection
                if self.dry:
                    raise _Tried
        except _Tried:
            return


@contextmanager
def _collecting_by_chunk() -> Iterator[None]:
    """Keep Python's collector from looking through rows: they hold no cycles, and it took a fifth of all."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _spoken(key: str) -> str:
    """Say a key as people do: a reference, a number, an e-mail address."""
    return key.removeprefix("tel:").removeprefix("mailto:")
