"""Files that visitors added and have not sent: a folder of their own, with an end and a cap.

A sent file is copied from here into the house's store, so that a day later nothing here is needed.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bots.webchat.identity import UploadedFile
from inbox.chat.files import BadKind, is_taken
from inbox.media import MediaStore, is_full

LIVES: Final = timedelta(days=1)
SWEPT_EVERY: Final = timedelta(minutes=10)


class NoRoom(Exception):
    """There is no room for another file now."""


class Uploads:
    """Keeps what is added until it is sent, at most *room* bytes of it together."""

    def __init__(self, folder: Path, secrets: str | Sequence[str], *, room: int) -> None:
        """Keep under *folder*, which this alone writes to."""
        self._folder = folder
        self._media = MediaStore(folder, secrets)
        self._room = room
        self._held = 0
        self._swept: datetime | None = None

    async def keep(
        self, chunks: AsyncIterator[bytes], *, name: str, content_type: str, cap: int, now: datetime
    ) -> UploadedFile:
        """Keep one file of at most *cap* bytes; raises TooLarge, NoRoom, or BadKind by its bytes."""
        if self._swept is None or not timedelta() <= now - self._swept < SWEPT_EVERY:
            self._swept = now
            self._held = await asyncio.to_thread(swept, self._folder, now - LIVES)
        if self._held + cap > self._room:
            raise NoRoom
        size = 0
        self._held += cap
        try:
            kept = await self._media.keep(chunks, name=name, content_type=content_type, cap=cap)
            path = self._media.open(kept.path)
            if not kept.size or not is_taken(kept.content_type):
                path.unlink(missing_ok=True)
                raise BadKind(f"files of the kind {kept.content_type} are not taken")
            size = kept.size
        except OSError as error:
            if is_full(error):
                raise NoRoom from error
            raise
        finally:
            self._held += size - cap
        return UploadedFile(
            name=kept.name, content_type=kept.content_type, size=kept.size, path=str(path.absolute())
        )


def swept(folder: Path, before: datetime) -> int:
    """Take out the files that were written *before*; returns the bytes of the rest."""
    left = 0
    for path in [one for one in folder.rglob("*") if one.is_file()]:
        about = path.stat()
        if about.st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
        else:
            left += about.st_size
    return left
