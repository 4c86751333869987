"""Everything that stands sealed, sealed anew under the newest key: in files at once, in rows by and by."""

import os
import re
import secrets
from pathlib import Path
from typing import Final

from config.errors import Mistake, together
from config.sealed import MARK, Locked, Seals, is_sealed
from storage import hooks
from storage.database import Database

ROWS: Final = 500
WRITTEN: Final = re.compile(rf"{MARK}[^\s\"']+")


def reseal_file(path: Path, seals: Seals) -> int:
    """Seal every sealed value of the file at *path* anew, in its place; returns how many changed.

    The file is replaced whole, with its mode and its owner, or not at all. Raises Mistake, which names
    each line that no key opens, and OSError.
    """
    lines = path.read_text("utf-8").splitlines(keepends=True)
    mistakes: list[Mistake] = []
    changed = 0
    for at, line in enumerate(lines):
        if line.lstrip().startswith("#"):
            continue
        try:
            lines[at] = WRITTEN.sub(lambda found: seals.renewed(found[0]), line)
        except Locked as locked:
            what = f"A sealed value cannot be opened: {locked}."
            mistakes.append(Mistake(file=str(path), line=at + 1, what=what))
        changed += lines[at] != line
    if mistakes:
        raise together(mistakes)
    if changed:
        _replaced(path, "".join(lines))
    return changed


def _replaced(path: Path, text: str) -> None:
    """Put *text* in the place of the file at *path*; a link leads to the file that is meant."""
    path = path.resolve()
    was = path.stat()
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(was.st_mode & 0o7777)
        if (was.st_uid, was.st_gid) != (os.getuid(), os.getgid()):
            os.chown(made, was.st_uid, was.st_gid)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


async def reseal_hooks(database: Database, seals: Seals) -> int:
    """Seal anew what calls in the journal show, some at a time while others write; returns how many changed.

    What no key opens is left: such a call is read no more, whatever is done.
    """
    changed = last = 0
    while True:
        async with database.reading() as connection:
            page = await hooks.with_text(connection, MARK, after=last, limit=ROWS)
        if not page:
            return changed
        last = page[-1][0]
        anew = {key: made for key, headers in page if (made := _renewed(headers, seals)) != headers}
        if anew:
            async with database.writing() as connection:
                await hooks.change_headers(connection, anew)
        changed += len(anew)


def _renewed(headers: dict[str, str], seals: Seals) -> dict[str, str]:
    made = dict(headers)
    for name, value in headers.items():
        if is_sealed(value):
            try:
                made[name] = seals.renewed(value)
            except Locked:
                continue
    return made
