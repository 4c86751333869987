"""The messages whose answers were heard, so that a look-up takes none of them for a lost twin."""

from typing import Final

REMEMBERED: Final = 10_000


class Answered:
    """The newest of the identifiers that were added; a restart forgets them."""

    def __init__(self, most: int = REMEMBERED) -> None:
        """Remember at most so many."""
        self._most = most
        self._known: dict[str, None] = {}

    def __contains__(self, external_id: object) -> bool:
        """Say whether the identifier is remembered."""
        return external_id in self._known

    def add(self, external_id: str) -> None:
        """Remember one more, and forget the oldest where that is too many."""
        self._known[external_id] = None
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]
