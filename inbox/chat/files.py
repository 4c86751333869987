"""The kinds of files that visitors may add."""

from typing import Final

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


def is_taken(content_type: str) -> bool:
    """Whether a visitor may send files of this media type."""
    return content_type not in REFUSED and (content_type.startswith(FAMILIES) or content_type in DOCUMENTS)
