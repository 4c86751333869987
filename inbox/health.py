"""Whether we live, whether we can work, and what is counted."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client.exposition import choose_encoder

from inbox.metrics import Metrics
from storage import conversations, deliveries, facts, hooks
from storage.database import Database, StorageError, Unavailable

if TYPE_CHECKING:
    from inbox.app import App

WRITE_EVERY = 5.0  # seconds between two writes that only ask whether writing works
PROBE_SECONDS = 2.0


def routes(app: "App") -> list[web.AbstractRouteDef]:
    """Answer /healthz, /readyz and /metrics."""
    readiness = Readiness(app.database)

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(status=503, text="stopping\n") if app.stopping else web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        trouble = await readiness.why_not(started=app.started, now=datetime.now(UTC))
        return web.Response(status=503 if trouble else 200, text=f"{trouble or 'ready'}\n")

    async def metrics(request: web.Request) -> web.Response:
        await look(app.metrics, app.database, datetime.now(UTC))
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(app.metrics.registry), headers={"Content-Type": content_type})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


class Readiness:
    """Whether we can work: a row is read, and now and then one written, as a full disk shows only then."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        """Ask *database*; *clock* counts seconds."""
        self._database = database
        self._clock = clock
        self._turn = asyncio.Lock()
        self._written_at: float | None = None
        self._trouble = ""

    async def why_not(self, *, started: bool, now: datetime) -> str:
        """Say why we cannot work, or nothing."""
        if not started:
            return "starting"
        async with self._turn:
            at = self._clock()
            if self._written_at is None or at - self._written_at >= WRITE_EVERY:
                self._trouble = await _trouble(_write(self._database, now), "written")
                self._written_at = self._clock()
                return self._trouble
        return self._trouble or await _trouble(_read(self._database), "read")


async def _trouble(probe: Awaitable[None], what: str) -> str:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await probe
    except (Unavailable, StorageError, OSError, TimeoutError) as error:
        return f"the database cannot be {what} ({type(error).__name__})"
    return ""


async def _write(database: Database, now: datetime) -> None:
    async with database.writing() as connection:
        await facts.tell(connection, "ready", now.isoformat())


async def _read(database: Database) -> None:
    async with database.reading() as connection:
        await facts.told(connection, "ready")


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
