"""Taking a backup apart into places of our choosing, every sum compared; and proving that one is whole."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inbox.backups import (
    MANIFEST,
    MEDIA,
    OURS,
    POSTGRES,
    SQLITE,
    BackupError,
    Manifest,
    Sum,
    pour,
    read_manifest,
    reading,
)
from storage import backup
from storage.backup import Holds

Where = Callable[[str], Path | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was in a backup: its manifest, and every *wrong* in words."""

    manifest: Manifest
    wrong: list[str]


def unpack(place: Path, where: Where) -> Found:
    """Read a whole backup and write each file where *where* says, nowhere where it says None.

    Raises BackupError where there is no manifest. Names that lead elsewhere are never written.
    """
    manifest: Manifest | None = None
    sums: dict[str, Sum] = {}
    with reading(place) as files:
        for name, file in files:
            if name == MANIFEST:
                manifest = read_manifest(file.read())
            elif name in (SQLITE, POSTGRES) or (name.startswith(MEDIA) and OURS.fullmatch(name)):
                target = where(name)
                if target is None:
                    sums[name] = pour(file, None)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as there:
                    sums[name] = pour(file, there)
                backup.to_disk(target)
    if manifest is None:
        raise BackupError(f"{place} is no backup: it has no {MANIFEST}.")
    return Found(manifest=manifest, wrong=_compared(manifest, sums))


def _compared(manifest: Manifest, sums: dict[str, Sum]) -> list[str]:
    wrong = [f"{name} is missing" for name in manifest.files if name not in sums]
    wrong += [f"{name} is not in the manifest" for name in sums if name not in manifest.files]
    wrong += [
        f"{name} is not what was saved: its sum is another"
        for name, one in sums.items()
        if name in manifest.files and manifest.files[name] != one
    ]
    return wrong


def verify(place: Path) -> Found:
    """Restore a backup of SQLite into a temporary place and compare all that can be compared."""
    with tempfile.TemporaryDirectory(prefix="tidings-verify-") as folder:
        database = Path(folder) / SQLITE
        found = unpack(place, lambda name: database if name == SQLITE else None)
        if found.manifest.dialect == "sqlite" and database.exists():
            found.wrong.extend(wrong_rows(database, found.manifest))
    return found


def wrong_rows(database: Path, manifest: Manifest) -> list[str]:
    """Say what is wrong with a restored file: its pages, its numbers of rows, files that it speaks of."""
    wrong = backup.troubles(database)
    if wrong:
        return wrong
    try:
        holds = backup.holds(database)
    except backup.Broken as error:
        return [str(error)]
    return wrong_counts(holds, manifest)


def wrong_counts(holds: Holds, manifest: Manifest) -> list[str]:
    """Say where what was restored is not what the manifest says."""
    wrong = []
    if holds.revision != manifest.revision:
        wrong.append(f"its tables are of step {holds.revision}, the manifest says {manifest.revision}")
    if not backup.knows(manifest.revision):
        wrong.append(f"it was made by a newer tidings ({manifest.version}); this one cannot read its tables")
    for table, number in manifest.rows.items():
        if holds.rows.get(table) != number:
            wrong.append(f"{table} has {holds.rows.get(table, 0)} rows, the manifest says {number}")
    return wrong


@contextmanager
def apart(place: Path) -> Iterator[Path]:
    """Take the database of a backup, and nothing else, into a temporary place."""
    with tempfile.TemporaryDirectory(prefix="tidings-verify-") as folder:
        made = Path(folder) / POSTGRES
        unpack(place, lambda name: made if name == POSTGRES else None)
        yield made
