"""Keep batches on PostgreSQL: the same plan in one transaction of asyncpg's own, in few round trips.

What the plan will ask is asked ahead in one question; what it writes is gathered until something depends
on it, and written in one statement. Mostly a batch is four round trips: the turn, the questions, what is
written, the commit.
"""

import asyncio
from typing import Any, Final

import asyncpg

from storage.batch import Ask, Batch, Keeping, Kept, Place, Row, Rules
from storage.database import Database, translated
from storage.keep_together import (
    ASKS,
    SETS,
    SQL,
    TABLES,
    Answers,
    beginning,
    columns,
    may_go_with,
    sure_to_be_asked,
    writing,
)
from storage.keeping import keep
from storage.leases import Stale
from storage.turns import FAILURES, in_turn

SILENT: Final = 30.0  # seconds without an answer, after which a server is taken for gone

# Every statement here finds its rows by an index, but one that was planned when a table was empty would
# read the whole of it for as long as the plan is kept.
BY_INDEX: Final = """
SET plan_cache_mode = force_generic_plan; SET jit = off;
SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off
"""


class PostgresKeeper:
    """Keeps hooks through a pool of its own."""

    def __init__(self, database: Database) -> None:
        """Remember where the database is."""
        self._database = database
        self._pool: asyncpg.Pool[Any] | None = None
        self._opening = asyncio.Lock()

    async def keep(self, batch: Batch, rules: Rules) -> Kept:
        """Keep the batch in one transaction; raises Unavailable, Stale or asyncpg's own error."""
        work = Keeping(batch=batch, rules=rules, ids=self._database.ids)
        try:
            kept = await self._keep(work)
        except FAILURES as error:
            if (known := translated(error)) is not None:
                raise known from error
            raise
        self._database.rush.hooks += len(batch.hooks)
        return kept

    async def _keep(self, work: Keeping) -> Kept:
        pool = await self._opened()
        async with pool.acquire() as connection, in_turn(connection):
            talk = Talk(connection)
            # Another node's clock may be ahead of ours, and it wrote before us.
            self._database.ids.after(await talk.begin(work.batch))
            plan = keep(work)
            try:
                ask = next(plan)
                while True:
                    ask = plan.send(await talk.answer(ask))
            except StopIteration as done:
                await talk.write()
                kept: Kept = done.value
                return kept

    async def _opened(self) -> "asyncpg.Pool[Any]":
        """Give the one pool, whoever asks first."""
        async with self._opening:
            if self._pool is None:
                url = self._database.url.set(drivername="postgresql")
                self._pool = await asyncpg.create_pool(
                    url.render_as_string(hide_password=False),
                    min_size=1,
                    max_size=2,
                    command_timeout=SILENT,
                    init=_by_index,
                    reset=_as_it_is,
                )
        return self._pool

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            await self._pool.close()


async def _by_index(connection: Any) -> None:
    await connection.execute(BY_INDEX)


async def _as_it_is(_: Any) -> None:
    """Leave a connection as `in_turn` left it: to make sure would be one more round trip."""


class Talk:
    """One transaction's questions and what it has yet to write."""

    def __init__(self, connection: Any) -> None:
        """Talk over a connection that has the writers' turn."""
        self._connection = connection
        self._answers = Answers((), ())
        self._unwritten: list[Ask] = []

    async def begin(self, batch: Batch) -> int:
        """Write the place of *batch* and ask what it will want to know; raises Stale.

        Gives the last message's key.
        """
        asks, place = sure_to_be_asked(batch), batch.place
        sql = beginning(tuple(ask.name for ask in asks), with_place=place is not None)
        values = [*_values(place), *(value for ask in asks for value in ask.arguments)]
        stands, last, *rows = await self._connection.fetchrow(sql, *values)
        if not stands:
            raise Stale
        self._answers = Answers(asks, rows)
        return int(last)

    async def answer(self, ask: Ask) -> list[Row]:
        """Do what the plan wants, now or, where nothing depends on it yet, with what comes later."""
        if (known := self._answers.to(ask)) is not None:
            return known
        self._answers.forget(ask.name)
        if ask.many and ask.name in SETS:
            if not may_go_with(ask.name, (one.name for one in self._unwritten)):
                await self.write()
            self._unwritten.append(ask)
            return []
        if ask.name not in ASKS or any(TABLES[ask.name] & TABLES[one.name] for one in self._unwritten):
            await self.write()
        if ask.many:
            await self._connection.executemany(SQL[ask.name], ask.arguments)
            return []
        return [tuple(row) for row in await self._connection.fetch(SQL[ask.name], *ask.arguments)]

    async def write(self) -> None:
        """Write what waits, in one statement."""
        if not self._unwritten:
            return
        asks, self._unwritten = self._unwritten, []
        sql = writing(tuple(ask.name for ask in asks))
        await self._connection.fetch(sql, *(column for ask in asks for column in columns(ask)))


def _values(place: Place | None) -> tuple[Any, ...]:
    """List the values of `storage.leases.REACH`."""
    if place is None:
        return ()
    lease = place.lease
    return (place.sequence, place.stream, lease.name, lease.owner, lease.epoch)
