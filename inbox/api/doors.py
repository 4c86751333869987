"""The doors of the API: who may call, how much at once, and the same answer to who calls again."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError

from bots.comparing import is_one_of
from config.touches import load_touches
from inbox.api.errors import Wrong, refused
from inbox.api.events import events
from inbox.api.keeping import Account, Ground, customers, orders
from inbox.api.models import Answer, Became, CustomersIn, EventsIn, Fault, OrdersIn, Refusal
from inbox.api.openapi import described
from inbox.paces import Paces, place_of
from inbox.posted import bytes_of
from storage import api_answers, audit
from storage.api_answers import Answered
from storage.audit import Line
from storage.database import Unavailable

if TYPE_CHECKING:
    from inbox.app import App

PREFIX: Final = "/api/v1"
AT_ONCE: Final = 16
A_MINUTE: Final = 600
WRONG_A_MINUTE: Final = 30  # of one place: who guesses tokens is slowed
LONGEST_KEY: Final = 255

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One kind of call: its path, what it takes and what it does."""

    path: str
    summary: str
    takes: type[BaseModel]
    does: Callable[[Ground, Any], Awaitable[list[Became]]]


CALLS: Final = (
    Call(path="/customers", summary="Make or change customers", takes=CustomersIn, does=customers),
    Call(path="/orders", summary="Make or change orders", takes=OrdersIn, does=orders),
    Call(path="/events", summary="Tell what befell orders and customers", takes=EventsIn, does=events),
)


class Api:
    """What answers calls."""

    def __init__(self, app: "App") -> None:
        """Answer for *app*."""
        self._app = app
        both = (app.settings.api_token, app.settings.old_api_token)
        self._tokens = [one.get_secret_value().encode() for one in both]
        self._largest = app.settings.hook_bytes
        self._busy = 0
        self._paces = Paces()
        settings = app.settings
        book = load_touches(settings.touches.file, language=settings.language)
        schemes: dict[str, str] = {}
        for name, channel in app.channels.items():
            if channel.spec.writes:
                schemes.setdefault(channel.spec.scheme, name)
        self._account = Account(
            country=settings.touches.country,
            zone=settings.touches.zone,
            subjects=frozenset(subject.key for subject in book.subjects),
            channels=schemes,
        )

    def routes(self) -> list[web.AbstractRouteDef]:
        """List every address, the description's among them."""
        calls = [web.post(f"{PREFIX}{call.path}", self._door(call)) for call in CALLS]
        return [web.get(f"{PREFIX}/openapi.json", self.description), *calls]

    async def description(self, request: web.Request) -> web.Response:
        """Serve the OpenAPI description."""
        calls = [(f"{PREFIX}{call.path}", call.summary, call.takes) for call in CALLS]
        return web.json_response(described(calls, self._app.settings.public_url))

    def _door(self, call: Call) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def door(request: web.Request) -> web.Response:
            try:
                return await self._answer(request, call)
            except Wrong as wrong:
                return _refusal(wrong)
            except web.HTTPRequestTimeout as late:
                return _refusal(Wrong(408, "", late.text or ""))
            except web.HTTPBadRequest as bad:
                return _refusal(Wrong(400, "", bad.text or ""))
            except Unavailable:
                return _refusal(Wrong(503, "", "Nothing can be kept at the moment.", after=5))
            except Exception:
                log.exception("call not answered", path=call.path)
                return _refusal(Wrong(503, "", "Nothing was kept; call again.", after=5))

        return door

    async def _answer(self, request: web.Request, call: Call) -> web.Response:
        self._require_pace(request)
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key or len(key) > LONGEST_KEY or not key.isprintable():
            raise Wrong(400, "Idempotency-Key", "Send a key of your own with each call, at most 255 letters.")
        if self._busy >= AT_ONCE:
            raise Wrong(429, "", f"More than {AT_ONCE} calls at once.", after=1)
        self._busy += 1
        try:
            body = await self._body(request)
            try:
                told = call.takes.model_validate_json(body)
            except ValidationError as error:
                raise refused(error) from error
            asked = sha256(f"{call.path}\n".encode() + body).hexdigest()
            answered = await self._once(call, told, key, asked)
        finally:
            self._busy -= 1
        return web.json_response(answered.answer, status=answered.status)

    async def _once(self, call: Call, told: BaseModel, key: str, asked: str) -> Answered:
        """Do what is asked, or say again what was answered to the same key."""
        now = self._app.clock()
        async with self._app.database.writing() as connection:
            before = await api_answers.known(connection, key)
            if before is not None:
                if before.asked != asked:
                    raise Wrong(409, "Idempotency-Key", "This key was sent with another call.")
                return before
            ids = self._app.database.ids
            ground = Ground(connection=connection, ids=ids, account=self._account, now=now)
            kept = await call.does(ground, told)
            answered = Answered(asked=asked, status=200, answer=Answer(kept=kept).model_dump(mode="json"))
            await api_answers.keep(connection, key, answered, now)
            path, count = call.path.strip("/")[:32], f"{len(kept)} rows"
            line = Line(at=now, who="token", what="changed", operation=path, face="api", detail=count)
            await audit.write(connection, ids, line)
        self._app.nudges.nudge("touches")
        return answered

    def _require_pace(self, request: web.Request) -> None:
        """Refuse who has no token, who guesses tokens too fast, and the token that calls too fast."""
        try:
            self._require_token(request)
        except Wrong as wrong:
            place = place_of(request, self._app.settings.proxies)
            if wrong.status == 401 and (wait := self._paces.wait(place, a_minute=WRONG_A_MINUTE)):
                raise _too_many(WRONG_A_MINUTE, wait) from wrong
            raise
        if wait := self._paces.wait("the token", a_minute=A_MINUTE):
            raise _too_many(A_MINUTE, wait)

    def _require_token(self, request: web.Request) -> None:
        if not self._tokens[0]:
            raise Wrong(404, "", "The API is switched off: no TIDINGS_API_TOKEN is set.")
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.strip().encode("utf-8", "replace")
        if scheme.lower() != "bearer" or not is_one_of(given, (one for one in self._tokens if one)):
            raise Wrong(401, "Authorization", "Send the API's token: Authorization: Bearer …")

    async def _body(self, request: web.Request) -> bytes:
        too_large = Wrong(413, "", f"The body is larger than {self._largest} bytes.")
        if (request.content_length or 0) > self._largest:
            raise too_large
        body = bytearray()
        async for chunk in bytes_of(request):
            body += chunk
            if len(body) > self._largest:
                raise too_large
        return bytes(body)


def _too_many(a_minute: int, wait: float) -> Wrong:
    return Wrong(429, "", f"More than {a_minute} calls a minute.", after=math.ceil(wait))


def _refusal(wrong: Wrong) -> web.Response:
    headers = {} if wrong.after is None else {"Retry-After": str(wrong.after)}
    if wrong.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    said = Refusal(error=Fault(where=wrong.where, what=wrong.what))
    return web.json_response(said.model_dump(), status=wrong.status, headers=headers)
