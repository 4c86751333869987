"""Calling a customer from the browser: a page that asks at which number, and the call itself."""

from aiohttp import web

from inbox.desk.calling import NO_NUMBER, lines, own_phone
from inbox.desk.errors import DeskError, NotThere
from inbox.desk.web import pages
from inbox.desk.web.actions import gone_to, here, refused
from inbox.desk.web.forms import form_of, gesture
from inbox.desk.web.site import Visit, key_of
from inbox.preferences.masks import masked
from storage import desk_log


async def ask(visit: Visit) -> web.StreamResponse:
    """Show the numbers, what should be known before, and whose phone rings first."""
    return await _page(visit, int(visit.request.match_info["id"]))


async def call(visit: Visit) -> web.StreamResponse:
    """Let the agent's phone ring; what was refused is said on the page."""
    key, form = int(visit.request.match_info["id"]), await form_of(visit)
    try:
        await visit.desk.call(
            key,
            visit.agent.id,
            address_id=key_of(form.text("to")),
            now=visit.now,
            key=gesture(visit, form),
        )
    except NotThere as error:
        return await refused(visit, key, form, error)
    except DeskError as error:
        return await _page(visit, key, error=str(error))
    return gone_to(visit, here(form, key, "called"))


async def _page(visit: Visit, key: int, error: str = "") -> web.StreamResponse:
    limits = visit.app.first_word.current.rules.limits
    async with visit.app.database.reading() as connection:
        about = await desk_log.about(connection, key)
        if about is None:
            return await pages.problem(visit)
        found = await lines(connection, visit.app.channels, limits, about.conversation, visit.now)
    why_not, phone = "" if found else NO_NUMBER, ""
    try:
        phone = masked(f"tel:{own_phone(visit.app.policies, visit.agent)}")
    except DeskError as missing:
        why_not = why_not or str(missing)
    return await pages.plain(
        visit,
        "call.html",
        "desk",
        status=409 if error else 200,
        key=key,
        whose=about.customer.name or "the customer",
        lines=found,
        phone=phone,
        why_not=why_not,
        error=error,
        gesture=f"c{visit.app.database.ids.next()}",
    )
