"""The audit log: added to, searched, and changed by nobody."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from storage import audit
from storage.audit import Asked, Line
from storage.database import Connection, Database
from storage.tables import audits

MINUTE = timedelta(minutes=1)


def line(**values: Any) -> Line:
    """A line of Ana's."""
    told: dict[str, Any] = {"at": datetime.now(UTC), "who": "agent", "agent_id": 1, "what": "changed"}
    return Line(**told | values)


async def keep(database: Database, *lines: Line) -> None:
    async with database.writing() as connection:
        for one in lines:
            assert await audit.write(connection, database.ids, one)


async def found(database: Database, **asked: Any) -> list[str]:
    async with database.reading() as connection:
        return [one.detail for one in await audit.page(connection, Asked(**asked))]


async def change(connection: Connection) -> None:
    await connection.execute(update(audits).values(detail="other"))


async def take_out(connection: Connection) -> None:
    await connection.execute(delete(audits))


async def empty(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        await connection.execute(text("DELETE FROM audits"))
    else:
        await connection.execute(text("TRUNCATE audits"))


@pytest.mark.parametrize("deed", [change, take_out, empty])
async def test_the_database_itself_refuses_to_change_a_line(
    database: Database, deed: Callable[[Connection], Awaitable[None]]
) -> None:
    await keep(database, line(detail="one"))
    with pytest.raises(DBAPIError, match="a line of the audit log"):
        async with database.writing() as connection:
            await deed(connection)
    assert await found(database) == ["one"]


async def test_a_line_comes_back_as_it_was_written(database: Database) -> None:
    told = line(name="ana", operation="tag", customer_id=7, conversation_id=9, face="slack", ip="::1")
    await keep(database, told)
    async with database.reading() as connection:
        [back] = await audit.page(connection, Asked())
    assert replace(back, id=0, at=told.at) == told
    assert abs(back.at - told.at) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({}, "dcba"),
        ({"agents": [1]}, "ba"),
        ({"agents": [1, 2]}, "cba"),
        ({"agents": []}, ""),
        ({"customers": [8, 7]}, "db"),
        ({"agents": [1, 2], "customers": [7]}, "b"),
        ({"conversation": 9}, "c"),
        ({"what": "saw"}, "da"),
        ({"agents": [1, 2], "what": "saw"}, "a"),
    ],
    ids=str,
)
async def test_lines_are_found_newest_first_by_all_that_is_named(
    database: Database, asked: dict[str, Any], wanted: str
) -> None:
    await keep(
        database,
        line(detail="a", what="saw"),
        line(detail="b", customer_id=7),
        line(detail="c", agent_id=2, conversation_id=9),
        line(detail="d", agent_id=None, who="command", what="saw", customer_id=8),
    )
    assert "".join(await found(database, **asked)) == wanted


async def test_pages_go_on_where_the_last_ended(database: Database) -> None:
    await keep(database, *(line(detail=str(at), agent_id=at % 2 + 1) for at in range(5)))
    async with database.reading() as connection:
        for agents in (None, [1, 2]):
            first = await audit.page(connection, Asked(agents=agents), 2)
            more = await audit.page(connection, Asked(agents=agents, before=first[-1].id), 2)
            assert [one.detail for one in (*first, *more)] == ["4", "3", "2", "1"]


async def test_days_bound_what_is_found(database: Database) -> None:
    await keep(database, line(detail="now"))
    now = datetime.now(UTC)
    assert await found(database, since=now - MINUTE, until=now + MINUTE) == ["now"]
    assert await found(database, since=now + MINUTE) == []
    assert await found(database, until=now - MINUTE) == []


async def test_what_is_written_once_is_written_once(database: Database) -> None:
    async with database.writing() as connection:
        first = await audit.write(connection, database.ids, line(detail="first"), once="saw:1:c:9:12")
        again = await audit.write(connection, database.ids, line(detail="again"), once="saw:1:c:9:12")
        other = await audit.write(connection, database.ids, line(detail="other"), once="saw:1:c:9:13")
    assert (first, again, other) == (True, False, True)
    assert await found(database) == ["other", "first"]


async def test_only_retention_lets_lines_go_and_only_old_ones(database: Database) -> None:
    await keep(database, *(line(detail=str(at)) for at in range(3)))
    now = datetime.now(UTC)
    async with database.writing() as connection:
        assert await audit.forget(connection, now - MINUTE, 100) == 0
        assert await audit.forget(connection, now + MINUTE, 2) == 2
    assert await found(database) == ["2"]
    async with database.writing() as connection:
        assert await audit.forget(connection, now + MINUTE, 2) == 1
    async with database.reading() as connection:
        assert await audit.count(connection) == 0
    async with database.writing() as connection:
        await audit.write(connection, database.ids, line(at=now + 2 * MINUTE, detail="new"))
