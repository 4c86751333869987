"""Rows into the database, some thousands in each transaction; a dry run does the same and keeps nothing."""

import gc
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final

from inbox.importing.carrying import Carried, Load, cells_of
from inbox.importing.forgotten import WORDS, Forgotten
from inbox.importing.opening import Unreadable
from inbox.importing.orders import OrderRow
from inbox.importing.sifting import Item, Sifted, spoken
from inbox.importing.writing import RefusedFile
from storage.batch import storable
from storage.database import Connection, Database
from storage.importing import Came, keep_ready, whose
from storage.importing_consents import Said, keep_said
from storage.importing_orders import keep_orders
from storage.instants import to_micros

TOGETHER: Final = 4  # chunks in one transaction: more of them would keep a house that runs beside waiting


class _Tried(Exception):
    """A dry run comes this far."""


@dataclass(slots=True, kw_only=True)
class Keeping:
    """One file on its way into the database; *tally* counts what became of its rows."""

    database: Database
    refused: RefusedFile
    now: datetime
    source: str
    forgotten: Forgotten
    dry: bool = False
    bulk: bool = True
    adding: bool = True
    progress: Callable[[int], object] = int
    tally: Counter[str] = field(default_factory=Counter)

    async def customers(self, chunks: Iterable[Load]) -> None:
        """Keep the customers of all rows."""
        await self._together(chunks, self._customers)

    async def orders(self, chunks: Iterable[Sifted[OrderRow]]) -> None:
        """Keep the orders of all rows."""
        await self._together(chunks, self._orders)

    async def _together(
        self, chunks: Iterable[Any], keep: Callable[[Connection, Any], Awaitable[None]]
    ) -> None:
        """Keep some chunks in one transaction, until there are none; the first is waited for without it."""
        coming = iter(chunks)
        with _collecting_by_chunk():
            while (first := next(coming, None)) is not None:
                async with self._transaction() as connection:
                    for chunk in chain((first,), islice(coming, TOGETHER - 1)):
                        self._see(chunk)
                        await keep(connection, chunk.items)

    async def _customers(self, connection: Connection, fresh: Sequence[Carried]) -> None:
        fresh = await self._without_forgotten(connection, fresh)
        told = [one[2] for one in fresh]
        came = await keep_ready(
            connection, self.database.ids, told, self.now, bulk=self.bulk, adding=self.adding
        )
        self._count(fresh, came, await self._consents(connection, fresh, came))

    def _see(self, chunk: Sifted[Any] | Load) -> None:
        """Count rows, write down those refused, and tell how far the file is read."""
        self.tally["rows"] += chunk.rows
        for line, reason, cells in chunk.refused:
            self._refuse(line, reason, cells)
        self.progress(chunk.reached)

    async def _orders(self, connection: Connection, fresh: Sequence[Item[OrderRow]]) -> None:
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

    async def _without_forgotten(self, connection: Connection, fresh: Sequence[Carried]) -> Sequence[Carried]:
        """Leave out, and refuse, who was erased."""
        gone = await self.forgotten.among(connection, [one[2] for one in fresh])
        for place in sorted(gone):
            self._refuse(fresh[place][0], WORDS, cells_of(fresh[place][1]))
        return [one for place, one in enumerate(fresh) if place not in gone] if gone else fresh

    async def _consents(
        self, connection: Connection, fresh: Sequence[Carried], came: Sequence[Came]
    ) -> set[int]:
        """Keep what rows consent to; gives the lines whose customer had said stop."""
        told: list[Said] = []
        lines: list[int] = []
        now, source = to_micros(self.now), storable(f"import {self.source} line")
        for (line, _, _, consents, _), one in zip(fresh, came, strict=True):
            if not consents:
                continue
            is_new = one.what == "made"
            for address, key in one.addresses.items():
                for said, at in consents:
                    since = now if at is None or at > now else at
                    told.append((address, key, said, f"{source} {line}", since, is_new))
                    lines.append(line)
        answers = await keep_said(connection, self.database.ids, told)
        return {line for line, answer in zip(lines, answers, strict=True) if answer == "stopped"}

    def _count(self, fresh: Sequence[Carried], came: Sequence[Came], stopped: set[int]) -> None:
        self.tally.update([one.what for one in came])
        for (line, cells, _, _, notices), one in zip(fresh, came, strict=True):
            if one.what == "refused":
                self.refused.add(line, "refused", " ".join([one.reason, *notices]), cells_of(cells))
            elif notices or one.elsewhere or line in stopped:
                told = [
                    *notices,
                    *(
                        f"The address {spoken(each)} is another customer's and stays theirs."
                        for each in one.elsewhere
                    ),
                ]
                if line in stopped:
                    told.append("opted_out: the customer said stop, and only they can undo it.")
                self._notice(line, told, cells_of(cells))

    def _refuse(self, line: int, reason: str, cells: Sequence[str]) -> None:
        self.tally["refused"] += 1
        self.refused.add(line, "refused", reason, cells)

    def _notice(self, line: int, notices: Sequence[str], cells: Sequence[str]) -> None:
        self.tally["notices"] += 1
        self.refused.add(line, "notice", " ".join(notices), cells)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        """Write, or in a dry run do as if; what was read before a file breaks off is kept as well."""
        broken = None
        try:
            async with self.database.writing() as connection:
                try:
                    yield connection
                except Unreadable as error:
                    broken = error
                if self.dry:
                    raise _Tried
        except _Tried:
            pass
        if broken is not None:
            raise broken


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
