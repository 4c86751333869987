"""Single values of Meta's hooks, read so that nothing in them can trip us."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

Json = dict[str, Any]

MILLISECONDS_FROM: Final = 100_000_000_000
"""A larger number of seconds would lie beyond the year 5000: it counts milliseconds."""


def text_of(held: Mapping[str, Any], name: str) -> str:
    """Give the text under *name*, empty where there is none."""
    value = held.get(name)
    return value if isinstance(value, str) else ""


def id_of(value: Any) -> str:
    """Give an identifier as text; Meta writes some as numbers."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def part_of(held: Mapping[str, Any], name: str) -> Json:
    """Give the object under *name*, an empty one where there is none."""
    value = held.get(name)
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[Json]:
    """Give the objects of a list; an object that stands alone is a list of one."""
    if isinstance(value, list):
        return [one for one in value if isinstance(one, dict)]
    return [value] if isinstance(value, dict) else []


def moment_of(value: Any) -> datetime | None:
    """Read a time: seconds or milliseconds since 1970, as a number or as text, or ISO 8601; else None."""
    if isinstance(value, str):
        if not value.isdecimal():
            return _written(value)
        value = int(value) if len(value) < 20 else 0
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return None
    try:
        return datetime.fromtimestamp(value / 1000 if value >= MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _written(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def made_id(*parts: str) -> str:
    """Make the same identifier of the same *parts*, for what Meta gives none."""
    return "made:" + sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
