"""Whatever order, repetition and grouping hooks come in, the same rows are left."""

import asyncio
import copy
import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from storage import migrate
from storage.database import Database
from tests.storage.keeping import Home, changed, consented, heard, said, sent_answer

FACTS = [
    *(said(number, f"words {number}") for number in (1, 2, 3)),
    said(1, "hello", who="telegram:43"),
    changed(1, "edited", "first edit", minutes=5),
    changed(1, "edited", "last edit", minutes=6),
    changed(2, "deleted", minutes=7),
    changed(2, "edited", "edited and deleted", minutes=6),
    changed(3, "reacted", "👍", minutes=8),
    *(heard("9:1", status, minute) for minute, status in enumerate(("sent", "delivered", "read"))),
    *(heard("9:2", status, minute) for minute, status in enumerate(("sent", "failed"))),
    consented("stop", 3),
    consented("start", 4),
    consented("stop", 5, who="telegram:43"),
]
QUESTIONS = (
    "SELECT external_id, text, deleted_at, reaction, sent_at FROM messages WHERE direction = 'in' ORDER BY 1",
    "SELECT external_id, edited_at IS NULL FROM messages WHERE direction = 'in' ORDER BY 1",
    "SELECT external_id, state FROM deliveries ORDER BY 1",
    "SELECT address, stopped_at FROM addresses ORDER BY 1",
    "SELECT word, at FROM consents ORDER BY 1, 2",
    "SELECT count(*) FROM conversations",
    "SELECT count(*) FROM customers",
)


@st.composite
def histories(draw: st.DrawFn) -> list[list[Any]]:
    """Every fact at least once, some twice, in any order, cut into batches anywhere."""
    numbers = draw(st.permutations(range(len(FACTS))))
    again = draw(st.lists(st.sampled_from(range(len(FACTS))), max_size=8))
    cuts = sorted(draw(st.sets(st.integers(1, len(numbers) - 1), max_size=6)))
    facts = [FACTS[number] for number in [*numbers, *again]]
    edges = [0, *cuts, len(facts)]
    return [facts[start:stop] for start, stop in itertools.pairwise(edges)]


async def _begun(path: Path) -> None:
    """A database where an answer of two parts was sent already."""
    home = await _home(path)
    await migrate.upgrade(home.database)
    await home.keep(said(0, "the first"))
    await sent_answer(home, "9:1", "9:2")
    await _leave(home)


async def _home(path: Path) -> Home:
    database = Database(f"sqlite:///{path}")
    await database.open()
    return Home(database)


async def _leave(home: Home) -> None:
    await home.keeper.close()
    await home.database.close()


async def _rows_after(begun: Path, batches: list[list[Any]]) -> list[list[tuple[Any, ...]]]:
    with tempfile.TemporaryDirectory() as folder:
        home = await _home(Path(shutil.copy(begun, folder)))
        for batch in batches:
            await home.keep(*copy.deepcopy(batch))
        rows = [await home.rows(question) for question in QUESTIONS]
        await _leave(home)
        return rows


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shapes") / "tidings.db"
    asyncio.run(_begun(path))
    return path


@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(batches=histories())
def test_any_order_repetition_and_grouping_leaves_the_same_rows(
    begun: Path, batches: list[list[Any]]
) -> None:
    rows = asyncio.run(_rows_after(begun, batches))
    texts = ["the first", "last edit", "edited and deleted", "words 3", "hello"]
    assert [row[1] for row in rows[0]] == texts
    assert [row[1] for row in rows[2]] == ["read", "failed"]
    assert rows == asyncio.run(_rows_after(begun, [[fact] for fact in FACTS]))
