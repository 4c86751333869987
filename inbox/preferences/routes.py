"""The addresses of the customer's page: see it, change it, take a copy, stop, be erased."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import structlog
from aiohttp import web

from inbox.desk.web.parts import channel_view
from inbox.paces import Paces, place_of
from inbox.posted import fields_of
from inbox.preferences import choosing
from inbox.preferences.copying import copy_of
from inbox.preferences.erasing import UNDO
from inbox.preferences.form import Wish, shown, typed, wish
from inbox.preferences.join_form import routes as join_routes
from inbox.preferences.links import Links, Opened
from inbox.preferences.masks import masked
from inbox.preferences.matrix import Matrix, matrix, said
from inbox.preferences.pages import HEADERS, UNDER, Clock, Pages
from inbox.preferences.words import language_of, words
from storage import audit, preferences
from storage.audit import Line
from storage.database import Connection, StorageFull, Unavailable
from storage.preferences import Known

if TYPE_CHECKING:
    from inbox.app import App

FORM_BYTES: Final = 100_000
A_MINUTE: Final = 60  # of one place
A_LINK: Final = 30  # a minute, of one link
FORMS_A_MINUTE: Final = 1_200
"""Of one place: a provider of mail presses for all its readers, with one click each, from few addresses."""
ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")
"""The form that a mail program posts for its reader: RFC 8058, section 3.1."""
DONE: Final = {"saved": "saved", "stopped": "stopped_all", "kept": "kept_all"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of who holds a link that opens somebody's page."""

    request: web.Request
    opened: Opened
    known: Known
    language: str
    clock: Clock
    now: datetime


def routes(app: "App") -> list[web.AbstractRouteDef]:
    """List the page's addresses."""
    page = Preferences(app)
    return [
        *join_routes(app, page.pages),
        web.get("/p/{token}", page.show),
        web.post("/p/{token}", page.change),
        web.get("/p/{token}/copy", page.copy),
        web.get(f"{UNDER}/{{name}}", page.static),
    ]


