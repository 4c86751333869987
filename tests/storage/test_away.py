"""What is a database that is away for now, and what is a hook that spoils."""

from pathlib import Path
from socket import gaierror

import asyncpg
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.database import Database, Unavailable, translated

AWAY = {
    "it became a standby": asyncpg.ReadOnlySQLTransactionError(
        "cannot execute INSERT in a read-only transaction"
    ),
    "it recovers": asyncpg.CannotConnectNowError("the database system is in recovery mode"),
    "it begins": asyncpg.CannotConnectNowError("the database system is not yet accepting connections"),
    "it is full of others": asyncpg.TooManyConnectionsError(
        "remaining connection slots are reserved for roles with the SUPERUSER attribute"
    ),
    "its tables changed": asyncpg.InvalidCachedStatementError(
        "cached statement plan is invalid due to a database schema or configuration change"
    ),
    "we were too slow": asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    "it ends while it is asked": asyncpg.InternalClientError(
        "cannot switch to state 11; another operation (2) is in progress"
    ),
    "we stop": asyncpg.InterfaceError("pool is closing"),
    "it says nothing": TimeoutError(),
    "its name is nobody's": gaierror(-2, "Name or service not known"),
    "all connections are out": PoolTimeout("QueuePool limit of size 10 overflow 10 reached"),
}
SPOILED = {
    "a NUL": asyncpg.CharacterNotInRepertoireError('invalid byte sequence for encoding "UTF8": 0x00'),
    "a key that says so": asyncpg.UniqueViolationError(
        "duplicate key value violates unique constraint\nDETAIL:  Key (name)=(connection is closed) exists."
    ),
    "a number": asyncpg.NumericValueOutOfRangeError("value out of int64 range"),
}


@pytest.mark.parametrize("error", [pytest.param(one, id=name) for name, one in AWAY.items()])
def test_what_passes_spoils_no_hook(error: Exception) -> None:
    assert isinstance(translated(error), Unavailable)


@pytest.mark.parametrize("error", [pytest.param(one, id=name) for name, one in SPOILED.items()])
def test_what_a_hook_says_is_no_database_that_is_away(error: Exception) -> None:
    assert translated(error) is None


@pytest.mark.parametrize("name", ["it says nothing", "its name is nobody's", "all connections are out"])
async def test_whoever_reads_hears_that_it_is_away(name: str, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/tidings.db")
    with pytest.raises(Unavailable):
        async with database.reading():
            raise AWAY[name]
    await database.close()


@pytest.mark.parametrize("error", [AWAY["it ends while it is asked"], AWAY["we stop"]])
async def test_what_the_driver_says_past_sqlalchemy_is_understood_too(
    error: Exception, postgres_url: str
) -> None:
    database = Database(postgres_url)
    with pytest.raises(Unavailable):
        async with database.reading():
            raise error
    with pytest.raises(Unavailable):
        async with database.writing():
            raise error
    await database.close()
