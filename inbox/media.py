"""Where files live: streamed into a folder by chunks, handed out by signed links that expire.

With a bucket the folder holds only what was asked for lately: files go on to the bucket as they come, and are
fetched whole when one is wanted. So a link stays ours, with its check and its headers; a provider gets a file
as from any disk; and a picture that is seen twice is fetched once.
"""

import asyncio
import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Final

import filetype
from itsdangerous import BadSignature, URLSafeTimedSerializer

from config.settings import Settings
from inbox.bucket import Bucket, bucket_of, take_out, touched

LINK_SECONDS: Final = 3600
SMALL: Final = ".small"
HELD_SECONDS: Final = 3600
SWEPT_EVERY: Final = 600
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

    def __init__(self, root: Path, secrets: str | Sequence[str], bucket: Bucket | None = None) -> None:
        """Keep files under *root*, or in *bucket* if there is one.

        Links are signed with the last of *secrets*, and good under each of them.
        """
        self._root = root
        self._bucket = bucket
        self._one_at_a_time = asyncio.Semaphore(1)
        self._swept = 0.0
        self._signer = URLSafeTimedSerializer(
            secrets, salt="media", signer_kwargs={"digest_method": hashlib.sha256}
        )

    async def keep(self, chunks: AsyncIterator[bytes], *, name: str, content_type: str, cap: int) -> KeptFile:
        """Stream *chunks* into a new file; keeps nothing when it raises TooLarge, past *cap*, or Away."""
        path = self._new_path()
        size = 0
        try:
            with path.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > cap:
                        raise TooLarge(cap)
                    await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_to_disk, file, path.parent)
            if self._bucket is not None:
                await self._bucket.put(self._key(path), path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        kind = await asyncio.to_thread(_kind, path, content_type)
        return KeptFile(name=safe_name(name, path), content_type=kind, size=size, path=self._key(path))

    def open(self, path: str) -> Path:
        """Say where a kept file is on this disk; a path that leads out of the store is a ValueError."""
        whole = (self._root / path).resolve()
        if not whole.is_relative_to(self._root.resolve()):
            raise ValueError("that path leads out of the media store")
        return whole

    async def here(self, path: str) -> Path:
        """Bring a kept file to this disk; raises FileNotFoundError, Away, or as `open` does."""
        whole = self.open(path)
        if self._bucket is not None:
            await self._sweep()
            if await asyncio.to_thread(touched, whole):
                return whole
            whole.parent.mkdir(parents=True, exist_ok=True)
            await self._bucket.get(path, whole)
        return whole

    async def small(self, path: str) -> Path | None:
        """Bring the small picture of a kept one to this disk, made when it is first asked for.

        None where there is none: the file is no picture, or too large to be decoded. Raises as `here` does.
        """
        target = self.open(path + SMALL)
        async with self._one_at_a_time:  # a large picture takes tens of megabytes while it is decoded
            if not target.exists():
                await self._make_small(path, target)
        return target if target.stat().st_size else None

    async def _make_small(self, path: str, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        if self._bucket is not None:
            with suppress(FileNotFoundError):
                await self._bucket.get(path + SMALL, target)
                return
        source = await self.here(path)
        if not source.is_file():
            raise FileNotFoundError(path)
        from inbox import thumbs  # Pillow: not loaded before the first picture is shown

        part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
        if not await asyncio.to_thread(thumbs.make, source, part):
            part.touch()  # an empty one says that there is none, so that it is tried once
        part.replace(target)
        if self._bucket is not None:
            await self._bucket.put(path + SMALL, target)

    async def discard(self, path: str) -> None:
        """Forget a kept file and its small picture; what is gone is no error. Raises Away."""
        for each in (path, path + SMALL):
            await asyncio.to_thread(self.open(each).unlink, missing_ok=True)
            if self._bucket is not None:
                await self._bucket.drop(each)

    async def _sweep(self) -> None:
        """Take out of the folder what nobody asked for in the last hour, for the bucket has it."""
        if time.monotonic() - self._swept > SWEPT_EVERY:
            self._swept = time.monotonic()
            await asyncio.to_thread(take_out, self._root, time.time() - HELD_SECONDS)

    def link(self, attachment_id: int, *, small: bool = False) -> str:
        """Make the path of a link to an attachment, or to its small picture, that is good for an hour."""
        signed = f"/media/{attachment_id}?s={self._signer.dumps(attachment_id)}"
        return f"{signed}&small=1" if small else signed

    def allows(self, attachment_id: int, signature: str) -> bool:
        """Whether *signature* was made by `link` for this attachment in the last hour."""
        try:
            return bool(self._signer.loads(signature, max_age=LINK_SECONDS) == attachment_id)
        except BadSignature:
            return False

    def _key(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _new_path(self) -> Path:
        name = secrets.token_hex(16)
        folder = self._root / name[:2]
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name


def store_of(settings: Settings) -> MediaStore:
    """Open the media store that the operator chose."""
    return MediaStore(Path(settings.media_dir), settings.secret_keys or "", bucket_of(settings))


def _to_disk(file: BinaryIO, folder: Path) -> None:
    """Wait for the disk, the file's name included: the row that says it is kept must not outlive it."""
    file.flush()
    os.fsync(file.fileno())
    for each in (folder, folder.parent):
        here = os.open(each, os.O_RDONLY)
        try:
            os.fsync(here)
        finally:
            os.close(here)


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
