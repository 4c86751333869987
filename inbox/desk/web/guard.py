"""The door of the desk: who is signed in, which forms are ours, and what a page may never do."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web

from inbox.desk.web.site import Site, Visit, key_of
from inbox.media import is_full
from inbox.paces import place_of
from storage import sessions
from storage.database import StorageFull, Unavailable
from storage.sessions import Session

COOKIE = "tidings_session"
SECURE_COOKIE = "__Host-tidings_session"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; "
    "connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}

FULL = "The disk is full: nothing was kept. Go back, and send it again once there is room."
AWAY = "The database is away: nothing was kept. Go back, and send it again in a minute."

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Page = Callable[[Visit], Awaitable[web.StreamResponse]]
OpenPage = Callable[[Site, web.Request, datetime], Awaitable[web.StreamResponse]]


class NotOurs(web.HTTPForbidden):
    """The form was not sent by our own page."""


def cookie_of(site: Site) -> str:
    """Name the session's cookie; over https the name itself forbids other hosts to set it."""
    return SECURE_COOKIE if site.secure else COOKIE


def signed_in(site: Site, page: Page) -> Handler:
    """Open *page* to agents who are signed in; others are led to the sign-in page, or told 401."""

    async def handle(request: web.Request) -> web.StreamResponse:
        now = site.app.clock()
        token = request.cookies.get(cookie_of(site), "")
        async with site.app.database.reading() as connection:
            session = await sessions.opened(connection, token, now=now) if token else None
        if session is None:
            return _not_signed_in(request)
        if request.method not in ("GET", "HEAD"):
            check_origin(site, request)
        if "id" in request.match_info and key_of(request.match_info["id"]) is None:
            raise web.HTTPNotFound(text="There is nothing at this address.")
        ip = place_of(request, site.app.settings.proxies)
        agent, mark = session.agent, session.mark
        visit = Visit(site=site, request=request, agent=agent, token=token, mark=mark, now=now, ip=ip)
        response = await page(visit)
        await _go_on(visit, session, response)
        return response

    return guarded(handle)


async def _go_on(visit: Visit, session: Session, response: web.StreamResponse) -> None:
    """Give the session its new token where one is due and can be told, or write down that it was used.

    A stream ends long after it was asked for: by then others have said all this.
    """
    if response.prepared or not (session.due or session.unseen):
        return
    fresh = None
    with suppress(Unavailable):  # later, then: what was asked for is done
        async with visit.app.database.writing() as connection:
            if session.due:
                fresh = await sessions.turn(connection, visit.token, now=visit.now)
            if fresh is None and session.unseen:
                await sessions.seen(connection, visit.token, now=visit.now)
    if fresh is not None:
        remember(visit.site, response, fresh)


def remember(site: Site, response: web.StreamResponse, token: str) -> None:
    """Set the session's cookie: for us alone, out of scripts' reach, over https only where we have it.

    Lax, not Strict: agents come by links that stand in Slack and in mails.
    """
    response.set_cookie(
        cookie_of(site),
        token,
        max_age=int(sessions.SESSION_LIVES.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=site.secure,
    )


def open_to_all(site: Site, page: OpenPage) -> Handler:
    """Open *page* to everyone; what it changes must still come from our own pages."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            check_origin(site, request)
        return await page(site, request, site.app.clock())

    return guarded(handle)


def guarded(handler: Handler) -> Handler:
    """Put the security headers on whatever *handler* answers, refusals included."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as refusal:
            put_headers(refusal)
            raise
        except Unavailable as error:
            response = _nothing_kept(FULL if isinstance(error, StorageFull) else AWAY)
        except OSError as error:
            if not is_full(error):
                raise
            response = _nothing_kept(FULL)
        put_headers(response)
        return response

    return handle


def _nothing_kept(words: str) -> web.StreamResponse:
    return web.Response(status=503, text=words, headers={"Retry-After": "60"})


def put_headers(response: web.StreamResponse) -> None:
    """Set the security headers that are not set yet; a stream that has begun already has its own."""
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)


def check_origin(site: Site, request: web.Request) -> None:
    """Raise NotOurs unless the browser says that our own page sent this.

    A browser that sends neither header is left to the token of the form.
    """
    fetched = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    ours = {urlsplit(site.app.settings.public_url).netloc, request.host}
    if fetched != "same-origin" or (origin is not None and urlsplit(origin).netloc not in ours):
        raise NotOurs(text="This form was not sent by the desk's own page. Open the desk again.")


def check_token(visit: Visit, token: object) -> None:
    """Raise NotOurs unless *token* is the one of this session's forms."""
    if not visit.site.is_csrf(token, visit.mark):
        raise NotOurs(text="This form is from another session. Open the page again; drafts are kept.")


def _not_signed_in(request: web.Request) -> web.StreamResponse:
    asks_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    if asks_page:
        raise web.HTTPSeeOther("/desk/sign-in")
    raise web.HTTPUnauthorized(text="Nobody is signed in here. Open /desk/sign-in.")
