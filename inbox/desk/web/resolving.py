"""Resolving with care: why, a note, last words, and what becomes of the promises that are open."""

import secrets
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from inbox.desk.errors import DeskError
from inbox.desk.promise_acts import Fate
from inbox.desk.rating import parting
from inbox.desk.web import asking, pages, times
from inbox.desk.web.forms import Form
from inbox.desk.web.promise_views import view_of
from inbox.desk.web.site import Visit
from storage import desk_log, promises

NO_TIME: Final = "That time has passed or cannot be read. Choose a time to come."


def asked(key: int, form: Form) -> str:
    """Return the address of the page that asks why, and of each open promise what becomes of it."""
    query = {"view": asking.view_of(form.fields.get("view")), "reason": reason_of(form)}
    query |= {name: "yes" for name in ("thank", "ask") if form.fields.get(name)}
    return f"/desk/c/{key}/resolve?{urlencode(query)}"


async def question(visit: Visit) -> web.StreamResponse:
    """Ask why a conversation is resolved, what is said last, and what becomes of each open promise."""
    key = int(visit.request.match_info["id"])
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
        open_ones = await promises.open_in(connection, key)
        names = await asking.names_of(connection)
    if about is None:
        return await pages.problem(visit)
    query, knobs = visit.request.query, visit.app.policies.now.desk
    language = about.customer.language
    return await pages.plain(
        visit,
        "resolve.html",
        "desk",
        key=key,
        view=asking.view_of(query.get("view")),
        reason=query.get("reason", "")[:300],
        whom=about.customer.name or "the customer",
        asked=[view_of(one, names, visit.reader) for one in open_ones],
        reasons=knobs.resolve_reasons,
        thanks=parting(knobs, language, thank=True, ask=False),
        question=parting(knobs, language, thank=False, ask=True) if knobs.satisfaction else "",
        ticked={name for name in ("thank", "ask") if query.get(name)},
        gesture=secrets.token_urlsafe(12),
    )


def reason_of(form: Form) -> str:
    """Join the reason that was chosen and the words that were written."""
    return ": ".join(part for part in (form.text("reason"), form.text("more").strip()) if part)[:300]


async def last_words(visit: Visit, key: int, form: Form) -> dict[str, Any]:
    """Keep the form's note, and read what is said last to the customer, for `Desk.resolve`."""
    gesture = form.text("key")[:64]
    if text := form.text("note").strip():
        once = f"web:{visit.agent.id}:{gesture}:note" if gesture else ""
        await visit.desk.note(key, visit.agent.id, text=text, now=visit.now, key=once)
    told = {name: bool(form.fields.get(name)) for name in ("thank", "ask")}
    return {**told, "key": f"web:{visit.agent.id}:{gesture}" if gesture else ""}


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
