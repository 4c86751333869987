"""What was said with a visitor, a page at a time."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from bots.webchat.identity import address_of
from inbox.chat.shown import Shown, answering, shown
from inbox.chat.visitors import now
from inbox.media import MediaStore
from storage.chat import said_with
from storage.database import Database

PAGE_OF_MESSAGES: Final = 50
Visited = Callable[[str, datetime], Awaitable[object]]


class History:
    """Looks up what was said in one web chat."""

    def __init__(
        self, channel: str, database: Database, media: MediaStore, visited: Visited | None = None
    ) -> None:
        """Read from *database* what went over *channel*; files get links of *media*.

        *visited* hears of each look at the newest words, to say what waits for the visitor first.
        """
        self._channel = channel
        self._visited = visited
        self._database = database
        self._media = media

    async def look(self, visitor: str, *, after: int | None = None, before: int | None = None) -> Shown:
        """See what was said with *visitor*; `more` says that there is more in the asked direction."""
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
        more = len(rows) > PAGE_OF_MESSAGES
        if more:
            rows = rows[:-1] if after is not None else rows[1:]
        told = [shown(row, visitor, self._media.link) for row in rows]
        return {
            "messages": told,
            "agent": answering(rows),
            "more": more,
            "from": told[0]["id"] if told else "",
        }
