"""What grows with all that was ever sent must not be read through by what is asked all the time."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from storage import deliveries, endings, queues, slack_turns
from storage.database import Connection, Database
from tests.databases import begin_sqlite

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ASKED: dict[str, Callable[[Connection], Awaitable[Any]]] = {
    "what is owed, counted": deliveries.counts,
    "what is owed, listed": deliveries.owed,
    "when a lane has something to do": lambda connection: deliveries.dues(connection, "sms"),
    "what is to be looked up": lambda connection: deliveries.to_ask(connection, "sms", NOW, 4),
    "what may go": lambda connection: queues.claim(connection, "sms", NOW, 32),
    "what a crash left half-way": lambda connection: endings.recover(connection, ["sms"], "perhaps", NOW),
    "what Slack was asked for": lambda connection: slack_turns.asking(connection, "slack"),
    "who waits for something": lambda connection: deliveries.who_waits(connection, "sms", [1, 2]),
}
SMALL = ("ix_deliveries_open", "ix_deliveries_due", "ix_deliveries_stuck", "ix_deliveries_turn")


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
async def test_deliveries_that_ended_are_not_read(
    asked: Callable[[Connection], Awaitable[Any]], tmp_path: Path
) -> None:
    database = Database(begin_sqlite(tmp_path / "a.db"))
    statements: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    event.listen(database._writer.sync_engine, "before_cursor_execute", note)
    async with database.writing() as connection:
        await asked(connection)
        plans = [
            str(row.detail)
            for statement, parameters in statements[1:]
            for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    await database.close()
    read = [plan for plan in plans if " deliveries" in plan and "PRIMARY KEY" not in plan]
    assert read
    assert [plan for plan in read if not any(name in plan for name in SMALL)] == []


async def test_who_claims_a_few_of_very_many_reads_a_few(database: Database) -> None:
    statements: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    async with database.writing() as connection:
        if database.dialect == "postgresql":  # else it is as cheap to sort the few that there are
            await connection.exec_driver_sql("SET LOCAL enable_sort = off")
        event.listen(database._writer.sync_engine, "before_cursor_execute", note)
        await queues.claim(connection, "sms", NOW, 32, [1])
        statement, parameters = statements[0]
        explain = "EXPLAIN" if database.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        rows = await connection.exec_driver_sql(f"{explain} {statement}", parameters)
        plan = " ".join(str(column) for row in rows for column in row)
    assert "ix_deliveries_turn" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
