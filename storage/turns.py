"""The writers' turn on PostgreSQL, for whoever has a connection of asyncpg's own.

Writers of every process take turns: what one reads before it writes stays true until it commits, and
no end of a delivery misses what was queued behind it at that moment.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg

from storage.leases import STANDING, Lease, Stale

ERRORS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
FAILURES: Final = (*ERRORS, OSError)
UNDONE: Final = 2.0
"""Seconds without an answer after which a transaction that is given up is left to the server."""

# A writer that falls silent in the middle (stopped, or cut off without a word) loses its turn and its
# transaction after seconds, and not when TCP gives it up; all others wait for it. Sent as one message:
# what is asked after it sees all that was kept before the turn came.
TAKE_TURN: Final = (
    "BEGIN; "
    "SELECT set_config('idle_in_transaction_session_timeout', '3s', true), pg_advisory_xact_lock(7210071)"
)


@asynccontextmanager
async def in_turn(connection: Any) -> AsyncIterator[None]:
    """Open a transaction of a connection of asyncpg's that has the writers' turn; kept whole or not at all.

    A connection that may be in the middle of one afterwards is closed.
    """
    try:
        await connection.execute(TAKE_TURN)
        yield
        await connection.execute("COMMIT")
    except BaseException:
        await _undo(connection)
        raise


async def _undo(connection: Any) -> None:
    """Undo what is open; a connection over which that cannot be said is closed."""
    undone = False
    try:
        with suppress(*FAILURES):  # the first error tells more
            await connection.execute("ROLLBACK", timeout=UNDONE)
            undone = True
    finally:
        if not undone:
            with suppress(asyncpg.InterfaceError):  # it is closed already
                connection.terminate()


async def standing(connection: Any, lease: Lease) -> None:
    """Hold *lease* until the transaction ends; raises Stale where it is another's."""
    if await connection.fetchval(STANDING, lease.name, lease.owner) != lease.epoch:
        raise Stale
