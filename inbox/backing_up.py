"""Making a backup while tidings runs, and proving that one can be restored."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

from config.settings import Settings
from inbox import unpacking
from inbox.backups import (
    MANIFEST,
    MEDIA,
    POSTGRES,
    SQLITE,
    BackupError,
    Manifest,
    Put,
    Sum,
    aside,
    kept_files,
    place_for,
    writing,
)
from inbox.unpacking import Found
from storage import backup, backup_postgres
from storage.backup import Broken, Holds
from storage.backup_postgres import NoTool
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that is whole; *missing* are files that rows speak of and the media folder has not."""

    place: Path
    manifest: Manifest
    missing: list[str]


async def make(settings: Settings, where: Path, clock: Callable[[], datetime]) -> Made:
    """Copy the database as it is now, then the files; what is there is whole, or there is nothing.

    A file that comes in meanwhile may be in it and unknown to its rows, which harms nothing. Raises
    BackupError.
    """
    target = place_for(where, clock())
    with aside(target) as part:
        database = Database(settings.database)
        copied = part / (SQLITE if database.dialect == "sqlite" else POSTGRES)
        at = clock()
        holds = await _copied(database, copied)
        missing = _missing(copied, settings) if database.dialect == "sqlite" else []
        with writing(target, part) as put:
            files = {copied.name: put(copied.name, copied)}
            copied.unlink()
            files |= {} if settings.media else _with_media(settings, put)
            manifest = Manifest(
                version=metadata.version("tidings"),
                revision=holds.revision,
                dialect=database.dialect,
                at=at,
                bucket=settings.media,
                rows=holds.rows,
                files=files,
            )
            said = part / MANIFEST
            said.write_bytes(manifest.said())
            put(MANIFEST, said)
    return Made(place=target, manifest=manifest, missing=missing)


async def _copied(database: Database, target: Path) -> Holds:
    """Copy the database to one file; raises BackupError."""
    try:
        if database.dialect == "sqlite":
            source = backup.file_of(database)
            if not source.is_file():
                raise BackupError(f"There is no database at {source}.")
            await asyncio.to_thread(backup.copy, source, target)
            return await asyncio.to_thread(backup.holds, target)
        return await backup_postgres.copy(database, target)
    except (Broken, NoTool) as error:
        raise BackupError(str(error) or str(type(error).__doc__)) from error
    finally:
        await database.close()


def _missing(copied: Path, settings: Settings) -> list[str]:
    """List what rows speak of and nobody has, so that whoever makes the backup hears of it."""
    root = Path(settings.media_dir)
    if settings.media:
        return []
    return [name for name in backup.files_named(copied) if not (root / name).is_file()]


def _with_media(settings: Settings, put: Put) -> dict[str, Sum]:
    files: dict[str, Sum] = {}
    for name, path in kept_files(Path(settings.media_dir)):
        try:
            files[MEDIA + name] = put(MEDIA + name, path)
        except FileNotFoundError:
            continue  # a customer was forgotten at this moment
    return files


async def verify(settings: Settings, place: Path) -> Found:
    """Restore a backup into a temporary place, and compare all that can be compared; raises BackupError."""
    found = await asyncio.to_thread(unpacking.verify, place)
    if found.manifest.dialect == "postgresql":
        found.wrong.extend(await _tried_out(settings, place, found.manifest))
    return found


async def _tried_out(settings: Settings, place: Path, manifest: Manifest) -> list[str]:
    """Put a dump into a database of its own, on the server that is configured, and count."""
    database = Database(settings.database)
    if database.dialect != "postgresql":
        return ["it is of PostgreSQL, and the configured database is not: its rows cannot be counted here"]
    try:
        with unpacking.apart(place) as dump:
            holds = await backup_postgres.try_out(database, dump)
    except (Broken, NoTool) as error:
        return [str(error) or str(type(error).__doc__)]
    finally:
        await database.close()
    return unpacking.wrong_counts(holds, manifest)
