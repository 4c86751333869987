"""What is wrong with what the operator wrote, and how to put it right."""

from collections.abc import Sequence
from difflib import get_close_matches


class Mistake(Exception):
    """The configuration holds a mistake."""

    def __init__(
        self, *, file: str, line: int = 0, what: str, remedy: str = "", more: Sequence["Mistake"] = ()
    ) -> None:
        """Keep the *file*, the *line* (0 where there is none), *what* is wrong and the *remedy*.

        *more* holds the mistakes found in the same reading, so that one try shows them all.
        """
        self.file, self.line, self.what, self.remedy = file, line, what, remedy
        self.more = tuple(more)
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where}: {what} {remedy}".rstrip())

    def every(self) -> tuple["Mistake", ...]:
        """List this mistake and those found with it."""
        return (self, *self.more)


def together(mistakes: Sequence[Mistake]) -> Mistake:
    """Make one of several, told in the order of their lines."""
    first, *rest = sorted(
        (each for mistake in mistakes for each in mistake.every()), key=lambda mistake: mistake.line
    )
    return Mistake(file=first.file, line=first.line, what=first.what, remedy=first.remedy, more=rest)


def meant(word: str, known: Sequence[str]) -> str:
    """Suggest the known word that was meant, or list them all."""
    close = get_close_matches(word, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known here: {', '.join(sorted(known))}."
