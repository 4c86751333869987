"""The body of a hook as plain values, made harmless: no NUL, no lone surrogate."""

import json
import re
from typing import Any

import orjson

from bots.errors import Malformed

_HARMFUL = re.compile("[\x00\ud800-\udfff]")


def parse(body: bytes) -> dict[str, Any]:
    r"""Return the JSON object in *body*; Malformed if there is none.

    orjson refuses what Telegram may still say (``\ud800`` alone, bytes that are not UTF-8): then the
    slower reader takes over and U+FFFD stands for each such character.
    """
    try:
        value = orjson.loads(body)
        if b"\\u0000" in body:
            value = clean(value)
    except orjson.JSONDecodeError:
        value = _leniently(body)
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None
    if not isinstance(value, dict):
        raise Malformed("The body is not a JSON object.")
    return value


def clean(value: Any) -> Any:
    """Return *value* with U+FFFD for every NUL and lone surrogate in it, keys too."""
    match value:
        case str():
            return _HARMFUL.sub("\ufffd", value)
        case list():
            return [clean(item) for item in value]
        case dict():
            return {clean(key): clean(item) for key, item in value.items()}
        case _:
            return value


def _leniently(body: bytes) -> Any:
    try:
        return clean(json.loads(body.decode("utf-8", "replace"), strict=False))
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None
    except ValueError:
        raise Malformed("The body is not JSON.") from None
