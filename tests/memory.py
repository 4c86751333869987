"""Files of the tests in memory, where the machine has the room: a disk would only be waited for."""

import os
import tempfile
from pathlib import Path
from typing import Final

FOLDER: Final = Path("/dev/shm")
ROOM: Final = 6 * 2**30
"""Bytes that must be free: a whole run keeps a fifth of that at most."""


def in_memory() -> Path | None:
    """Find the folder that is memory; None where there is none or it has not the room."""
    try:
        told = os.statvfs(FOLDER)
        known = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    free = next((int(line.split()[1]) * 1024 for line in known if line.startswith("MemAvailable:")), 0)
    return FOLDER if min(told.f_bavail * told.f_frsize, free) >= ROOM else None


def begin_in_memory() -> None:
    """Let whatever makes temporary files make them there, children too; who named a place keeps it."""
    folder = in_memory()
    if folder is not None and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def short_folder() -> str:
    """Give a folder whose name is short, as paths of sockets are."""
    return str(FOLDER) if tempfile.gettempdir() == str(FOLDER) else "/tmp"
