"""Before a conversation is resolved: what becomes of the promises that are open in it."""

from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from inbox.desk.errors import DeskError
from inbox.desk.promise_acts import Fate
from inbox.desk.web import asking, pages, times
from inbox.desk.web.forms import Form
from inbox.desk.web.promise_views import view_of
from inbox.desk.web.site import Visit
from storage import desk_log, promises

NO_TIME: Final = "That time has passed or cannot be read. Choose a time to come."


def asked(key: int, form: Form) -> str:
    """Return the address of the page that asks of each open promise what becomes of it."""
    query = {"view": asking.view_of(form.fields.get("view")), "reason": form.text("reason")[:300]}
    return f"/desk/c/{key}/resolve?{urlencode(query)}"


async def question(visit: Visit) -> web.StreamResponse:
    """Ask of each open promise of a conversation what becomes of it."""
    key = int(visit.request.match_info["id"])
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
        open_ones = await promises.open_in(connection, key)
        names = await asking.names_of(connection)
    if about is None:
        return await pages.problem(visit)
    query = visit.request.query
    return await pages.plain(
        visit,
        "resolve.html",
        "desk",
        key=key,
        view=asking.view_of(query.get("view")),
        reason=query.get("reason", "")[:300],
        whom=about.customer.name or "the customer",
        asked=[view_of(one, names, visit.reader) for one in open_ones],
    )


async def fates_of(visit: Visit, key: int, form: Form) -> dict[int, Fate]:
    """Read what was decided about each open promise; raises a DeskError for a time that cannot be."""
    async with visit.app.database.reading() as connection:
        open_ones = await promises.open_in(connection, key)
    fates: dict[int, Fate] = {}
    for one in open_ones:
        match form.text(f"promise.{one.id}"):
            case "kept":
                fates[one.id] = Fate(what="kept")
            case "dropped":
                fates[one.id] = Fate(what="dropped")
            case "moved":
                fates[one.id] = Fate(what="moved", due_at=new_time(visit, form.text(f"at.{one.id}")))
            case _:
                continue
    return fates


def new_time(visit: Visit, text: str) -> datetime | None:
    """Read a time to come as a form's field writes it, in the agent's zone; None where none is written."""
    if not text:
        return None
    at = times.chosen("date", text, visit.now, visit.reader.zone)
    if at is None:
        raise DeskError(NO_TIME)
    return at
