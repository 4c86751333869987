"""Signing in by a link that works once, and signing out."""

from datetime import datetime

from aiohttp import web

from inbox.desk import auditing
from inbox.desk.auditing import Door, of_agent
from inbox.desk.web.guard import check_token, cookie_of
from inbox.desk.web.site import Site, Visit
from inbox.paces import place_of
from inbox.posted import fields_of
from storage import agents, sessions
from storage.audit import Line

FORM_BYTES = 10_000
TRIES_A_MINUTE = 20
LOOKS_A_MINUTE = 60


async def ask(site: Site, request: web.Request, now: datetime) -> web.StreamResponse:
    """Show a button for the link's token; looking at the page uses nothing up, so previews are harmless."""
    token = request.query.get("token", "")
    if token:
        place = place_of(request, site.app.settings.proxies)
        await site.paces.count(f"looks {place}", a_minute=LOOKS_A_MINUTE)
    async with site.app.database.reading() as connection:
        holds = bool(token) and await sessions.link_holds(connection, token, now=now)
    return _page(site, token if holds else "", tried=bool(token) and not holds)


async def enter(site: Site, request: web.Request, now: datetime) -> web.StreamResponse:
    """Use the link up and begin a session under a new token."""
    place = place_of(request, site.app.settings.proxies)
    await site.paces.count(place, a_minute=TRIES_A_MINUTE)
    token = (await fields_of(request, FORM_BYTES)).get("token", "")
    before = request.cookies.get(cookie_of(site), "")
    async with site.app.database.reading() as connection:
        holds = await sessions.link_holds(connection, token, now=now)
    if not holds:
        await _refused(site, place, now)
        return _page(site, "", tried=True)
    async with site.app.database.writing() as connection:
        agent_id = await sessions.use_link(connection, token, now=now)
        if agent_id is None:
            return _page(site, "", tried=True)
        if (agent := await agents.one(connection, agent_id)) is not None:
            door = Door(face="browser", ip=place)
            line = of_agent(agent, "signed_in", "sign_in", now, door)
            await auditing.keep(connection, site.app.database.ids, line)
        await sessions.end(connection, before)
        await sessions.sweep(connection, now=now)
        session = await sessions.begin(connection, agent_id, now=now)
    response = web.Response(status=303, headers={"Location": "/desk"})
    response.set_cookie(
        cookie_of(site),
        session,
        max_age=int(sessions.SESSION_LIVES.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=site.secure,
    )
    return response


async def leave(visit: Visit) -> web.StreamResponse:
    """End the session; drafts stay."""
    check_token(visit, (await fields_of(visit.request, FORM_BYTES)).get("csrf"))
    async with visit.app.database.writing() as connection:
        await sessions.end(connection, visit.token)
        line = of_agent(visit.agent, "signed_out", "sign_out", visit.now, visit.ground.door)
        await auditing.keep(connection, visit.app.database.ids, line)
    response = web.Response(status=303, headers={"Location": "/desk/sign-in"})
    response.del_cookie(
        cookie_of(visit.site), path="/", httponly=True, samesite="Lax", secure=visit.site.secure
    )
    return response


async def _refused(site: Site, place: str, now: datetime) -> None:
    """Write down, once a minute, that somebody came with a link that is no good; we do not know who."""
    minute = int(now.timestamp()) // 60
    if site.app.ground.seen.knows(f"refused:sign_in:{minute}", minute // 60):
        return  # who tries many takes no writer's turn with each
    site.app.ground.seen.marks.add(f"refused:sign_in:{minute}")
    line = Line(at=now, who="unknown", what="refused", operation="sign_in", face="browser", ip=place)
    await auditing.refused(site.app.database, line)


def _page(site: Site, token: str, *, tried: bool) -> web.Response:
    text = site.render("sign_in.html", token=token, tried=tried, app_name=site.app.settings.business)
    return web.Response(text=text, content_type="text/html", status=410 if tried else 200)
