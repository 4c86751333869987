"""What was said with a visitor, a page at a time."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bots.webchat.identity import address_of
from inbox.chat.shown import Shown, answering, shown
from inbox.chat.visitors import now
from inbox.media import MediaStore
from inbox.preferences.links import Links
from storage import customers
from storage.chat import said_with
from storage.database import Connection, Database

PAGE_OF_MESSAGES: Final = 50
LINK_LIVES: Final = timedelta(days=1)
"""How long the link to the visitor's own page works: each look makes a new one."""
Visited = Callable[[str, datetime], Awaitable[object]]


class History:
    """Looks up what was said in one web chat."""

    def __init__(
        self,
        channel: str,
        database: Database,
        media: MediaStore,
        visited: Visited | None = None,
        links: Links | None = None,
    ) -> None:
        """Read from *database* what went over *channel*; files get links of *media*.

        *visited* hears of each look at the newest words, to say what waits for the visitor first;
        *links* lead who is a customer to their own page.
        """
        self._channel = channel
        self._visited = visited
        self._database = database
        self._media = media
        self._links = links

    async def look(self, visitor: str, *, after: int | None = None, before: int | None = None) -> Shown:
        """See what was said with *visitor*; `more` says that there is more in the asked direction.

        `page` is the path of the page where they see and change what they get; empty until they wrote.
        """
        if before is None and self._visited is not None:
            await self._visited(address_of(visitor), now())
        async with self._database.reading() as connection:
            rows = await said_with(
                connection,
                self._channel,
                address_of(visitor),
                after=after,
                before=before,
                limit=PAGE_OF_MESSAGES + 1,
            )
            page = await self._page(connection, visitor)
        more = len(rows) > PAGE_OF_MESSAGES
        if more:
            rows = rows[:-1] if after is not None else rows[1:]
        told = [shown(row, visitor, self._media.link) for row in rows]
        return {
            "messages": told,
            "agent": answering(rows),
            "more": more,
            "from": told[0]["id"] if told else "",
            "page": page,
        }

    async def _page(self, connection: Connection, visitor: str) -> str:
        """Make the path of a visitor's own page, if they are a customer."""
        mine = await customers.by_address(connection, address_of(visitor)) if self._links else None
        if self._links is None or mine is None:
            return ""
        return f"/p/{self._links.token(mine.customer_id, now(), LINK_LIVES)}"
