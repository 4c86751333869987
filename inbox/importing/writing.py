"""Tables that we write: quoted, and harmless in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from inbox.importing.cells import guarded
from inbox.importing.fields import OURS
from storage.batch import storable


def write_rows(file: IO[str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows with commas; a cell that a spreadsheet would run gets a quote in front."""
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    for row in rows:
        writer.writerow([guarded(storable(cell)) for cell in row])


class RefusedFile:
    """The file beside an imported one that holds its refused rows, each with its line and reason.

    It is there only if there is something in it; corrected, it can be imported as it is.
    """

    def __init__(self, imported: Path, heading: Sequence[str]) -> None:
        """Write beside *imported*; an older one is replaced."""
        self.path = imported.with_name(f"{imported.name}.refused.csv")
        self._heading = [*OURS, *heading]
        self._file: IO[str] | None = None

    def __enter__(self) -> "RefusedFile":
        """Begin without a file."""
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the file."""
        if self._file is not None:
            self._file.close()

    def add(self, line: int, what: str, reason: str, cells: Sequence[str]) -> None:
        """Add a row: *what* is refused (nothing was kept) or notice (kept, but for what *reason* says)."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            write_rows(self._file, [self._heading])
        write_rows(self._file, [[str(line), what, reason, *cells]])

    @property
    def is_there(self) -> bool:
        """Say whether a row was refused."""
        return self._file is not None
