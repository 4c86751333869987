"""The live stream of one tab: it begins with everything, goes on with changes, and beats in silence."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from inbox.desk.web import asking
from inbox.desk.web.guard import HEADERS
from inbox.desk.web.site import Visit, key_of
from inbox.desk.web.stream import Stream
from inbox.live import Change

BEAT_SECONDS = 15.0
GATHER_SECONDS = 0.05
BATCH = 200
STREAM = {
    **HEADERS,
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
}


async def live(visit: Visit) -> web.StreamResponse:
    """Stream to one tab until it leaves, the session ends or the house stops."""
    wanted = visit.request.query.get("c", "")
    response = web.StreamResponse(headers=STREAM)
    stream = Stream(
        visit=visit,
        response=response,
        view=asking.view_of(visit.request.query.get("view")),
        open_id=key_of(wanted) or 0,
        pane="customer" if visit.request.query.get("pane") == "customer" else "conversation",
    )
    try:
        await response.prepare(visit.request)
        with visit.app.live.subscribe() as changes:
            await stream.everything()
            await follow(stream, changes)
    except (ConnectionResetError, ConnectionError):
        return response  # the tab is gone; it resumes by itself
    return response


async def follow(stream: Stream, changes: AsyncIterator[Change], beat: float = BEAT_SECONDS) -> None:
    """Send changes as they come, those of one moment together, and a beat in every silence."""
    coming = asyncio.ensure_future(_next(changes))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=beat)
            if not done:
                if not await stream.beat():
                    return
                continue
            batch: list[Change] = []
            while coming.done() and len(batch) < BATCH:
                change = coming.result()
                if change is None:
                    return
                batch.append(change)
                coming = asyncio.ensure_future(_next(changes))
                await asyncio.wait({coming}, timeout=GATHER_SECONDS)
            if not await stream.show(batch):
                return
    finally:
        coming.cancel()


async def _next(changes: AsyncIterator[Change]) -> Change | None:
    """Return the next change, or None once the house stops."""
    return await anext(changes, None)
