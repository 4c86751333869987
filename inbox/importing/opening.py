"""A file of commas: its encoding, its delimiter, its heading, and its rows with their lines."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inbox.importing.cells import bare

BLOCK: Final = 1 << 20
SAMPLE: Final = 1 << 16
SAMPLED: Final = 50
DELIMITERS: Final = (",", ";", "\t", "|")
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UNDEFINED: Final = b"\x81\x8d\x8f\x90\x9d"  # bytes that Windows-1252 leaves out
CONTROLS: Final = bytes(range(0x80, 0xA0))  # letters in Windows-1252, nothing to see in Latin-1

Cells = list[str]


class Unreadable(Exception):
    """The file cannot be read as a table: the words say why and what helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table in a file, and how it is written."""

    path: Path
    encoding: str
    delimiter: str
    heading: Sequence[str]
    size: int

    def rows(self, told: Callable[[int], object] = lambda _: None) -> Iterator[tuple[int, Cells]]:
        """Give each row after the heading with the line it begins in; empty ones are left out.

        *told* hears from time to time how many bytes were read. Raises Unreadable.
        """
        with self.path.open("rb") as raw, _text(raw, self.encoding) as text:
            reader = csv.reader(text, delimiter=self.delimiter)
            try:
                next((row for row in reader if row), None)
                before = reader.line_num
                for count, row in enumerate(reader):
                    if row and (len(row) > 1 or row[0].strip()):
                        yield before + 1, row
                    before = reader.line_num
                    if not count % 1000:
                        told(raw.tell())
            except (csv.Error, UnicodeError) as error:
                raise Unreadable(f"Line {reader.line_num + 1} cannot be read: {error}.") from error
        told(self.size)


def opened(path: Path, encoding: str = "", delimiter: str = "") -> Sheet:
    """Look at a file; *encoding* and *delimiter* are told from its bytes if not given. Raises Unreadable."""
    try:
        size = path.stat().st_size
        encoding = encoding or encoding_of(path)
        with path.open("rb") as raw, _text(raw, encoding) as text:
            sample = text.read(SAMPLE)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    except (LookupError, UnicodeError) as error:
        raise Unreadable(f"{path} is not {encoding}: {error}. Say what it is with --encoding.") from error
    if not sample.strip():
        raise Unreadable(f"{path} is empty.")
    delimiter = delimiter or _delimiter(sample)
    heading = [bare(title).strip() for title in _first_rows(sample, delimiter, 1)[0]]
    if twice := sorted({title for title in heading if title and heading.count(title) > 1}):
        raise Unreadable(f"Two columns of {path} are called {twice[0]!r}.")
    return Sheet(path=path, encoding=encoding, delimiter=delimiter, heading=heading, size=size)


def _text(raw: io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(raw, encoding=encoding, newline="")


def encoding_of(path: Path) -> str:
    """Tell UTF-8 by its rules and its siblings by their mark; other bytes are of Windows or Latin-1.

    Raises Unreadable for bytes that are of none.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, letters = True, b""
    with path.open("rb") as raw:
        first = raw.read(BLOCK)
        for mark, name in MARKS:
            if first.startswith(mark):
                return name
        block = first
        while block:
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
            letters = bytes(sorted(set(letters) | set(block.translate(None, bytes(range(0x80))))))
            block = raw.read(BLOCK)
    if b"\0" in first:
        raise Unreadable(f"{path} is not a text, or one whose encoding --encoding has to say.")
    if is_utf8 and not decoder.getstate()[0]:
        return "utf-8"
    if any(byte in UNDEFINED for byte in letters):
        raise Unreadable(f"{path} is neither UTF-8 nor Windows-1252. Say what it is with --encoding.")
    return "cp1252" if any(byte in CONTROLS for byte in letters) else "latin-1"


def _delimiter(sample: str) -> str:
    """Choose what cuts the first rows into most cells, the same number in each; a comma where none does."""
    best, most = ",", 1
    for one in DELIMITERS:
        widths = [len(row) for row in _first_rows(sample, one, SAMPLED)]
        if (
            widths
            and widths[0] > most
            and sum(width == widths[0] for width in widths) * 10 >= len(widths) * 8
        ):
            best, most = one, widths[0]
    return best


def _first_rows(sample: str, delimiter: str, many: int) -> list[Cells]:
    """Read the first rows of a sample; the last one, which it may cut, counts only if it is alone."""
    rows: list[Cells] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) > many:
                break
    except csv.Error as error:
        if not rows:
            raise Unreadable(f"The heading cannot be read: {error}.") from error
    return rows[:-1] if len(rows) > 1 else rows
