"""Keep batches on SQLite: statements on the loop, and the commit in a thread where the disk is slow.

Measured: a statement on the loop costs microseconds, a thread hop costs tens and two switches; only
what waits for the disk for long is worth one.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from storage.batch import Ask, Batch, Keeping, Kept, Rules
from storage.database import SQLITE_PRAGMAS, WRITERS_BUSY, Database, translated
from storage.inline_sqlite import begin_writing, finished
from storage.keep_sql import STATEMENTS
from storage.keeping import keep

LISTS = {"texts": "(SELECT value FROM json_each(?))", "ints": "(SELECT value FROM json_each(?))"}
SQL = {name: sql.format(**LISTS) for name, sql in STATEMENTS.items()}

# Every key that the plan writes it has made or found in the same transaction; to look each up again
# costs a third of the whole. The tests check all keys afterwards.
UNCHECKED = "PRAGMA foreign_keys = OFF"


class SqliteKeeper:
    """One connection that only keeps hooks; the database's turn orders it among the writers."""

    def __init__(self, database: Database) -> None:
        """Open the file named by the database's URL."""
        self._database = database
        self._thread = ThreadPoolExecutor(1, "commit")
        path = database.url.database or ":memory:"
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in (*SQLITE_PRAGMAS, WRITERS_BUSY, UNCHECKED):
            self._connection.execute(pragma)

    async def keep(self, batch: Batch, rules: Rules) -> Kept:
        """Keep the batch in one transaction; raises StorageFull, Unavailable or a statement's error."""
        work = Keeping(batch=batch, rules=rules, ids=self._database.ids)
        async with self._database.turn:
            try:
                await begin_writing(self._connection, self._in_thread)
                kept = self._run(work)
                await self._database.disk.commit(self._commit, self._in_thread)
            except BaseException as error:
                self._roll_back()
                known = translated(error) if isinstance(error, sqlite3.Error) else None
                if known is not None:
                    raise known from error
                raise
            self._database.rush.hooks += len(batch.hooks)
            await self._database.checkpoints.after_commit()
        return kept

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self._in_thread(self._connection.close)
        self._thread.shutdown()

    def _commit(self) -> None:
        self._connection.commit()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.rollback()

    async def _in_thread(self, work: Callable[[], Any]) -> None:
        await finished(asyncio.get_running_loop().run_in_executor(self._thread, work))

    def _run(self, work: Keeping) -> Kept:
        plan = keep(work)
        try:
            ask = next(plan)
            while True:
                ask = plan.send(self._answer(ask))
        except StopIteration as done:
            kept: Kept = done.value
            return kept

    def _answer(self, ask: Ask) -> list[Any]:
        if ask.many:
            self._connection.executemany(SQL[ask.name], ask.arguments)
            return []
        arguments = [orjson.dumps(one).decode() if isinstance(one, list) else one for one in ask.arguments]
        return self._connection.execute(SQL[ask.name], arguments).fetchall()
