"""Which keys a file had already, and where, in the same little memory for any number of rows."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Final

import orjson

MEMORY_KIB: Final = 48_000  # of the process that reads: two million keys; more of them go to the disk
MASK: Final = 0x7FFF_FFFF_FFFF_FFFF


class Seen:
    """Remembers the line of each key in a nameless file of SQLite's, by 63 bits of its hash.

    Two keys of a million meet by chance once in some ten million files.
    """

    def __init__(self) -> None:
        """Begin with no key."""
        self._kept = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{MEMORY_KIB}"):
            self._kept.execute(f"PRAGMA {pragma}")
        self._kept.execute("CREATE TABLE seen (key INTEGER PRIMARY KEY, line INTEGER NOT NULL)")

    def __enter__(self) -> "Seen":
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget everything."""
        self._kept.close()

    def all_new(self, rows: Iterable[tuple[int, Sequence[str]]]) -> bool:
        """Remember the keys of rows, each with its line, if all are new and differ; else none of them."""
        told = list(rows)
        many = sum([len(keys) for _, keys in told])
        hashed = {hash(key) & MASK: line for line, keys in told for key in keys}
        if len(hashed) < many:
            return False
        before = self._kept.total_changes
        self._insert(hashed)
        if self._kept.total_changes - before == many:
            return True
        first = min(hashed.values())
        here = "DELETE FROM seen WHERE key IN (SELECT value FROM json_each(?)) AND line >= ?"
        self._kept.execute(here, (_listed(hashed), first))
        return False

    def before(self, keys: Iterable[str]) -> dict[str, int]:
        """Say which of *keys* were remembered, and the line of each."""
        hashed = {hash(key) & MASK: key for key in keys}
        which = "SELECT key, line FROM seen WHERE key IN (SELECT value FROM json_each(?))"
        return {hashed[key]: line for key, line in self._kept.execute(which, (_listed(hashed),))}

    def remember(self, keys: Mapping[str, int]) -> None:
        """Remember the line of each key; lines only ever grow."""
        self._insert({hash(key) & MASK: line for key, line in keys.items()})

    def _insert(self, hashed: Mapping[int, int]) -> None:
        self._kept.execute("BEGIN")
        rows = sorted(hashed.items())
        self._kept.executemany("INSERT OR IGNORE INTO seen (key, line) VALUES (?, ?)", rows)
        self._kept.execute("COMMIT")


def _listed(hashed: Mapping[int, object]) -> str:
    return orjson.dumps(list(hashed)).decode()
