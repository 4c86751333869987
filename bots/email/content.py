"""What a part of a mail holds, as it was before it was encoded for the way."""

import binascii
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import Final

from bots.email.headers import Mail, unpacked

SIZE: Final = "X-Tidings-Size"
"""Our own header, put where a part's content was left in the mailbox: how many bytes it has."""
CUT: Final = "X-Tidings-Cut"
"""Our own header, put where a text was cut."""


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


def inside(mail: Mail) -> list[Mail]:
    """List what the parser found inside a part; of a mail in the mail that is one."""
    # A leaf's payload is not asked for: with an odd charset even that raises.
    payload = mail.get_payload() if mail.is_multipart() else ()
    return [one for one in payload if isinstance(one, Message)]
