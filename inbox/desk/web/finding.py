"""Finding: the search page, and the rows of the command palette."""

from aiohttp import web

from inbox.desk.web import asking, pages
from inbox.desk.web.parts import RowView, row_views
from inbox.desk.web.site import Visit
from storage import desk, desk_find
from storage.database import Connection

LONGEST = 100
ROWS = 8


async def find(visit: Visit) -> web.StreamResponse:
    """Find customers by name or address."""
    words = _words(visit)
    async with visit.app.database.reading() as connection:
        rows = await desk_find.found(connection, words) if words else []
    found = row_views(rows, visit.app.channels, visit.reader)
    return await pages.plain(visit, "find.html", "find", q=words, found=found, view="all", chosen=0)


async def palette(visit: Visit) -> web.StreamResponse:
    """Give the palette's rows as a fragment: who is found, or without words what was last said."""
    words = _words(visit)
    async with visit.app.database.reading() as connection:
        rows = await _found(visit, connection, words) if words else await _recent(visit, connection)
    view = asking.view_of(visit.request.query.get("view"))
    html = visit.part("parts/found.html", found=rows, words=words, view=view)
    return web.Response(text=html, content_type="text/html")


async def _found(visit: Visit, connection: Connection, words: str) -> list[RowView]:
    rows = await desk_find.found(connection, words, limit=ROWS)
    return row_views(rows, visit.app.channels, visit.reader)


async def _recent(visit: Visit, connection: Connection) -> list[RowView]:
    """List the agent's own conversations, last said first, whether they wait or go on."""
    waiting = await desk.waiting(connection, "mine", visit.agent)
    going = await desk.going(connection, "mine", visit.agent, limit=ROWS)
    latest = sorted([*waiting, *going], key=lambda row: row.last_at, reverse=True)
    return row_views(latest[:ROWS], visit.app.channels, visit.reader)


def _words(visit: Visit) -> str:
    return visit.request.query.get("q", "").replace("\0", "").strip()[:LONGEST]
