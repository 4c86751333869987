"""One process at a time may run the loops over one SQLite file; the lock dies with its process."""

import fcntl
from pathlib import Path
from typing import TextIO

from storage.database import Database


class AlreadyRunning(Exception):
    """Another tidings runs on this database; stop it first."""


def be_alone(database: Database) -> TextIO | None:
    """Lock the database file for this process; raises AlreadyRunning.

    Returns what holds the lock while it is open; None where the database is not a file.
    """
    if database.dialect != "sqlite" or not database.url.database:
        return None
    held = Path(f"{database.url.database}.lock").open("w")  # noqa: SIM115 - held open on purpose
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise AlreadyRunning from error
    return held
