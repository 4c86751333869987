"""Keep batches on PostgreSQL: the same plan, awaited, in one transaction of asyncpg's own."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg

from storage.batch import Ask, Batch, Keeping, Kept, Rules
from storage.database import POSTGRES_TURN, Database, translated
from storage.keep_sql import STATEMENTS
from storage.keeping import keep
from storage.leases import reach

SILENT: Final = 30.0  # seconds without an answer, after which a server is taken for gone
UNDONE: Final = 2.0  # the same where a transaction is given up: the server does so by itself
LAST = "SELECT coalesce(max(id), 0) FROM messages"
# As an array the list finds its rows by the index; as a table of its own the whole index was read.
LISTS = {"IN {texts}": "= ANY(?::text[])", "IN {ints}": "= ANY(?::bigint[])"}


def numbered(sql: str) -> str:
    """Write each `?` as $1, $2 and so on."""
    numbers = itertools.count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)


def with_arrays(sql: str) -> str:
    """Write each list as one array."""
    for written, array in LISTS.items():
        sql = sql.replace(written, array)
    return sql.format()


SQL = {name: numbered(with_arrays(sql)) for name, sql in STATEMENTS.items()}


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
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if (known := translated(error)) is not None:
                raise known from error
            raise
        self._database.rush.hooks += len(batch.hooks)
        return kept

    async def _keep(self, work: Keeping) -> Kept:
        pool = await self._opened()
        async with pool.acquire() as connection, _in_turn(connection):
            place = work.batch.place
            last = await reach(connection, place) if place else await connection.fetchval(LAST)
            self._database.ids.after(
                last
            )  # another node's clock may be ahead of ours, and it wrote before us
            return await self._run(connection, work)

    async def _opened(self) -> "asyncpg.Pool[Any]":
        """Give the one pool, whoever asks first."""
        async with self._opening:
            if self._pool is None:
                url = self._database.url.set(drivername="postgresql")
                self._pool = await asyncpg.create_pool(
                    url.render_as_string(hide_password=False), min_size=1, max_size=2, command_timeout=SILENT
                )
        return self._pool

    async def close(self) -> None:
        """Close the pool."""
        if self._pool is not None:
            await self._pool.close()

    async def _run(self, connection: Any, work: Keeping) -> Kept:
        plan = keep(work)
        try:
            ask = next(plan)
            while True:
                ask = plan.send(await _answer(connection, ask))
        except StopIteration as done:
            kept: Kept = done.value
            return kept


@asynccontextmanager
async def _in_turn(connection: Any) -> AsyncIterator[None]:
    """Open a transaction that has the writers' turn, in one round trip; kept whole or not at all."""
    await connection.execute(f"BEGIN; {POSTGRES_TURN}")
    try:
        yield
    except BaseException:
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # the first error tells more
            await connection.execute("ROLLBACK", timeout=UNDONE)
        raise
    await connection.execute("COMMIT")


async def _answer(connection: Any, ask: Ask) -> list[Any]:
    if ask.many:
        await connection.executemany(SQL[ask.name], ask.arguments)
        return []
    return [tuple(row) for row in await connection.fetch(SQL[ask.name], *ask.arguments)]
