"""What a backup is: one folder or archive with the database, the files, and a manifest with every sum.

It is written beside its place under a name that begins with a dot, and gets its own name when it is whole.
"""

import hashlib
import os
import re
import secrets
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import orjson

from inbox.media import SMALL, is_full
from storage.backup import to_disk
from storage.database import StorageFull

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SQLITE: Final = "tidings.db"
POSTGRES: Final = "database.dump"
MEDIA: Final = "media/"
ARCHIVES: Final = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz"}
CHUNK: Final = 1 << 20
OURS: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class BackupError(Exception):
    """The backup could not be made, or is not one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One file of a backup: its size in bytes, and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself.

    *dialect* is sqlite or postgresql, *revision* the last step of the tables, *rows* their numbers, *bucket*
    where the files are if they are not here.
    """

    version: str
    revision: str
    dialect: str
    at: datetime
    bucket: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, Sum] = field(default_factory=dict)

    @property
    def database(self) -> str:
        """Name the file of the database."""
        return SQLITE if self.dialect == "sqlite" else POSTGRES

    @property
    def media(self) -> list[str]:
        """Name the files that customers and agents sent."""
        return [name for name in self.files if name.startswith(MEDIA)]

    def said(self) -> bytes:
        """Write it as JSON."""
        told = {"format": FORMAT, "program": "tidings", **_fields(self)}
        return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in Manifest.__slots__}


def read_manifest(said: bytes) -> Manifest:
    """Read what `Manifest.said` wrote; raises BackupError."""
    try:
        told = orjson.loads(said)
        if told["program"] != "tidings" or told["format"] != FORMAT:
            raise BackupError("This backup was made by another tidings; a newer one may read it.")
        return Manifest(
            version=str(told["version"]),
            revision=str(told["revision"]),
            dialect=str(told["dialect"]),
            at=datetime.fromisoformat(told["at"]),
            bucket=str(told["bucket"]),
            rows={str(name): int(number) for name, number in told["rows"].items()},
            files={
                str(name): Sum(size=int(one["size"]), sha256=str(one["sha256"]))
                for name, one in told["files"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{MANIFEST} is not one that tidings wrote.") from error


def place_for(where: Path, now: datetime) -> Path:
    """Say what a backup is to be called: in a folder that is there, by its instant.

    Raises BackupError where something of that name is there.
    """
    target = where / f"tidings-{now:%Y%m%dT%H%M%SZ}" if where.is_dir() else where
    if target.exists():
        raise BackupError(f"{target} is there already. Nothing was changed.")
    return target.absolute()


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """Make a folder beside *target* for what is not whole; it is gone when the block ends.

    Raises BackupError where there is no room or no right to write.
    """
    made = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        made.mkdir(parents=True)
        yield made
    except (OSError, StorageFull) as error:
        raise _told(error, target) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _told(error: OSError | StorageFull, target: Path) -> BackupError:
    if isinstance(error, StorageFull) or is_full(error):
        return BackupError(f"There is no room for {target.name} in {target.parent}. Nothing was left there.")
    return BackupError(f"{target} cannot be written: {error.strerror or error}. Nothing was left there.")


Put = Callable[[str, Path], Sum]


@contextmanager
def writing(target: Path, part: Path) -> Iterator[Put]:
    """Give what puts a file into the backup under a name; the block's end makes *target* of it, whole."""
    mode = archive_mode(target)
    whole = part / "whole"
    with ExitStack() as stack:
        if mode:
            archive = stack.enter_context(tarfile.open(whole, mode))  # type: ignore[call-overload]
            yield lambda name, source: _archive(archive, name, source)
        else:
            whole.mkdir()
            yield lambda name, source: copy(source, whole / name)
    for path in [*(whole.rglob("*") if whole.is_dir() else ()), whole]:
        if path.is_dir() or mode:
            to_disk(path)
    whole.rename(target)
    to_disk(target.parent)


def archive_mode(path: Path) -> str:
    """Say how an archive of that name is written; empty for a folder."""
    return next((mode for end, mode in ARCHIVES.items() if path.name.endswith(end)), "")


def copy(source: Path, target: Path) -> Sum:
    """Copy a file to the disk, and sum it up."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as here, target.open("wb") as there:
        made = pour(here, there)
        there.flush()
        os.fsync(there.fileno())
    return made


def pour(here: IO[bytes], there: IO[bytes] | None) -> Sum:
    """Read to the end, write it where somewhere is given, and sum it up."""
    digest, size = hashlib.sha256(), 0
    while chunk := here.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if there is not None:
            there.write(chunk)
    return Sum(size=size, sha256=digest.hexdigest())


class _Summing:
    """A file that is summed up while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        return chunk


def _archive(archive: tarfile.TarFile, name: str, source: Path) -> Sum:
    with source.open("rb") as file:
        info = archive.gettarinfo(arcname=name, fileobj=file)
        info.uname = info.gname = ""
        info.mode = 0o600
        summing = _Summing(file)
        archive.addfile(info, summing)
    return Sum(size=info.size, sha256=summing.digest.hexdigest())


def kept_files(root: Path) -> Iterator[tuple[str, Path]]:
    """List what customers and agents sent: not what is half written, nor small pictures, made anew."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and OURS.fullmatch(name) and not name.endswith((".part", SMALL)):
            yield name, path


@contextmanager
def reading(place: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Open a backup and go through its files; raises BackupError where it is none."""
    try:
        if place.is_dir():
            yield _in_folder(place)
            return
        with tarfile.open(place, "r:*") as archive:
            yield _in_archive(archive)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BackupError(f"There is no backup at {place}.") from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupError(f"{place} is no backup, or not a whole one: {error}") from error


def _in_folder(place: Path) -> Iterator[tuple[str, IO[bytes]]]:
    for path in sorted(place.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                yield path.relative_to(place).as_posix(), file


def _in_archive(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in archive:
        file = archive.extractfile(member) if member.isfile() else None
        if file is not None:
            yield member.name, file
    while archive.fileobj is not None and archive.fileobj.read(CHUNK):
        pass  # to the very end, where gzip's own sum stands: who cut that off cut the archive
