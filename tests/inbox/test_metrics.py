"""What is counted stands in one registry a process and is read by a scraper."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from inbox.health import WRITE_EVERY, Readiness, look, routes
from inbox.metrics import Metrics
from storage import facts
from storage.database import Database
from storage.instants import to_micros
from storage.migrate import upgrade

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> Any:
    database = Database(f"sqlite:///{tmp_path / 'tidings.db'}")
    await database.open()
    await upgrade(database)
    yield database
    await database.close()


async def answered(app: Any, path: str) -> tuple[int, str]:
    site = web.Application()
    site.add_routes(routes(app))
    async with TestClient(TestServer(site)) as client, client.get(path) as answer:
        return answer.status, await answer.text()


async def test_two_processes_worth_of_metrics_do_not_meet() -> None:
    one, other = Metrics(), Metrics()
    one.duplicates.labels("sms").inc()
    assert one.registry.get_sample_value("tidings_duplicates_total", {"channel": "sms"}) == 1
    assert other.registry.get_sample_value("tidings_duplicates_total", {"channel": "sms"}) is None


async def test_a_scraper_reads_every_metric(database: Database) -> None:
    metrics = Metrics()
    metrics.accepted.labels("sms", "message").inc()
    metrics.send_seconds.labels("sms").observe(0.2)
    app = SimpleNamespace(database=database, metrics=metrics, started=True)
    status, text = await answered(app, "/metrics")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert status == 200
    assert families["tidings_accepted"].samples[0].labels == {"channel": "sms", "kind": "message"}
    assert families["tidings_send_seconds"].type == "histogram"
    assert families["tidings_oldest_waiting_seconds"].samples[0].value == 0
    assert all(family.documentation.endswith(".") for family in families.values())


async def test_every_metric_is_explained_to_the_operator() -> None:
    page = (Path(__file__).parents[2] / "docs" / "running.md").read_text()
    assert [family.name for family in Metrics().registry.collect() if f"`{family.name}" not in page] == []


async def test_we_live_before_we_are_ready(database: Database) -> None:
    app = SimpleNamespace(database=database, metrics=Metrics(), started=False, stopping=False)
    assert await answered(app, "/healthz") == (200, "ok\n")
    assert await answered(app, "/readyz") == (503, "starting\n")
    app.started = True
    assert await answered(app, "/readyz") == (200, "ready\n")
    async with database.reading() as connection:
        assert await facts.told(connection, "ready")
    app.stopping = True
    assert await answered(app, "/healthz") == (503, "stopping\n")


async def test_a_database_that_cannot_be_written_is_not_ready(database: Database) -> None:
    async with database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA query_only = ON")
    readiness = Readiness(database)
    for _ in range(2):
        assert "cannot be written" in await readiness.why_not(started=True, now=NOW)


async def test_asking_often_writes_seldom_and_trouble_is_told_at_the_next_write_and_gone_after_it(
    database: Database,
) -> None:
    seconds = [0.0]
    readiness = Readiness(database, lambda: seconds[0])

    async def asked(at: float) -> str:
        seconds[0] = at
        return await readiness.why_not(started=True, now=NOW + timedelta(seconds=at))

    assert [await asked(at) for at in (0.0, 1.0, WRITE_EVERY - 0.1)] == ["", "", ""]
    async with database.reading() as connection:
        assert await facts.told(connection, "ready") == NOW.isoformat()
    async with database.writing() as connection:
        await connection.exec_driver_sql("PRAGMA query_only = ON")
    assert "cannot be written" in await asked(WRITE_EVERY)
    assert "cannot be written" in await asked(WRITE_EVERY + 1)
    async with database.reading() as connection:
        assert await facts.told(connection, "ready") == NOW.isoformat()
    await _writable(database)
    assert await asked(2 * WRITE_EVERY) == ""


async def _writable(database: Database) -> None:
    async with database._writer.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        driver.raw.execute("PRAGMA query_only = OFF")


WAITS_SINCE = to_micros(NOW - timedelta(seconds=90))
ROWS = f"""
INSERT INTO customers (id, created_at) VALUES (1, 0);
INSERT INTO addresses (id, customer_id, address, channel, created_at) VALUES (1, 1, 'tel:+1', 'sms', 0);
INSERT INTO conversations
  (id, customer_id, address_id, channel, team, state, opened_at, last_at, waiting_since)
  VALUES (1, 1, 1, 'sms', 'support', 'open', 0, 0, {WAITS_SINCE});
INSERT INTO deliveries (id, lane, kind, conversation_id, "key", state, owed_at, due_at)
  VALUES (1, 'sms', 'message', 1, 'a', 'ready', 0, 0), (2, 'sms', 'message', 1, 'b', 'sent', 0, 0);
INSERT INTO hooks (id, channel, received_at, method, url, headers, body, state)
  VALUES (1, 'sms', 0, 'POST', '/', '{{}}', x'00', 'failed')
"""


async def test_gauges_say_what_the_rows_say(database: Database) -> None:
    async with database.writing() as connection:
        for statement in ROWS.split(";"):
            await connection.exec_driver_sql(statement)
    metrics = Metrics()
    await look(metrics, database, NOW)
    value = metrics.registry.get_sample_value
    assert value("tidings_owed", {"lane": "sms", "state": "ready"}) == 1
    assert value("tidings_owed", {"lane": "sms", "state": "sent"}) is None
    assert value("tidings_oldest_waiting_seconds") == 90
    assert value("tidings_stuck_hooks") == 1
