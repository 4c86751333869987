"""What a check found, one line each."""

from dataclasses import dataclass
from typing import Final, Literal

COLUMN: Final = 16  # the longest name of what is looked at, and a space


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report: *what* is ok, off, missing or failed when asked, and the words for it."""

    what: str
    state: Literal["ok", "off", "missing", "failed"]
    words: str

    def __str__(self) -> str:
        """Write the line in columns."""
        return f"{self.what:<{COLUMN}} {self.state:<8} {self.words}".rstrip()
