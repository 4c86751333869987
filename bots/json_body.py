"""The JSON body of a hook as plain values, and its fields by the type they should have."""

import json
import re
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final

import orjson

from bots.errors import Malformed

Json = dict[str, Any]
HARMFUL: Final = re.compile("[\x00\ud800-\udfff]")
LARGEST: Final = 2**63 - 1


def table_of_body(body: bytes) -> Json:
    r"""Give the JSON object that *body* is, with U+FFFD for NUL and lone surrogates; raises Malformed.

    orjson is strict about ``\ud800`` alone and bytes that are not UTF-8, which providers let through;
    the slower reader takes those.
    """
    try:
        value = orjson.loads(body)
        if b"\\u0000" in body:
            value = harmless(value)
    except orjson.JSONDecodeError:
        value = _read_slowly(body)
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None
    if not isinstance(value, dict):
        raise Malformed("The body is not a JSON object.")
    return value


def harmless(value: Any) -> Any:
    """Put U+FFFD for every NUL and lone surrogate in *value*, keys too."""
    match value:
        case str():
            return HARMFUL.sub("\ufffd", value)
        case list():
            return [harmless(one) for one in value]
        case dict():
            return {harmless(key): harmless(one) for key, one in value.items()}
        case _:
            return value


def table(value: Any) -> Json:
    """Give *value* where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: Any) -> list[Json]:
    """Give the objects of *value* where it is a list of them, else none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Give *value* where it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def size(value: Any) -> int | None:
    """Give *value* where it is a number of bytes that a database can hold, else None."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
    return value if known else None


def angle(value: Any, most: float) -> float | None:
    """Give *value*, degrees of no more than *most* either way, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= most and isfinite(value) else None


def moment(milliseconds: Any, otherwise: datetime) -> datetime:
    """Give the time of Unix *milliseconds*, or *otherwise* where that is no time."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        return otherwise
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds > 0 else otherwise
    except (OverflowError, OSError, ValueError):
        return otherwise


def _read_slowly(body: bytes) -> Any:
    try:
        return harmless(json.loads(body.decode("utf-8", "replace"), strict=False))
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None
    except ValueError:
        raise Malformed("The body is not JSON.") from None