class Preferences:
    """Answers the requests of customers' pages."""

    def __init__(self, app: "App") -> None:
        """Belong to a house."""
        self._app = app
        settings = app.settings
        self._links = Links(settings.secret_keys, settings.public_url)
        self.pages = Pages(settings.business)
        self._paces = Paces()

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show what is known and chosen."""
        visit = await self._visit(request)
        return self._gone(request) if visit is None else self._page(visit)

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Do what a form of the page asks for, then show the page again."""
        try:
            return await self._change(request)
        except (StorageFull, Unavailable):
            speech = words(self._language(request))
            return self._plain(request, 503, speech["busy_title"], speech["busy"])

    async def copy(self, request: web.Request) -> web.StreamResponse:
        """Give everything that is kept of the customer, to keep."""
        visit = await self._visit(request)
        if visit is None:
            return self._gone(request)
        async with self._app.database.reading() as connection:
            told = await copy_of(connection, visit.known.customer.id, visit.now)
        await self._taken(visit)
        name = f"{visit.now:%Y-%m-%d}.json"
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        body = orjson.dumps(told, option=orjson.OPT_INDENT_2)
        return web.Response(body=body, content_type="application/json", headers=headers)

    async def static(self, request: web.Request) -> web.StreamResponse:
        """Give a style sheet."""
        return self.pages.assets.answer(request.match_info["name"], request)

    async def _visit(self, request: web.Request, *, pressed: bool = False) -> Visit | None:
        """Open the page of the request's link; None alike for a bad link and for nobody.

        *pressed* says that the one click of a mail program asks, which was counted as a form.
        """
        place = place_of(request, self._app.settings.proxies)
        if not pressed:
            await self._paces.count(place, a_minute=A_MINUTE)
        now = self._app.clock()
        opened = self._links.read(request.match_info["token"], now)
        if opened is None:
            return None
        await self._paces.count(f"of {opened.customer_id}", a_minute=A_LINK)
        async with self._app.database.reading() as connection:
            known = await preferences.known(connection, opened.customer_id, now)
        if known is None:
            return None
        language = self._language(request, known.customer.language)
        zone = _zone(known, self._app.settings.touches.zone)
        clock = Clock(language, zone)
        return Visit(request=request, opened=opened, known=known, language=language, clock=clock, now=now)

    def _language(self, request: web.Request, own: str = "") -> str:
        return language_of(request, self._app.settings.language, own)

    async def _change(self, request: web.Request) -> web.StreamResponse:
        place = place_of(request, self._app.settings.proxies)
        await self._paces.count(f"forms of {place}", a_minute=FORMS_A_MINUTE)
        fields = await fields_of(request, FORM_BYTES)
        pressed = "do" not in fields and fields.get(ONE_CLICK[0]) == ONE_CLICK[1]
        visit = await self._visit(request, pressed=pressed)
        if visit is None:
            return self._gone(request)
        match fields.get("do"):
            case "save":
                return await self._save(visit, fields)
            case "stop":
                await self._stop(visit)
                return _again(visit, "stopped")
            case "erase":
                await self._stop(visit, erase=True)
                return _again(visit, "")
            case "keep":
                database = self._app.database
                async with database.writing() as connection:
                    who = visit.known.customer.id
                    await preferences.withdraw_erasure(connection, database.ids, who, visit.now)
                    await self._noted(connection, visit, "changed", "withdraw_erasure")
                return _again(visit, "kept")
            case None if pressed:
                await self._stop(visit)
                return web.Response(headers=HEADERS)
            case _:
                raise web.HTTPBadRequest(text="This form is not ours.")

    async def _save(self, visit: Visit, fields: dict[str, str]) -> web.StreamResponse:
        channels = [one.channel for one in visit.known.addresses]
        made = wish(fields, visit.known.customer, channels, visit.now)
        if made.wrong:
            return self._page(visit, made=made, fields=fields)
        database = self._app.database
        async with database.writing() as connection:
            known = await preferences.known(connection, visit.opened.customer_id, visit.now)
            if known is None:
                return self._gone(visit.request)
            table = self._matrix(known, visit.language)
            await choosing.save(connection, database.ids, known, table, fields, made, visit.now)
            await self._noted(connection, visit, "changed", "choose")
        return _again(visit, "saved")

    async def _stop(self, visit: Visit, *, erase: bool = False) -> None:
        database, speech = self._app.database, words(visit.language)
        wording = f"{speech['erase']}. {speech['erase_hint']}" if erase else choosing.stop_wording(speech)
        async with database.writing() as connection:
            who = visit.known.customer.id
            await self._noted(connection, visit, "changed", "ask_erasure" if erase else "stop")
            if erase:
                await preferences.ask_erasure(connection, database.ids, who, visit.now)
            await choosing.stop_everything(
                connection,
                database.ids,
                visit.known,
                self._app.first_word.book.subjects,
                wording,
                visit.now,
            )

    async def _taken(self, visit: Visit) -> None:
        """Write down that they took their copy; where the disk is full they have it all the same."""
        try:
            async with self._app.database.writing() as connection:
                await self._noted(connection, visit, "exported", "copy")
        except StorageFull:
            log.error("not written into the audit log: the disk is full", customer=visit.known.customer.id)

    async def _noted(self, connection: Connection, visit: Visit, what: str, operation: str) -> None:
        """Write into the audit log what a customer did by their link, and not from where."""
        line = Line(
            at=visit.now,
            who="customer",
            what=what,
            operation=operation,
            customer_id=visit.known.customer.id,
            face="link",
        )
        hour = int(visit.now.timestamp()) // 3600
        once = f"copy:{line.customer_id}:{hour}" if what == "exported" else ""
        await audit.write(connection, self._app.database.ids, line, once)

    def _matrix(self, known: Known, language: str) -> Matrix:
        subjects = self._app.first_word.book.subjects
        return matrix(known, subjects, self._app.channels, words(language), language)

    def _page(
        self, visit: Visit, *, made: Wish | None = None, fields: dict[str, str] | None = None
    ) -> web.Response:
        known, speech = visit.known, words(visit.language)
        table = self._matrix(known, visit.language)
        ticked = [box.name for box in table.boxes if box.on]
        was = " ".join(ticked) if fields is None else fields.get("was", "")
        on = set(ticked) if fields is None else {name[6:] for name in fields if name.startswith("allow ")}
        token = visit.request.match_info["token"]
        values = shown(known.customer) if fields is None else typed(fields)
        return self.pages.page(
            "preferences.html",
            visit.language,
            status=422 if made else 200,
            here=f"/p/{token}",
            until=visit.clock.day(visit.opened.until),
            table=table,
            on=on,
            was=was,
            form=values,
            wrong={} if made is None else {name: speech[why] for name, why in made.wrong.items()},
            clock=visit.clock,
            done=_done(visit),
            erase_due=_erase_due(visit),
            **self._told(visit, table),
        )

    def _told(self, visit: Visit, table: Matrix) -> dict[str, Any]:
        """Write what is known, in the customer's words."""
        known, speech, clock = visit.known, words(visit.language), visit.clock
        choices = {one.address.channel: one.label for one in table.columns if one.address}
        orders = speech["no_orders"]
        if known.orders and known.orders_since:
            since = clock.month(known.orders_since)
            orders = speech["orders_since"].format(n=known.orders, since=since)
        stops = [
            speech["stopped_hint"].format(
                channel=one.label, where=one.shown, day=clock.day(one.address.stopped_at)
            )
            for one in table.columns
            if one.address and one.address.stopped_at
        ]
        return {
            "name": known.customer.name,
            "written": [
                f"{one.label} {masked(one.address.address)}".strip() for one in table.columns if one.address
            ],
            "orders": orders,
            "last": self._last(visit),
            "choices": choices,
            "stops": stops,
        }

    def _last(self, visit: Visit) -> str:
        speech, last = words(visit.language), visit.known.last
        if last is None:
            return speech["none_given"]
        subject = self._app.first_word.book.subject(last.subject)
        return speech["last_yes"].format(
            subject=said(subject.label, visit.language) if subject else speech["all_marketing"],
            channel=channel_view(self._app.channels, last.channel).label,
            day=visit.clock.day(last.at),
        )

    def _gone(self, request: web.Request) -> web.Response:
        """Say that a link does not work, in the same words whatever is wrong with it."""
        speech = words(self._language(request))
        return self._plain(request, 404, speech["gone"], speech["gone_text"])

    def _plain(self, request: web.Request, status: int, title: str, text: str) -> web.Response:
        chat = any(one.spec.kind == "webchat" for one in self._app.channels.values())
        language = self._language(request)
        return self.pages.page("gone.html", language, status=status, title=title, text=text, chat=chat)


