"""Both faces of the desk over houses of their own: one customer who wrote, one agent who acts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inbox.desk.operations import Desk
from storage.database import Database
from tests.inbox.desk.slack.bureau import Bureau
from tests.inbox.desk.web.house import House
from tests.providers.slack import Message
from tests.providers.slack.state import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an operation is done: the desk, who acts, and the conversation with the customer."""

    desk: Desk
    database: Database
    agent: int
    conversation: int
    now: datetime

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answer a question of the test's own."""
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.exec_driver_sql(sql)]


@dataclass(frozen=True, slots=True, kw_only=True)
class InSlack(Place):
    """The Slack face: the look-alike with the conversation's card."""

    bureau: Bureau
    card: Message

    async def fills(self, button: str, values: dict[str, Any], surface: Message | None = None) -> None:
        """Press what opens a modal, wait until it is whole, fill it and send it."""
        ana = self.bureau.ana
        await ana.clicks(surface or self.card, button)
        await self.bureau.until(lambda: ana.view is not None and "Loading…" not in str(ana.view.body))
        view = ana.view
        assert isinstance(view, View)
        await ana.submits(view, values)

    async def post(self, words: str) -> Message:
        """Wait for a post in the thread that holds these words."""
        await self.bureau.until(lambda: [one for one in self.bureau.posts if words in one.text])
        return next(one for one in self.bureau.posts if words in one.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class InBrowser(Place):
    """The browser face: a signed-in agent's client."""

    house: House

    async def posts(self, address: str, /, **fields: str) -> None:
        """Send a form of the page; it must lead on."""
        answer = await self.house.post(address, **fields)
        assert answer.status in (200, 303), await answer.text()

    def field(self, ahead: timedelta) -> str:
        """Write an instant to come as a form's field does, in the agent's zone."""
        return f"{(self.now + ahead):%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: how it comes to be possible, how each face does it, and what is asked of the rows.

    *shows* is a question whose rows must be the same for both faces, and not as before.
    """

    name: str
    shows: str
    slack: Callable[[InSlack], Awaitable[None]]
    browser: Callable[[InBrowser], Awaitable[None]]
    first: Callable[[Place], Awaitable[Any]] | None = None
