"""Where files live: streamed into a folder by chunks, handed out by signed links that expire."""

import asyncio
import errno
import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Final

import filetype
from itsdangerous import BadSignature, URLSafeTimedSerializer

LINK_SECONDS: Final = 3600
UNKNOWN: Final = "application/octet-stream"
MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+_-]*/[a-z0-9][a-z0-9.+_-]*")


class TooLarge(Exception):
    """The file is larger than allowed."""

    def __init__(self, cap: int) -> None:
        """Keep *cap*, the bytes allowed."""
        self.cap = cap
        super().__init__(f"larger than {cap / 1_000_000:.0f} MB")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file in the store; *path* is relative to it, *size* in bytes."""

    name: str
    content_type: str
    size: int
    path: str


class MediaStore:
    """A folder of files; every name in it is ours, a sender's name is only a label."""

    def __init__(self, root: Path, secret: str) -> None:
        """Keep files under *root* and sign links with *secret*."""
        self._root = root
        self._signer = URLSafeTimedSerializer(
            secret, salt="media", signer_kwargs={"digest_method": hashlib.sha256}
        )

    async def keep(self, chunks: AsyncIterator[bytes], *, name: str, content_type: str, cap: int) -> KeptFile:
        """Stream *chunks* into a new file; raises TooLarge past *cap* bytes and keeps nothing then."""
        path = self._new_path()
        size = 0
        try:
            with path.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > cap:
                        raise TooLarge(cap)
                    await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_to_disk, file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        kind = await asyncio.to_thread(_kind, path, content_type)
        return KeptFile(
            name=safe_name(name, path), content_type=kind, size=size, path=str(path.relative_to(self._root))
        )

    def open(self, path: str) -> Path:
        """Say where a kept file is on this disk; a path that leads out of the store is a ValueError."""
        whole = (self._root / path).resolve()
        if not whole.is_relative_to(self._root.resolve()):
            raise ValueError("that path leads out of the media store")
        return whole

    def link(self, attachment_id: int) -> str:
        """Make the path of a link to an attachment that is good for an hour."""
        return f"/media/{attachment_id}?s={self._signer.dumps(attachment_id)}"

    def allows(self, attachment_id: int, signature: str) -> bool:
        """Whether *signature* was made by `link` for this attachment in the last hour."""
        try:
            return bool(self._signer.loads(signature, max_age=LINK_SECONDS) == attachment_id)
        except BadSignature:
            return False

    def _new_path(self) -> Path:
        name = secrets.token_hex(16)
        folder = self._root / name[:2]
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name


def _to_disk(file: BinaryIO) -> None:
    """Wait for the disk: the row that says the file is kept must not outlive it."""
    file.flush()
    os.fsync(file.fileno())


def _kind(path: Path, claimed: str) -> str:
    """Name the media type by the bytes, where they tell, else by what the sender claimed."""
    guess = filetype.guess_mime(str(path))
    kind = guess or claimed.partition(";")[0].strip().lower() or UNKNOWN
    return str(kind) if len(str(kind)) <= 100 and MEDIA_TYPE.fullmatch(str(kind)) else UNKNOWN


def is_full(error: OSError) -> bool:
    """Whether the disk, or our share of it, has no room."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def safe_name(name: str, path: Path) -> str:
    """Make a sender's file name one short line without folders; an empty one gets a made one."""
    base = PurePath(name.replace("\\", "/")).name
    clean = "".join(letter for letter in base if letter.isprintable()).strip(". ")
    return clean[-120:] or f"file-{path.name[:6]}"