def _again(visit: Visit, done: str) -> web.Response:
    """Lead back to the page, so that a reload asks for nothing twice."""
    said_so = f"&done={done}&at={int(visit.now.timestamp())}" if done else ""
    token = visit.request.match_info["token"]
    where = f"/p/{token}?lang={visit.language}{said_so}"
    return web.Response(status=303, headers={**HEADERS, "Location": where})


def _done(visit: Visit) -> str:
    """Say what the form before this page did, and when; only sentences of ours can be asked for."""
    what, at = visit.request.query.get("done", ""), visit.request.query.get("at", "")
    if what not in DONE or not at.isdecimal() or len(at) > 10:
        return ""
    when = datetime.fromtimestamp(int(at), UTC)
    if not timedelta(0) <= visit.now - when < timedelta(days=1):
        return ""
    return words(visit.language)[DONE[what]].format(clock=visit.clock.clock(when))


def _erase_due(visit: Visit) -> str:
    asked = visit.known.erase_at
    if asked is None:
        return ""
    due = asked + UNDO
    told = {"day": visit.clock.day(due), "clock": visit.clock.clock(due)}
    return words(visit.language)["erase_due"].format(**told)


def _zone(known: Known, account: str) -> str:
    for zone in filter(None, (known.customer.zone, known.customer.device_zone, account)):
        try:
            return ZoneInfo(zone).key
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return "UTC"
