"""The secret that signs links and sessions: given, or made once and kept in a file only we can read."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from config.errors import Mistake
from config.settings import Settings

MODE = 0o600


def with_secret(settings: Settings) -> Settings:
    """Give *settings* their secret key: the environment's, else the kept one, else a new one that is kept.

    Raises Mistake where the file cannot be read or made.
    """
    if settings.secret_key.get_secret_value():
        return settings
    path = settings.secret_file
    try:
        key = kept(path) or _make(path)
    except OSError as error:
        remedy = "Let tidings write there, or set TIDINGS_SECRET_KEY in the environment."
        what = f"The secret key cannot be kept there: {error.strerror}."
        raise Mistake(file=str(path), what=what, remedy=remedy) from error
    return settings.model_copy(update={"secret_key": SecretStr(key)})


def with_any_secret(settings: Settings) -> Settings:
    """Give *settings* the key there is, else one that lasts as long as this command; writes nothing."""
    if settings.secret_key.get_secret_value():
        return settings
    try:
        key = kept(settings.secret_file)
    except OSError:
        key = ""
    key = key or secrets.token_hex(32)
    return settings.model_copy(update={"secret_key": SecretStr(key)})


def kept(path: Path) -> str:
    """Read the kept key; empty where there is none."""
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return ""


def _make(path: Path) -> str:
    """Make a key; of two processes that try at once, both use the one that came first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = secrets.token_hex(32)
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(made, path)
    except FileExistsError:
        return kept(path)
    finally:
        made.unlink()
    return key
