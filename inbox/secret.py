"""The secret that signs links and sessions: given, or made once and kept in a file only we can read.

The file holds a secret a line, the newest first: the second is the one before, which is still good. Beside
it stands what erased addresses are marked with, which never changes. Both are sealed where there is a key.
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from config.errors import Mistake
from config.sealed import Locked, Seals, is_sealed, seals_of
from config.settings import Settings

MODE: Final = 0o600
MARKS: Final = "marks.key"
GIVEN: Final = "Let tidings write there, or set TIDINGS_SECRET_KEY in the environment."


def with_secret(settings: Settings) -> Settings:
    """Give *settings* their secret key: the environment's, else the kept one, else a new one that is kept.

    Raises Mistake where the file cannot be read, opened or made.
    """
    path, seals = settings.secret_file, seals_of(settings.source.env)
    if settings.secret_key.get_secret_value():
        return settings
    try:
        for file in (path, path.with_name(MARKS)):
            _seal_kept(file, seals)
        return _with(settings, kept(path, seals) or _make(path, seals), kept(path.with_name(MARKS), seals))
    except OSError as error:
        what = f"The secret key cannot be kept there: {error.strerror}."
        raise Mistake(file=str(path), what=what, remedy=GIVEN) from error


def with_any_secret(settings: Settings) -> Settings:
    """Give *settings* the key there is, else one that lasts as long as this command; writes nothing.

    Raises Mistake where what is kept cannot be opened.
    """
    path, seals = settings.secret_file, seals_of(settings.source.env)
    if settings.secret_key.get_secret_value():
        return settings
    try:
        keys, marks = kept(path, seals), kept(path.with_name(MARKS), seals)
    except OSError:
        keys, marks = (), ()
    return _with(settings, keys or (secrets.token_hex(32),), marks)


def _with(settings: Settings, keys: Sequence[str], marks: Sequence[str]) -> Settings:
    """Put the kept *keys*, the newest first, where the environment gave none."""
    found = {"secret_key": keys[0]}
    if len(keys) > 1 and not settings.old_secret_key.get_secret_value():
        found["old_secret_key"] = keys[1]
    if marks and not settings.mark_key.get_secret_value():
        found["mark_key"] = marks[0]
    return settings.model_copy(update={name: SecretStr(value) for name, value in found.items()})


def kept(path: Path, seals: Seals) -> tuple[str, ...]:
    """Read the kept keys, the newest first; none where there is no file.

    Raises OSError, or Mistake where one is sealed and cannot be opened.
    """
    try:
        lines = path.read_text("ascii").split()
    except FileNotFoundError:
        return ()
    return tuple(_opened(path, number, line, seals) for number, line in enumerate(lines, start=1))


def _opened(path: Path, number: int, line: str, seals: Seals) -> str:
    if not is_sealed(line):
        return line
    try:
        return seals.open(line)
    except Locked as locked:
        what = f"The secret key cannot be opened: {locked}."
        raise Mistake(
            file=str(path), line=number, what=what, remedy="Give the key that is missing."
        ) from locked


def written(path: Path, keys: Sequence[str], seals: Seals) -> None:
    """Put *keys*, the newest first, in the place of what is kept; all of them or none. Raises OSError."""
    made = _beside(path, keys, seals)
    made.replace(path)
    _to_disk(path.parent)


def _seal_kept(path: Path, seals: Seals) -> None:
    """Seal what was kept before there was a key to seal with."""
    if seals.keys and path.exists() and not all(map(is_sealed, path.read_text("ascii").split())):
        written(path, kept(path, seals), seals)


def _make(path: Path, seals: Seals) -> Sequence[str]:
    """Make a key; of two processes that try at once, both use the one that came first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = secrets.token_hex(32)
    made = _beside(path, [key], seals)
    try:
        os.link(made, path)
    except FileExistsError:
        return kept(path, seals)
    finally:
        made.unlink()
    return (key,)


def _beside(path: Path, keys: Sequence[str], seals: Seals) -> Path:
    """Write *keys* into a new file beside *path*, which only we can read."""
    lines = [seals.seal(key) if seals.keys else key for key in keys]
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    with os.fdopen(descriptor, "w") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    return made


def _to_disk(folder: Path) -> None:
    """Wait until the disk knows the new name."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
