"""The files of a mail: what each is called, what it is and how large."""

import re
from dataclasses import dataclass
from mimetypes import guess_extension
from typing import Final

from bots.channel import AttachmentKind
from bots.email.content import SIZE, content_of, inside
from bots.email.headers import Mail, decoded, header, tidy
from bots.media_types import kind_of

TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,60}/[a-z0-9][a-z0-9.+_-]{0,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A part that is no reading matter; *number* is IMAP's, *encoding* how it is sent, *size* in bytes."""

    number: str
    kind: AttachmentKind
    name: str
    content_type: str
    encoding: str
    size: int | None


def file_of(number: str, part: Mail) -> File:
    """Describe a part that is no reading matter."""
    content_type = part.get_content_type().lower()
    content_type = content_type if TYPE.fullmatch(content_type) else "application/octet-stream"
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    return File(
        number=number,
        kind=kind_of(content_type),
        name=_name(part, content_type),
        content_type=content_type,
        encoding=encoding if encoding in ("base64", "quoted-printable") else "",
        size=size_of(part),
    )


def size_of(part: Mail) -> int | None:
    """Count a part's bytes; None for a mail in the mail, which has no length of its own."""
    left = str(part.get(SIZE, ""))
    if left.isdecimal() and len(left) < 12:
        return int(left)
    return None if part.is_multipart() else len(content_of(part))


def _name(part: Mail, content_type: str) -> str:
    """Name a file as its sender did (RFC 2231, or RFC 2047 where a program does so), else by what it is."""
    try:
        given = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        given = ""
    name = decoded(given)[:200]
    if name:
        return name
    inner = inside(part)
    if content_type == "message/rfc822" and inner:
        return f"{header(inner[0], 'Subject')[:100] or 'mail'}.eml"
    shown = tidy(str(part.get("Content-ID", "")).strip(" <>").partition("@")[0])[:60]
    stem = shown if re.fullmatch(r"[\w.-]+", shown) and not shown.startswith(".") else kind_of(content_type)
    extension = guess_extension(content_type) or ""
    return stem if extension and stem.endswith(extension) else f"{stem}{extension}"
