"""Putting a backup back: all of it or nothing, and what was there before is kept beside.

The house that comes of it begins paused: what it owes may have been sent after the backup was made.
"""

import asyncio
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from datetime import datetime
from pathlib import Path
from typing import Final

from config.settings import Settings
from inbox import unpacking
from inbox.backups import MEDIA, BackupError, Manifest, aside
from inbox.touches.pausing import CHANGED, Pause, pause
from storage import backup, backup_postgres, carried, restored
from storage.alone import AlreadyRunning, be_alone
from storage.backup import Broken
from storage.backup_postgres import NoTool
from storage.carried import Since
from storage.database import Database
from storage.migrate import upgrade
from storage.restored import Held

RUNS: Final = "tidings runs on this database. Stop it first; a restore never happens under a running house."
WHY: Final = "The database was restored from a backup: touches may have gone out since it was made."


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """A house put back: its backup's manifest, what waits in it, and where that which was there before is.

    *refusals* that came since were taken over from there; customers *again* there were erased since. Of a
    house that is lost, and of one in PostgreSQL, nothing *is_known*.
    """

    manifest: Manifest
    waiting: int
    before: list[Path] = field(default_factory=list)
    refusals: int = 0
    again: list[int] = field(default_factory=list)
    is_known: bool = False


async def restore(
    settings: Settings, place: Path, *, replace: bool, by: str, clock: Callable[[], datetime]
) -> PutBack:
    """Put the backup at *place* back as *settings* say; raises BackupError, and then nothing is changed."""
    database = Database(settings.database)
    try:
        if database.dialect == "postgresql":
            return await _into_postgres(settings, database, place, replace=replace, by=by, clock=clock)
        return await _into_file(settings, database, place, replace=replace, by=by, clock=clock)
    except AlreadyRunning as error:
        raise BackupError(RUNS) from error
    except (Broken, NoTool) as error:
        raise BackupError(str(error) or str(type(error).__doc__)) from error
    finally:
        await database.close()


async def _into_file(
    settings: Settings,
    database: Database,
    place: Path,
    *,
    replace: bool,
    by: str,
    clock: Callable[[], datetime],
) -> PutBack:
    target, media = backup.file_of(database), settings.media_dir
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(database):
        _must_be_free(target, media, replace=replace)
        with aside(target) as part, _files(media) as files:
            copied = part / target.name
            manifest = _unpacked(place, "sqlite", copied, files)
            wrong = await asyncio.to_thread(unpacking.wrong_rows, copied, manifest)
            if wrong:
                raise BackupError(_listed(place, wrong))
            known = carried.since(target, manifest.at) if target.exists() else None
            done = await _pause(backup.at(copied), manifest, by, clock(), known)
            backup.settle(copied)
            return replaced(done, before=_swapped(copied, target, files, media, clock()))


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Hold the lock of the running house meanwhile; raises AlreadyRunning."""
    lock = be_alone(database)
    try:
        yield
    finally:
        if lock is not None:
            lock.close()


@contextmanager
def _files(media: Path) -> Iterator[Path]:
    """Make a place for the files within the media folder, which may be a disk of its own."""
    made = media / f".restoring-{secrets.token_hex(4)}"
    made.mkdir(parents=True)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _must_be_free(target: Path, media: Path, *, replace: bool) -> None:
    """Raise BackupError where something stands that nobody said may go."""
    if replace:
        return
    there = [path for path in (target, media) if path.is_file() or (path.is_dir() and any(_seen(path)))]
    if there:
        named = " and ".join(str(path) for path in there)
        raise BackupError(
            f"{named}: something is there. With --replace it is put aside, and the backup in its place."
        )


def _seen(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not path.name.startswith("."))


def _unpacked(place: Path, dialect: str, copied: Path, files: Path) -> Manifest:
    """Write the parts of a backup where they are to be swapped from; raises BackupError."""

    def where(name: str) -> Path | None:
        return files / name.removeprefix(MEDIA) if name.startswith(MEDIA) else copied

    found = unpacking.unpack(place, where)
    if found.manifest.dialect != dialect:
        raise BackupError(
            f"{place} is of {found.manifest.dialect}, and the configured database is {dialect}."
        )
    if found.wrong:
        raise BackupError(_listed(place, found.wrong))
    return found.manifest


def _listed(place: Path, wrong: list[str]) -> str:
    return f"{place} is not whole: {'; '.join(wrong[:5])}. Nothing was changed."


async def _pause(
    database: Database, manifest: Manifest, by: str, now: datetime, known: Since | None = None
) -> PutBack:
    """Bring it to today's tables, take over what must not be forgotten, and let nothing leave it."""
    held = Held(made_at=manifest.at, at=now, by=by)
    await database.open()
    try:
        await upgrade(database)
        async with database.writing() as connection:
            await restored.hold(connection, held)
            await pause(connection, Pause(by=by, at=now, why=WHY, reason=CHANGED))
            waiting = await restored.doubtful(connection, held)
            refusals, again = await carried.carry(connection, database.ids, known) if known else (0, [])
        return PutBack(
            manifest=manifest, waiting=waiting, refusals=refusals, again=again, is_known=known is not None
        )
    finally:
        await database.close()


def _swapped(copied: Path, target: Path, files: Path, media: Path, now: datetime) -> list[Path]:
    """Put what is there aside, and the restored in its place: by names alone, the database last."""
    before = []
    for path in [target, *backup.beside(target)]:
        if path.exists() and path != target and (path.name.endswith("-shm") or not path.stat().st_size):
            path.unlink()  # made anew where it is missed
        elif path.exists():
            end = path.name.removeprefix(target.name)
            before.append(path.rename(target.with_name(f"{target.name}.{_named(now)}{end}")))
    old = _swapped_media(files, media, now)
    copied.rename(target)
    backup.to_disk(target.parent)
    return before[:1] + old


def _swapped_media(files: Path, media: Path, now: datetime) -> list[Path]:
    old = media / f".{_named(now)}"
    for path in list(_seen(media)):
        old.mkdir(exist_ok=True)
        path.rename(old / path.name)
    for path in list(files.iterdir()):
        path.rename(media / path.name)
    backup.to_disk(media)
    return [old] if old.exists() else []


def _named(now: datetime) -> str:
    return f"replaced-{now:%Y%m%dT%H%M%SZ}"


async def _into_postgres(
    settings: Settings,
    database: Database,
    place: Path,
    *,
    replace: bool,
    by: str,
    clock: Callable[[], datetime],
) -> PutBack:
    """Put a dump into the configured database, in one transaction of pg_restore."""
    await database.open()
    if await backup_postgres.others(database):
        raise BackupError(f"Somebody else is connected to this database. {RUNS}")
    media = settings.media_dir
    if not replace and not await backup_postgres.is_empty(database):
        raise BackupError("The database has our tables already. With --replace their rows are lost.")
    _must_be_free(media / "none", media, replace=replace)
    media.mkdir(parents=True, exist_ok=True)
    with aside(media / "dump") as part, _files(media) as files:
        copied = part / "database.dump"
        manifest = _unpacked(place, "postgresql", copied, files)
        if not backup.knows(manifest.revision):
            raise BackupError(f"{place} was made by a newer tidings ({manifest.version}).")
        await backup_postgres.put_back(database, copied)
        done = await _pause(Database(settings.database), manifest, by, clock())
        return replaced(done, before=_swapped_media(files, media, clock()))
