"""Claims about the desk's questions: each view in order, counted and cheap however long the queue."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from storage import desk, desk_log
from storage.database import Database
from storage.desk import View
from storage.rows import Agent
from storage.tables import addresses, agents, conversations, customers, messages

NOW = datetime(2026, 11, 24, 14, 40, tzinfo=UTC)
MIN = timedelta(minutes=1)
ME = Agent(
    id=1,
    key="tiago",
    name="Tiago",
    email="",
    slack_id="",
    role="agent",
    teams=["care", "shop"],
    zone="UTC",
    theme="",
    active=True,
    available=True,
    idle_since=None,
    created_at=NOW,
)
VIEWS: tuple[View, ...] = ("mine", "unassigned", "team", "all")


@pytest.fixture(autouse=True)
async def two_agents(database: Database) -> None:
    """Keep two agents."""
    async with database.writing() as connection:
        for key, name in ((1, "Tiago"), (2, "Helena")):
            row = {"id": key, "key": name.lower(), "name": name, "teams": [], "created_at": NOW}
            await connection.execute(insert(agents).values(**row))


async def keep(database: Database, rows: list[dict[str, Any]]) -> None:
    """Keep conversations, each with a customer and an address of its own; ids count from 1."""
    numbered = list(enumerate(rows, 1))
    async with database.writing() as connection:
        await connection.execute(
            insert(customers), [{"id": key, "name": f"N{key}", "created_at": NOW} for key, _ in numbered]
        )
        await connection.execute(
            insert(addresses),
            [
                {"id": key, "customer_id": key, "address": f"tel:+{key}", "channel": "sms", "created_at": NOW}
                for key, _ in numbered
            ],
        )
        await connection.execute(
            insert(conversations),
            [
                {
                    "id": key,
                    "customer_id": key,
                    "address_id": key,
                    "channel": "sms",
                    "team": "care",
                    "state": "open",
                    "owner_id": None,
                    "waiting_since": None,
                    "opened_at": NOW,
                    "last_at": NOW - key * MIN,
                    **row,
                }
                for key, row in numbered
            ],
        )


ROWS: list[dict[str, Any]] = [
    {"owner_id": 1, "waiting_since": NOW - 5 * MIN},
    {"owner_id": 1, "waiting_since": NOW - 9 * MIN, "team": "other"},
    {"owner_id": 1},
    {"owner_id": 1, "state": "snoozed", "last_at": NOW},
    {"owner_id": 1, "state": "resolved"},
    {"owner_id": 2, "waiting_since": NOW - 7 * MIN, "team": "shop"},
    {"waiting_since": NOW - 1 * MIN, "team": "other"},
    {"waiting_since": NOW - 2 * MIN},
]


@pytest.mark.parametrize(
    ("view", "waiting", "going"),
    [
        ("mine", [2, 1], [4, 3]),
        ("unassigned", [8, 7], []),
        ("team", [6, 1, 8], [4, 3]),
        ("all", [2, 6, 1, 8, 7], [4, 3]),
    ],
)
async def test_each_view_is_in_its_order(
    database: Database, view: View, waiting: list[int], going: list[int]
) -> None:
    await keep(database, ROWS)
    async with database.reading() as connection:
        assert [row.id for row in await desk.waiting(connection, view, ME)] == waiting
        assert [row.id for row in await desk.going(connection, view, ME)] == going
        assert await desk.count_waiting(connection, view, ME) == len(waiting)


async def test_pages_follow_each_other_without_gap_or_overlap_also_where_times_are_equal(
    database: Database,
) -> None:
    same: list[dict[str, Any]] = [{"owner_id": 1, "waiting_since": NOW} for _ in range(7)]
    await keep(database, same + [{"owner_id": 1, "last_at": NOW} for _ in range(7)])
    async with database.reading() as connection:
        seen: list[int] = []
        after = before = None
        while page := await desk.waiting(connection, "mine", ME, after=after, limit=3):
            seen += [row.id for row in page]
            after = (page[-1].waiting_since or NOW, page[-1].id)
        while page := await desk.going(connection, "mine", ME, before=before, limit=3):
            seen += [row.id for row in page]
            before = (page[-1].last_at, page[-1].id)
    assert seen == [1, 2, 3, 4, 5, 6, 7, 14, 13, 12, 11, 10, 9, 8]


async def test_counts_leave_out_what_is_resolved_and_stop_where_nobody_reads_on(database: Database) -> None:
    await keep(database, ROWS)
    async with database.reading() as connection:
        assert await desk.counts(connection, ME) == {"mine": 4, "unassigned": 2, "team": 5, "waiting": 2}


async def test_a_count_never_goes_past_its_end(database: Database) -> None:
    await keep(database, [{"owner_id": 1, "waiting_since": NOW} for _ in range(desk.COUNT_TO + 5)])
    async with database.reading() as connection:
        assert (await desk.counts(connection, ME))["mine"] == desk.COUNT_TO
        assert await desk.count_waiting(connection, "all", ME) == desk.COUNT_TO


async def test_a_row_says_what_became_of_our_last_words(database: Database) -> None:
    await keep(database, [{"owner_id": 2}])
    async with database.writing() as connection:
        for key, direction, status in (
            (1, "out", "read"),
            (2, "out", "failed"),
            (3, "note", ""),
            (4, "in", ""),
        ):
            await connection.execute(
                insert(messages).values(
                    id=key,
                    conversation_id=1,
                    direction=direction,
                    channel="sms",
                    external_id=f"e{key}",
                    sent_at=NOW,
                    received_at=NOW,
                    status=status,
                )
            )
        row = await desk.row(connection, 1)
        assert row is not None
        assert (row.out_status, row.owner_name, row.customer_name) == ("failed", "Helena", "N1")
        assert await desk.row(connection, 99) is None
        log = await desk_log.log(connection, 1, limit=2)
        assert ([one.id for one in log.messages], log.earlier) == ([3, 4], True)
        before = await desk_log.log(connection, 1, before=3, limit=2)
        assert ([one.id for one in before.messages], before.earlier) == ([1, 2], False)


@pytest.mark.parametrize("view", VIEWS)
async def test_no_list_or_count_reads_the_whole_table_or_sorts_it(database: Database, view: View) -> None:
    """Ask the database itself how it would answer: by an index, in the index's order."""
    if database.dialect != "sqlite":
        pytest.skip("PostgreSQL plans by statistics: on eight rows it rightly scans")
    await keep(database, ROWS)
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _u: Any, statement: str, parameters: Any, _x: Any, _m: Any) -> None:
        asked.append((statement, parameters))

    async with database.reading() as connection:
        engine = connection.sync_connection.engine if connection.sync_connection else None
        event.listen(engine, "before_cursor_execute", note)
        await desk.waiting(connection, view, ME)
        await desk.going(connection, view, ME)
        await desk.count_waiting(connection, view, ME)
        await desk.counts(connection, ME)
        event.remove(engine, "before_cursor_execute", note)
        assert len(asked) >= 8
        for statement, parameters in asked:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [str(step._mapping["detail"]) for step in plan]
            assert not [step for step in steps if "SCAN conversations" in step and "INDEX" not in step], steps
            assert "USE TEMP B-TREE FOR ORDER BY" not in steps, statement
        assert await connection.scalar(text("SELECT count(*) FROM conversations")) == len(ROWS)
