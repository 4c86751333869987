"""Files that visitors add: streamed into the media store, their size and kind checked."""

from collections.abc import AsyncIterator
from typing import Final

from bots.webchat.identity import UploadedFile
from inbox.media import MediaStore

FAMILIES: Final = ("image/", "audio/", "video/")
REFUSED: Final = ("image/svg+xml",)
DOCUMENTS: Final = (
    "application/pdf",
    "text/plain",
    "text/csv",
    "application/rtf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
)
ACCEPT: Final = ",".join(("image/*", "audio/*", "video/*", *DOCUMENTS))


class BadKind(Exception):
    """Files of this kind are not taken."""


async def keep_file(
    media: MediaStore, chunks: AsyncIterator[bytes], *, name: str, content_type: str, cap: int
) -> UploadedFile:
    """Keep one file of at most *cap* bytes; raises TooLarge, or BadKind by what its bytes say it is."""
    kept = await media.keep(chunks, name=name, content_type=content_type, cap=cap)
    path = media.open(kept.path)
    if not kept.size or not is_taken(kept.content_type):
        path.unlink(missing_ok=True)
        raise BadKind(f"files of the kind {kept.content_type} are not taken")
    return UploadedFile(
        name=kept.name, content_type=kept.content_type, size=kept.size, path=str(path.absolute())
    )


def is_taken(content_type: str) -> bool:
    """Whether a visitor may send files of this media type."""
    return content_type not in REFUSED and (content_type.startswith(FAMILIES) or content_type in DOCUMENTS)
