"""A mail taken apart: the words that are read, and the files beside them.

A part's number is IMAP's (RFC 3501 §6.4.5), so that a file is fetched from the mailbox when it is wanted
and need not lie in the journal.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.utils import collapse_rfc2231_value
from mimetypes import guess_extension
from typing import Final, Literal

from bots.channel import AttachmentKind
from bots.email.headers import Mail, decoded, header, tidy, unpacked

SIZE: Final = "X-Tidings-Size"
"""Our own header, put where a part's content was left in the mailbox: how many bytes it has."""
CUT: Final = "X-Tidings-Cut"
"""Our own header, put where a text was cut."""
DEEPEST: Final = 30
MOST: Final = 200
"""Parts of one mail that are looked at."""
TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,60}/[a-z0-9][a-z0-9.+_-]{0,80}")
CONTACTS: Final = frozenset({"text/vcard", "text/x-vcard", "text/directory"})


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A part that is no reading matter; *number* is IMAP's, *encoding* how it is sent, *size* in bytes."""

    number: str
    kind: AttachmentKind
    name: str
    content_type: str
    encoding: str
    size: int | None


@dataclass(slots=True, kw_only=True)
class Taken:
    """What a mail holds: *texts* in order, each plain or HTML, the *files*, whether any text was *cut*."""

    texts: list[tuple[Literal["plain", "html"], str]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    cut: bool = False


def take_apart(mail: Mail) -> Taken:
    """Choose what is read and list the rest; of alternatives the plain text, unless it is empty."""
    taken = Taken()
    read = {number for number, _ in words(mail)}
    for number, part in leaves(mail):
        if number not in read:
            if not is_text(part):  # else it is another form of what is read
                taken.files.append(_file(number, part))
            continue
        text = text_of(part)
        taken.cut = taken.cut or CUT in part
        if text.strip():
            taken.texts.append(("html" if part.get_content_type() == "text/html" else "plain", text))
    return taken


def leaves(mail: Mail, number: str = "", depth: int = 0) -> Iterator[tuple[str, Mail]]:
    """Walk the parts that hold something, with their numbers; a mail in the mail is one of them."""
    children = _children(mail)
    if not children or depth > DEEPEST:
        yield number or "1", mail
        return
    for at, child in enumerate(children[:MOST], 1):
        yield from leaves(child, f"{number}.{at}" if number else str(at), depth + 1)


def words(mail: Mail, number: str = "", depth: int = 0) -> list[tuple[str, Mail]]:
    """Find the parts that are read, with their numbers."""
    children = [
        (f"{number}.{at}" if number else str(at), one) for at, one in enumerate(_children(mail)[:MOST], 1)
    ]
    if not children or depth > DEEPEST:
        return [(number or "1", mail)] if is_text(mail) else []
    found = [words(child, place, depth + 1) for place, child in children]
    match mail.get_content_type():
        case "multipart/alternative":
            return _best(found)
        case "multipart/related" | "multipart/signed" | "multipart/appledouble":
            return found[0]  # the first is what is read; the others belong to it
        case _:
            return [one for some in found for one in some]


def _best(choices: list[list[tuple[str, Mail]]]) -> list[tuple[str, Mail]]:
    """Choose among alternatives: plain text that says something, else the last (RFC 2046 §5.1.4)."""
    plain = [some for some in choices if any(_says(part) for _, part in some) and not _has_html(some)]
    rich = [some for some in choices if some and _has_html(some)]
    return (plain or rich[::-1] or [some for some in choices if some] or [[]])[0]


def _says(part: Mail) -> bool:
    """Whether a plain text is more than the note that one should look at the HTML."""
    text = text_of(part).strip()
    return bool(text) and not (len(text) < 300 and "html" in text.lower())


def _has_html(some: list[tuple[str, Mail]]) -> bool:
    return any(part.get_content_type() == "text/html" for _, part in some)


def is_text(part: Mail) -> bool:
    """Whether a part is reading matter rather than a file."""
    kind = part.get_content_type()
    if kind not in ("text/plain", "text/html") and not (
        kind.startswith("multipart/") and not part.is_multipart()
    ):
        return False
    return part.get_content_disposition() != "attachment" and SIZE not in part


def text_of(part: Mail) -> str:
    """Decode a part's text by its charset, line ends as ours."""
    raw = content_of(part)
    charset = part.get_param("charset")
    name = collapse_rfc2231_value(charset) if charset else None
    text = unpacked(raw, name).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return _unflowed(text, part) if "flowed" in str(part.get_param("format", "")).lower() else text


def content_of(part: Mail) -> bytes:
    """Give a part's bytes as they were before they were encoded for the way."""
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, LookupError, binascii.Error, AssertionError):
        raw = None
    return raw if isinstance(raw, bytes) else b""


def _unflowed(text: str, part: Mail) -> str:
    """Join the lines that a program broke softly (RFC 3676); quoted ones stay."""
    glue = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    lines: list[str] = []
    soft = False
    for line in text.split("\n"):
        line = line[1:] if line.startswith(" ") else line
        quoted = line.startswith(">")
        if soft and not quoted and line != "-- ":
            lines[-1] = lines[-1].rstrip(" ") + glue + line
        else:
            lines.append(line)
        soft = line.endswith(" ") and line != "-- " and not quoted
    return "\n".join(lines)


def _children(mail: Mail) -> list[Mail]:
    return inside(mail) if mail.get_content_maintype() == "multipart" else []


def inside(mail: Mail) -> list[Mail]:
    """List what the parser found inside a part; of a mail in the mail that is one."""
    # A leaf's payload is not asked for: with an odd charset even that raises.
    payload = mail.get_payload() if mail.is_multipart() else ()
    return [one for one in payload if isinstance(one, Message)]


def _file(number: str, part: Mail) -> File:
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


def kind_of(content_type: str) -> AttachmentKind:
    """Choose the kind of attachment for a MIME type."""
    if content_type in CONTACTS:
        return "contact"
    match content_type.partition("/")[0]:
        case "image":
            return "image"
        case "audio":
            return "audio"
        case "video":
            return "video"
        case _:
            return "document"


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
