"""vCards 2.1, 3.0 and 4.0, for the birthdays in them (RFC 6350 section 6.2.5, RFC 2426, vCard 2.1)."""

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

PROPERTY: Final = re.compile(
    r"(?:[A-Za-z0-9-]+\.)?(?P<name>[A-Za-z0-9-]+)(?P<more>(?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(?P<value>.*)",
    re.DOTALL,
)
OMITTED: Final = re.compile(r"X-APPLE-OMIT-YEAR=(\d{4})", re.IGNORECASE)
HEADING: Final = ("name", "phone", "email", "birthday")
BETWEEN: Final = "; "
ESCAPED: Final = re.compile(r"\\(.)")


@dataclass(slots=True, kw_only=True)
class Card:
    """One person of a file of cards, beginning in *line*."""

    line: int
    name: str = ""
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    birthday: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The card as a row of `HEADING`; several numbers stand in one cell."""
        return (self.name, BETWEEN.join(self.phones), BETWEEN.join(self.emails), self.birthday)


def cards(lines: Iterable[str]) -> Iterator[Card]:
    """Read cards from lines with their ends; what stands outside of a card is skipped."""
    card: Card | None = None
    for number, line in _unfolded(lines):
        found = PROPERTY.fullmatch(line)
        if found is None:
            continue
        name, more = found["name"].upper(), found["more"]
        if name == "BEGIN":
            card = Card(line=number)
        elif name == "END":
            if card is not None:
                yield card
            card = None
        elif card is not None:
            _take(card, name, more, found["value"])


def _take(card: Card, name: str, more: str, value: str) -> None:
    if "QUOTED-PRINTABLE" in more.upper():
        charset = re.search(r"CHARSET=([\w-]+)", more, re.IGNORECASE)
        value = _decoded(quopri.decodestring(value.encode()), charset[1] if charset else "utf-8")
    value = ESCAPED.sub(lambda one: "\n" if one[1] in "nN" else one[1], value).strip()
    match name:
        case "FN":
            card.name = card.name or value
        case "TEL":
            card.phones.append(value.removeprefix("tel:").partition(";")[0])
        case "EMAIL":
            card.emails.append(value)
        case "BDAY" if value:
            card.birthday = _without_year(value, more)


def _decoded(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return raw.decode("latin-1")


def _without_year(value: str, more: str) -> str:
    """Take away the year that Apple writes when there is none."""
    omitted = OMITTED.search(more)
    if omitted and value.startswith(omitted[1]):
        return f"--{value.removeprefix(omitted[1]).replace('-', '')}"
    return value


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Join the lines that go on: after a blank (RFC 6350 section 3.2), or an = of quoted-printable."""
    whole, began = "", 0
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if text[:1] in (" ", "\t"):
            whole += text[1:]
            continue
        if whole.endswith("=") and "QUOTED-PRINTABLE" in whole.upper().partition(":")[0]:
            whole = whole[:-1] + text
            continue
        if whole:
            yield began, whole
        whole, began = text, number
    if whole:
        yield began, whole
