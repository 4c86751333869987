"""Leases: one owner per loop, by the database's own clock, with an epoch that grows with each owner.

Who holds a lease writes under it: `Database.under` refuses a writer whose epoch has passed. The rows
are locked only for the moment; one that a transaction holds (`standing`) is passed over by who would take
it, so that nobody takes a lease in the middle of a write. Its owner renews it all the same: a loop that
writes without a pause would lose it else.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

if TYPE_CHECKING:
    import asyncpg

SECONDS: Final = 3.0
"""How long a lease lasts unless it is renewed."""
_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


def _micros(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _timed(sql: str) -> str:
    return sql.replace("NOW", _NOW).replace("SPAN", str(_micros(SECONDS)))


DECLARE = "INSERT INTO leases (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
# One question each second: what is ours is renewed, and how it stands with the rest is told with it.
HOLD = _timed("""
WITH renewed AS (
  UPDATE leases SET until = NOW + $3
  WHERE name IN (SELECT name FROM leases WHERE owner = $1 AND name = ANY($2::text[])
                 FOR NO KEY UPDATE SKIP LOCKED)
)
SELECT ARRAY(SELECT ROW(name, epoch) FROM leases WHERE owner = $1),
  (SELECT count(*) FROM leases WHERE name LIKE $4 AND owner <> $1 AND until > NOW),
  EXISTS (SELECT 1 FROM leases WHERE name = ANY($5::text[]) AND until <= NOW)
""")
TAKE = _timed("""
UPDATE leases SET owner = $1, epoch = epoch + 1, until = NOW + $4
WHERE name IN (
  SELECT name FROM leases WHERE name = ANY($2::text[]) AND until + $5 <= NOW
  ORDER BY until, name LIMIT $3 FOR UPDATE SKIP LOCKED
)
RETURNING name, epoch
""")
LEAVE = _timed("UPDATE leases SET until = NOW, owner = '' WHERE owner = $1 AND name = ANY($2::text[])")

# FOR KEY SHARE: nobody takes the lease (FOR UPDATE) before this transaction ends, and this one waits for who
# is taking it; to renew it (FOR NO KEY UPDATE) is no harm.
STANDING = "SELECT epoch FROM leases WHERE name = $1 AND owner = $2 FOR KEY SHARE"

# How far an owner has come. It holds the row as who renews it would, so it renews it itself.
REACH = _timed("""
UPDATE leases SET place = ?, stream = ?, until = greatest(until, NOW + SPAN)
WHERE name = ? AND owner = ? AND epoch = ?
""")
REACHED = text("SELECT place, stream FROM leases WHERE name = :name")


class Stale(Exception):
    """Another node owns this loop by now; nothing of this transaction was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to run the loop called *name*, of one owner in one epoch."""

    name: str
    owner: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands: the leases that are *ours*, how many *others* live, whether any wanted is *free*."""

    ours: frozenset[Lease]
    others: int
    free: bool


async def reached(connection: AsyncConnection, name: str) -> tuple[int, str]:
    """Say how far the owners of *name* have come: the sequence kept last, and of which stream."""
    row = (await connection.execute(REACHED, {"name": name})).one()
    return row.place, row.stream


class Leases:
    """The leases on PostgreSQL, asked over a connection of their own, so that no busy pool loses any.

    Every method raises asyncpg's errors or OSError; the next call connects anew.
    """

    def __init__(self, url: URL, owner: str) -> None:
        """Hold leases as *owner*, a name that no other process has."""
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.owner = owner
        self._connection: asyncpg.Connection[Any] | None = None

    async def declare(self, names: Collection[str]) -> None:
        """Make the rows of *names* that are not there yet."""
        await (await self._connected()).execute(DECLARE, list(names))

    async def hold(
        self, held: Collection[str], seconds: float, *, prefix: str = "", wanted: Collection[str] = ()
    ) -> Standing:
        """Hold *held* for so many seconds more; says what is still ours, and how it stands with the others.

        The others that live are those who hold a lease whose name begins with *prefix*; free of the *wanted*
        is what nobody holds at this moment.
        """
        arguments = (list(held), _micros(seconds), f"{prefix}%", list(wanted))
        row = await (await self._connected()).fetchrow(HOLD, self.owner, *arguments)
        assert row is not None
        mine, others, free = row
        ours = frozenset(Lease(name=name, owner=self.owner, epoch=epoch) for name, epoch in mine)
        return Standing(ours=ours, others=others, free=free)

    async def take(
        self, names: Sequence[str], most: int, seconds: float, *, free_for: float = 0
    ) -> set[Lease]:
        """Take at most *most* of *names* that nobody has held for *free_for* seconds."""
        if not names or most <= 0:
            return set()
        arguments = (list(names), most, _micros(seconds), _micros(free_for))
        rows = await (await self._connected()).fetch(TAKE, self.owner, *arguments)
        return {self._lease(row) for row in rows}

    async def leave(self, names: Collection[str]) -> None:
        """Give *names* back, for another to take at once."""
        if names:
            await (await self._connected()).execute(LEAVE, self.owner, list(names))

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _connected(self) -> "asyncpg.Connection[Any]":
        import asyncpg  # here: where there is one process there are no leases, and no PostgreSQL

        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, timeout=2, command_timeout=2)
        return self._connection

    def _lease(self, row: Any) -> Lease:
        return Lease(name=row["name"], owner=self.owner, epoch=row["epoch"])
