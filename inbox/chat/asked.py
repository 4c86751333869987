"""What a request says, read with care."""

from typing import Any, Final

from aiohttp import web

from inbox.posted import json_of

LARGEST_KEY: Final = 2**63 - 1
LARGEST_BODY: Final = 10_000


async def told_object(request: web.Request) -> dict[str, Any]:
    """Read a small JSON object, empty where there is none; 400 where it is not JSON."""
    if not request.can_read_body:
        return {}
    told = await json_of(request, LARGEST_BODY)
    return told if isinstance(told, dict) else {}


def key_of(request: web.Request, name: str) -> int | None:
    """Read the key of a message from the query; 400 where it is none."""
    value = request.query.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 19 and int(value) <= LARGEST_KEY):
        raise web.HTTPBadRequest(text=f'"{name}" is not a key of a message')
    return int(value)
