"""The live stream of one page: messages as they stand, and who is writing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
from aiohttp import web

from inbox.chat.rooms import Watcher
from inbox.chat.shown import Shown

HEARTBEAT: Final = 15.0
HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}

Look = Callable[[], Awaitable[Shown]]


async def stream(request: web.Request, watcher: Watcher, look: Look) -> web.StreamResponse:
    """Write what *look* sees, then only what changed, until the page or the house goes."""
    response = web.StreamResponse(headers=HEADERS)
    await response.prepare(request)
    known: dict[str, bytes] | None = None
    try:
        while not watcher.closed:
            watcher.bell.clear()
            known = await _write_changes(response, known, await look())
            if watcher.typing:
                await _write(response, "typing", {"who": watcher.typing})
                watcher.typing = ""
            if not await _rung(watcher.bell):
                await response.write(b": beat\n\n")
    except ConnectionError:
        return response  # the page was closed
    return response


async def _write_changes(
    response: web.StreamResponse, known: dict[str, bytes] | None, seen: Shown
) -> dict[str, bytes]:
    """Send the messages that are new or differ from the *known* ones; a first look is always sent."""
    told = {message["id"]: _gist(message) for message in seen["messages"]}
    changed = [one for one in seen["messages"] if (known or {}).get(one["id"]) != told[one["id"]]]
    if changed or known is None:
        await _write(response, "messages", {**seen, "messages": changed})
    return told


def _gist(message: Shown) -> bytes:
    """Tell a message without its links, which differ at each look and are no news."""
    files = [{**file, "url": bool(file["url"])} for file in message["files"]]
    return orjson.dumps({**message, "files": files})


async def _write(response: web.StreamResponse, event: str, data: Any) -> None:
    await response.write(b"event: %s\ndata: %s\n\n" % (event.encode(), orjson.dumps(data)))


async def _rung(bell: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(HEARTBEAT):
            await bell.wait()
    except TimeoutError:
        return False
    return True
