"""The addresses of /join: how to ask for our messages, and the form and the code where they are on."""

import asyncio
import math
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from inbox.paces import Paces, place_of
from inbox.posted import fields_of
from inbox.preferences.join_asking import Asked, Asking
from inbox.preferences.join_codes import Codes, Slip
from inbox.preferences.join_confirming import confirm
from inbox.preferences.join_shown import JoinPages
from inbox.preferences.join_wish import wanted
from inbox.preferences.masks import masked
from inbox.preferences.pages import HEADERS, Pages
from storage import join_asks
from storage.database import StorageFull, Unavailable

if TYPE_CHECKING:
    from inbox.app import App

FORM_BYTES: Final = 20_000
FORMS_A_MINUTE: Final = 30  # of one place, whatever is in them
ASKS_AN_HOUR: Final = 6
"""Codes that one place may ask for; behind a shop's one address there are few at a time."""
TASK: Final = "join form"

log = structlog.get_logger()


def routes(app: "App", pages: Pages) -> list[web.AbstractRouteDef]:
    """List the addresses; those of the form answer 404 where it is off."""
    form = JoinForm(app, pages)
    return [
        web.get("/join", form.show),
        web.post("/join", form.ask),
        web.get("/join/done", form.done),
        web.get("/join/{token}", form.code),
        web.post("/join/{token}", form.confirm),
    ]


class JoinForm:
    """Answers the requests of /join."""

    def __init__(self, app: "App", pages: Pages) -> None:
        """Belong to a house, and show its *pages*."""
        self._app = app
        self._codes = Codes(app.settings.secret_keys)
        self._pages = JoinPages(app, pages, self._codes)
        self._asking = Asking(app, self._codes)
        self._paces = Paces()
        self._asks = Paces(lambda: time.monotonic() / 60)  # its minutes are hours
        self._under_way: set[asyncio.Task[None]] = set()

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Say to anybody how to opt in, with the form where it is on."""
        return self._pages.form(request)

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Take the form; whoever fills it in well is led to the same page, whatever the address is."""
        pages = self._pages
        if not pages.ways():
            raise web.HTTPNotFound(text="There is no form here.")
        place, now = await self._posted(request), self._app.clock()
        fields, language = await fields_of(request, FORM_BYTES), pages.language(request)
        if not self._codes.is_form(fields.get("form", ""), now):
            return pages.form(request, fields=fields, said="stale", status=422)
        made, wrong = wanted(fields, pages.choices(language), self._app.channels, pages.countries())
        if made is None:
            return pages.form(request, fields=fields, wrong=wrong, said="not_sent", status=422)
        if wait := self._asks.wait(place, a_minute=ASKS_AN_HOUR):
            return pages.form(request, fields=fields, said="too_many", status=429, wait=math.ceil(wait))
        try:
            if await self._is_full():
                return pages.form(request, fields=fields, said="full", status=429)
        except Unavailable:
            return pages.busy(request)
        name = self._app.database.ids.next()
        self._begin(Asked(wanted=made, name=name, language=language))
        slip = Slip(name=name, shown=masked(made.address), subjects=tuple(made.wordings))
        return _to(f"/join/{self._codes.token(slip, now)}?lang={language}")

    async def code(self, request: web.Request) -> web.StreamResponse:
        """Ask for the code."""
        return self._pages.code(request)

    async def confirm(self, request: web.Request) -> web.StreamResponse:
        """Take the code; the right one makes what was ticked hold."""
        await self._posted(request)
        fields, slip = await fields_of(request, FORM_BYTES), self._pages.slip(request)
        if slip is None:
            return self._pages.code(request)
        typed, now = fields.get("code", "")[:40], self._app.clock()
        try:
            right = await confirm(self._app, self._codes, slip.name, typed, now)
        except (StorageFull, Unavailable):
            return self._pages.busy(request)
        if not right:
            return self._pages.code(request, wrong="bad_code")
        return _to(f"/join/done?lang={self._pages.language(request)}")

    async def done(self, request: web.Request) -> web.StreamResponse:
        """Say that it holds, and how it ends."""
        return self._pages.done(request)

    async def _posted(self, request: web.Request) -> str:
        """Name the place that sends a form; refuses too many, and what a browser says another site sent.

        A page that tells nobody where one came from sends its own forms with the origin "null".
        """
        place = place_of(request, self._app.settings.proxies)
        await self._paces.count(place, a_minute=FORMS_A_MINUTE)
        origin, ours = request.headers.get("Origin", "null"), urlsplit(self._app.settings.public_url).netloc
        elsewhere = origin != "null" and urlsplit(origin).netloc not in (ours, request.host)
        if elsewhere or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise web.HTTPForbidden(text="This form was not sent by our own page. Open it again.")
        return place

    def _begin(self, asked: Asked) -> None:
        """Ask behind the answer: how long it takes tells nobody whether the address is known."""
        task = asyncio.create_task(self._ask(asked), name=TASK)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _ask(self, asked: Asked) -> None:
        try:
            await self._asking.ask(asked, self._app.clock())
        except Exception:  # as at the end of a loop: nobody waits for it, and they may ask again
            log.exception("a code was not owed")

    async def _is_full(self) -> bool:
        now, knobs = self._app.clock(), self._app.settings.join
        async with self._app.database.reading() as connection:
            return await join_asks.count(connection, now - timedelta(days=1)) >= knobs.a_day


def _to(where: str) -> web.Response:
    """Lead on, so that a reload asks for nothing twice."""
    return web.Response(status=303, headers={**HEADERS, "Location": where})
