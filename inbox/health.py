"""Whether we live, whether we can work, and what is counted."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client.exposition import choose_encoder

from inbox.metrics import Metrics
from storage import conversations, deliveries, facts, hooks
from storage.database import Database, StorageError, StorageFull

if TYPE_CHECKING:
    from inbox.app import App

WRITE_SECONDS = 2.0


def routes(app: "App") -> list[web.AbstractRouteDef]:
    """Answer /healthz, /readyz and /metrics."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        trouble = await why_not(app.database, started=app.started, now=datetime.now(UTC))
        return web.Response(status=503 if trouble else 200, text=f"{trouble or 'ready'}\n")

    async def metrics(request: web.Request) -> web.Response:
        await look(app.metrics, app.database, datetime.now(UTC))
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(app.metrics.registry), headers={"Content-Type": content_type})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


async def why_not(database: Database, *, started: bool, now: datetime) -> str:
    """Say why we cannot work, or nothing: a real row is written, as a full disk shows only then."""
    if not started:
        return "starting"
    try:
        async with asyncio.timeout(WRITE_SECONDS), database.writing() as connection:
            await facts.tell(connection, "ready", now.isoformat())
    except (StorageFull, StorageError, OSError, TimeoutError) as error:
        return f"the database cannot be written ({type(error).__name__})"
    return ""


async def look(metrics: Metrics, database: Database, now: datetime) -> None:
    """Set the gauges to what the rows say at *now*."""
    async with database.reading() as connection:
        counted = await deliveries.counts(connection)
        since = await conversations.oldest_waiting(connection)
        stuck = await hooks.failed_count(connection)
    metrics.owed.clear()
    for (lane, state), number in counted.items():
        metrics.owed.labels(lane, state).set(number)
    metrics.stuck_hooks.set(stuck)
    metrics.oldest_waiting.set(max(0.0, (now - since).total_seconds()) if since else 0.0)
