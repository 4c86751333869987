"""A mail taken apart: the words that are read, and the files beside them.

A part's number is IMAP's (RFC 3501 §6.4.5), so that a file is fetched from the mailbox when it is wanted
and need not lie in the journal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from bots.email.content import CUT, SIZE, inside, text_of
from bots.email.files import File, file_of
from bots.email.headers import Mail

DEEPEST: Final = 30
MOST: Final = 200
"""Parts of one mail that are looked at."""


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
                taken.files.append(file_of(number, part))
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


def _children(mail: Mail) -> list[Mail]:
    return inside(mail) if mail.get_content_maintype() == "multipart" else []
