"""Every operation of the desk is in Slack and in the browser, and writes the same rows."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from inbox.desk.operations import Desk
from tests.inbox.desk.faces import InBrowser, InSlack, Operation, Place
from tests.inbox.desk.faces_agents import AGENTS
from tests.inbox.desk.faces_conversations import CONVERSATIONS
from tests.inbox.desk.faces_customers import CUSTOMERS
from tests.inbox.desk.faces_promises import PROMISES
from tests.inbox.desk.faces_sending import SENDING
from tests.inbox.desk.slack.bureau import bureau
from tests.inbox.desk.web.house import NOW, POLICY, house_in

OPERATIONS: Final[tuple[Operation, ...]] = (*AGENTS, *CONVERSATIONS, *CUSTOMERS, *PROMISES, *SENDING)


@pytest.fixture
async def in_slack(tmp_path: Path) -> AsyncIterator[InSlack]:
    """Maria has written; Ana has the card before her."""
    folder = tmp_path / "slack"
    folder.mkdir()
    async with bureau(folder, of_team={"reactions": True}, spec={"reactions": ("👍",)}) as made:
        card = await made.opened("hello")
        [(conversation,)] = await made.house.rows("SELECT id FROM conversations")
        [(agent,)] = await made.house.rows("SELECT id FROM agents WHERE key = 'ana'")
        yield InSlack(
            desk=made.house.desk,
            database=made.house.database,
            agent=agent,
            conversation=conversation,
            now=made.now(),
            bureau=made,
            card=card,
        )
        assert made.slack.mistakes == []


@pytest.fixture
async def in_browser(tmp_path: Path) -> AsyncIterator[InBrowser]:
    """A customer has written; Tiago is signed in."""
    folder = tmp_path / "browser"
    folder.mkdir()
    teams = tuple(team.model_copy(update={"reactions": True}) for team in POLICY.teams)
    reacting = POLICY.model_copy(update={"teams": teams})
    async with house_in(folder, policy=reacting) as house:
        await house.sign_in()
        conversation = await house.conversation("Maria")
        yield InBrowser(
            desk=house.app.desk,
            database=house.app.database,
            agent=house.agents["tiago"],
            conversation=conversation,
            now=NOW,
            house=house,
        )


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.name for one in OPERATIONS])
async def test_both_faces_do_the_same(operation: Operation, in_slack: InSlack, in_browser: InBrowser) -> None:
    for place in (in_slack, in_browser):
        if operation.first is not None:
            await operation.first(place)
    before = await in_browser.rows(operation.shows)
    await operation.browser(in_browser)
    wanted = await in_browser.rows(operation.shows)
    assert wanted != before, "it did something"
    await operation.slack(in_slack)
    assert await _settled(in_slack, operation.shows, wanted) == wanted


async def _settled(place: Place, sql: str, wanted: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Ask until the rows are as wanted: what is pressed in Slack is done from its journal."""
    found: list[tuple[Any, ...]] = []
    try:
        async with asyncio.timeout(25):
            while (found := await place.rows(sql)) != wanted:
                await asyncio.sleep(0.02)
    except TimeoutError:
        return found
    return found


ALONE: Final = {
    "birthday_today": "the loop of touches says it; nobody presses anything",
    "check_customer": "what `change_customer` asks first",
    "house": "a question, not an act",
    "read_up_to": "by looking at a page; Slack tells nobody what was read",
    "wished": "who listens for wishes says it; nobody presses anything",
    "set_available": "the browser's old switch: away and back are `set_away` and `set_back`",
}
"""Coroutines of the desk that are no operation of an agent's, and why."""


def test_every_operation_of_the_desk_is_in_the_table() -> None:
    coroutines = inspect.getmembers(Desk, inspect.iscoroutinefunction)
    operations = {name for name, _ in coroutines if not name.startswith("_")}
    listed = {one.name.partition(",")[0] for one in OPERATIONS}
    assert operations - listed - ALONE.keys() == set()
    assert listed - operations == set(), "the table names nothing that is gone"
