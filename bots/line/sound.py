"""How long a recording is: LINE wants it said, and of the types it plays M4A says it in one place."""

from pathlib import Path
from struct import unpack_from
from typing import Final

LARGEST_INDEX: Final = 4_000_000
"""Bytes: the index of an M4A of hours is smaller."""


def milliseconds(path: Path) -> int | None:
    """Read the length of the M4A at *path* from its movie header; None where it has none.

    Source: ISO/IEC 14496-12, 8.2.2: version 0 has 32-bit times, version 1 has 64-bit ones.
    """
    try:
        with path.open("rb") as file:
            while len(head := file.read(8)) == 8:
                length, kind = unpack_from(">I4s", head)
                if kind == b"moov":
                    return _length(file.read(min(length - 8, LARGEST_INDEX))) if length > 8 else None
                if length < 8:
                    return None
                file.seek(length - 8, 1)
    except OSError:
        return None
    return None


def _length(movie: bytes) -> int | None:
    at = movie.find(b"mvhd")
    if at < 0 or len(movie) < at + 36:
        return None
    if movie[at + 4] == 1:
        scale, duration = unpack_from(">IQ", movie, at + 24)
    else:
        scale, duration = unpack_from(">II", movie, at + 16)
    return int(duration * 1000 // scale) if scale and duration else None
