"""The Bot API over HTTP, with files, and a control API for tests in other processes."""

import asyncio
import base64
from contextlib import suppress
from typing import Any, Self

from aiohttp import web

from tests.providers.faults import Fault, Faults
from tests.providers.telegram.delivery import deliver
from tests.providers.telegram.methods import call
from tests.providers.telegram.state import Json, Refusal, TelegramState

ACTIONS = ("say", "edit", "react", "press", "block", "push", "chat")
SHOWN = ("sent", "calls", "pending", "webhook", "strange")


class TelegramServer:
    """`async with TelegramServer() as telegram`: serves `telegram.url` until the end."""

    def __init__(self, state: TelegramState | None = None, port: int = 0) -> None:
        self.state = state or TelegramState()
        self.faults = Faults()
        self.port = port
        self._delivering: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self.faults.middleware(throttled)], client_max_size=60_000_000)
        app.add_routes(
            [
                web.route("*", "/bot{token}/{method}", self._method),
                web.get("/file/bot{token}/{path:.+}", self._download),
                *self.faults.routes(),
                web.get("/_control/{what}", self._show),
                web.post("/_control/{what}", self._act),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._delivering = asyncio.create_task(deliver(self.state))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._delivering is not None:
            self._delivering.cancel()
            with suppress(asyncio.CancelledError):
                await self._delivering
        await self._runner.cleanup()

    async def _method(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if token != self.state.token:
            return refused(Refusal(401, "Unauthorized") if ":" in token else Refusal(404, "Not Found"))
        try:
            result = await call(self.state, request.match_info["method"], await given(request))
        except Refusal as refusal:
            return refused(refusal)
        return web.json_response({"ok": True, "result": result})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        kept = dict(self.state.files.values())
        path = request.match_info["path"]
        if request.match_info["token"] != self.state.token or path not in kept:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=kept[path], content_type="application/octet-stream")

    async def _show(self, request: web.Request) -> web.Response:
        """GET /_control/sent, calls, pending, webhook, strange."""
        what = request.match_info["what"]
        if what not in SHOWN:
            raise web.HTTPNotFound
        return web.json_response(getattr(self.state, what))

    async def _act(self, request: web.Request) -> web.Response:
        """POST /_control/say {"chat_id": 7, "text": "hi"} and the like; file takes {"name", "base64"}."""
        what, body = request.match_info["what"], await request.json()
        if what == "file":
            return web.json_response(self.state.file(base64.b64decode(body["base64"]), body["name"]))
        if what not in ACTIONS:
            raise web.HTTPNotFound
        return web.json_response(getattr(self.state, what)(**body))


async def given(request: web.Request) -> Json:
    """Gather parameters from the query and from a JSON, form or multipart body."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        found |= await request.json()
        return found
    for key, value in (await request.post()).items():
        found[key] = value if isinstance(value, str) else (_name(value), _bytes(value))
    return found


def _name(field: Any) -> str:
    return str(field.filename)


def _bytes(field: Any) -> bytes:
    return bytes(field.file.read())


def refused(refusal: Refusal) -> web.Response:
    body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.code)


def throttled(fault: Fault) -> web.Response:
    text = f"Too Many Requests: retry after {fault.retry_after}"
    return refused(Refusal(429, text, retry_after=fault.retry_after))
