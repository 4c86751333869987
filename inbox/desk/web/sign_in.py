"""Signing in by a link that works once, and signing out."""

import secrets
from datetime import datetime
from typing import Final

from aiohttp import web

from inbox.desk import auditing
from inbox.desk.auditing import Door, of_agent
from inbox.desk.web.guard import NotOurs, check_token, cookie_of, remember
from inbox.desk.web.site import Site, Visit
from inbox.paces import place_of
from inbox.posted import fields_of
from storage import agents, sessions
from storage.audit import Line
from storage.database import Connection

ENTRY: Final = "tidings_entry"
FORM_BYTES = 10_000
TRIES_A_MINUTE = 20
LOOKS_A_MINUTE = 60


async def ask(site: Site, request: web.Request, now: datetime) -> web.StreamResponse:
    """Show a button for the link's token; looking at the page uses nothing up, so previews are harmless.

    Its form bears a token that fits a cookie of its own: nobody is signed in as somebody else by a page
    that posts another's link.
    """
    token = request.query.get("token", "")
    if token:
        place = place_of(request, site.app.settings.proxies)
        await site.paces.count(f"looks {place}", a_minute=LOOKS_A_MINUTE)
    async with site.app.database.reading() as connection:
        holds = bool(token) and await sessions.link_holds(connection, token, now=now)
    if not holds:
        return _page(site, tried=bool(token))
    entry = secrets.token_urlsafe(16)
    response = _page(site, token, csrf=site.csrf(f"{ENTRY} {entry}"))
    response.set_cookie(
        entry_cookie(site), entry, path="/", httponly=True, samesite="Strict", secure=site.secure
    )
    return response


async def enter(site: Site, request: web.Request, now: datetime) -> web.StreamResponse:
    """Use the link up and begin a session under a new token."""
    place = place_of(request, site.app.settings.proxies)
    await site.paces.count(place, a_minute=TRIES_A_MINUTE)
    site.tries.check(place, now)
    fields = await fields_of(request, FORM_BYTES)
    _check_entry(site, request, fields.get("csrf"))
    token = fields.get("token", "")
    before = request.cookies.get(cookie_of(site), "")
    async with site.app.database.reading() as connection:
        holds = await sessions.link_holds(connection, token, now=now)
    if not holds:
        site.tries.failed(place, now)
        await _refused(site, place, now)
        return _page(site, tried=True)
    async with site.app.database.writing() as connection:
        agent_id = await sessions.use_link(connection, token, now=now)
        if agent_id is None:
            return _page(site, tried=True)
        if (agent := await agents.one(connection, agent_id)) is not None:
            door = Door(face="browser", ip=place)
            line = of_agent(agent, "signed_in", "sign_in", now, door)
            await auditing.keep(connection, site.app.database.ids, line)
        await sessions.end(connection, before)
        await sessions.sweep(connection, now=now)
        session = await sessions.begin(connection, agent_id, now=now)
    site.tries.worked(place)
    response = web.Response(status=303, headers={"Location": "/desk"})
    remember(site, response, session)
    response.del_cookie(entry_cookie(site), path="/", httponly=True, samesite="Strict", secure=site.secure)
    return response


def entry_cookie(site: Site) -> str:
    """Name the cookie that the sign-in form's token fits."""
    return f"__Host-{ENTRY}" if site.secure else ENTRY


def _check_entry(site: Site, request: web.Request, token: object) -> None:
    """Raise NotOurs unless the browser says that our own page sent the form, or its token fits the cookie."""
    vouched = "Origin" in request.headers or request.headers.get("Sec-Fetch-Site") == "same-origin"
    entry = request.cookies.get(entry_cookie(site), "")
    if not (vouched or (entry and site.is_csrf(token, f"{ENTRY} {entry}"))):
        raise NotOurs(text="This form was not sent by our own page. Open the link again.")


async def leave(visit: Visit) -> web.StreamResponse:
    """End the session; drafts stay."""
    check_token(visit, (await fields_of(visit.request, FORM_BYTES)).get("csrf"))
    async with visit.app.database.writing() as connection:
        await sessions.end(connection, visit.token)
        await _left(visit, connection)
    return _gone(visit.site)


async def leave_everywhere(visit: Visit) -> web.StreamResponse:
    """End every session of this agent, on every machine, and every link that was not used yet."""
    check_token(visit, (await fields_of(visit.request, FORM_BYTES)).get("csrf"))
    async with visit.app.database.writing() as connection:
        ended = await sessions.end_all(connection, visit.agent.id)
        await _left(visit, connection, f"everywhere: {ended}")
    return _gone(visit.site)


async def _left(visit: Visit, connection: Connection, detail: str = "") -> None:
    line = of_agent(visit.agent, "signed_out", "sign_out", visit.now, visit.ground.door, detail=detail)
    await auditing.keep(connection, visit.app.database.ids, line)


def _gone(site: Site) -> web.StreamResponse:
    response = web.Response(status=303, headers={"Location": "/desk/sign-in"})
    response.del_cookie(cookie_of(site), path="/", httponly=True, samesite="Lax", secure=site.secure)
    return response


async def _refused(site: Site, place: str, now: datetime) -> None:
    """Write down, once a minute, that somebody came with a link that is no good; we do not know who."""
    minute = int(now.timestamp()) // 60
    if site.app.ground.seen.knows(f"refused:sign_in:{minute}", minute // 60):
        return  # who tries many takes no writer's turn with each
    site.app.ground.seen.marks.add(f"refused:sign_in:{minute}")
    line = Line(at=now, who="unknown", what="refused", operation="sign_in", face="browser", ip=place)
    await auditing.refused(site.app.database, line)


def _page(site: Site, token: str = "", *, csrf: str = "", tried: bool = False) -> web.Response:
    business = site.app.settings.business
    text = site.render("sign_in.html", token=token, csrf=csrf, tried=tried, app_name=business)
    return web.Response(text=text, content_type="text/html", status=410 if tried else 200)
