"""Bandwidth's messaging API: it takes messages, calls the application back, serves media for two days.

Sources: https://dev.bandwidth.com/docs/messaging/createMessage, /webhooks and /errors.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, web

from tests.providers.faults import Fault, Faults

ACCOUNT, APPLICATION, NUMBER = "9900778", "93de2206-9669-4e07-948d-329f4b722ee2", "+15005550006"
API_LOGIN, HOOK_LOGIN = "api-name:api-pass", "hook-name:hook-pass"
OPTED_OUT = 4775
LONGEST = 2048
Json = dict[str, Any]


def basic(login: str) -> str:
    return "Basic " + b64encode(login.encode()).decode()


def throttled(fault: Fault) -> web.Response:
    body = {"type": "too-many-requests", "description": "Too many requests have been sent."}
    return web.json_response(body, status=429, headers={"Retry-After": str(fault.retry_after)})


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class BandwidthLookAlike:
    """`hook` is where the application is called back; `receipts` are reported by itself."""

    def __init__(self, *, hook: str = "", receipts: Sequence[str] = ()) -> None:
        self.hook = hook
        self.receipts = tuple(receipts)
        self.sent: list[Json] = []
        self.requests: list[Json] = []
        self.heard: list[int] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self.opted_out: set[str] = set()
        self.faults = Faults()
        self.tasks: set[asyncio.Task[int]] = set()
        self.runner: web.AppRunner | None = None
        self.base_url = ""

    async def __aenter__(self) -> "BandwidthLookAlike":
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> "BandwidthLookAlike":
        app = web.Application(middlewares=[self.faults.middleware(throttled)])
        app.add_routes(
            [
                web.post("/api/v2/users/{account}/messages", self._take),
                web.get("/api/v2/users/{account}/media/{name}", self._serve),
                web.post("/_control/say", self._say),
                web.get("/_control/sent", self._sent),
                *self.faults.routes(),
            ]
        )
        self.runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.base_url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        await self.settled()
        if self.runner is not None:
            await self.runner.cleanup()

    async def settled(self) -> None:
        while self.tasks:
            await asyncio.wait(self.tasks)

    async def says(self, sender: str, text: str, media: Sequence[tuple[str, bytes]] = ()) -> str:
        """Let a customer write; gives the message's id."""
        message = self._message("in", sender, [NUMBER], text)
        names = []
        for name, content in media:
            self.media[name] = ("image/png" if name.endswith(".png") else "application/octet-stream", content)
            names.append(f"{self.base_url}/api/v2/users/{ACCOUNT}/media/{name}")
        if names:
            message["media"] = names
        await self.call(
            {"type": "message-received", "to": NUMBER, "description": "Incoming message received"}, message
        )
        return str(message["id"])

    async def reports(self, message: Json, kind: str, description: str = "ok", code: int = 0) -> int:
        """Say what became of a message of ours."""
        said = {"type": kind, "to": message["to"][0], "description": description}
        return await self.call(said | ({"errorCode": code} if code else {}), message)

    async def call(self, said: Json, message: Json) -> int:
        """Call the application back with one event, in an array, with its Basic credentials."""
        return await self.post([{"time": now(), **said, "message": message}])

    async def post(self, calls: list[Json], login: str = HOOK_LOGIN) -> int:
        headers = {"Authorization": basic(login), "Content-Type": "application/json; charset=utf-8"}
        body = json.dumps(calls)
        async with ClientSession(headers=headers) as client, client.post(self.hook, data=body) as answer:
            self.heard.append(answer.status)
            return answer.status

    def _message(self, direction: str, sender: str, to: list[str], text: str) -> Json:
        return {
            "id": uuid4().hex[:29], "owner": NUMBER, "applicationId": APPLICATION, "time": now(),
            "segmentCount": 1, "direction": direction, "to": to, "from": sender, "text": text,
        }  # fmt: skip

    async def _take(self, request: web.Request) -> web.Response:
        if request.match_info["account"] != ACCOUNT or request.headers.get("Authorization") != basic(
            API_LOGIN
        ):
            return problem(401, "unauthorized", "Authentication Failed")
        if request.content_type != "application/json":
            return problem(415, "unsupported-content-type", "Content-Type must be application/json")
        asked = await request.json()
        self.requests.append(asked)
        if wrong := mistake(asked):
            return problem(400, "request-validation", wrong)
        message = self._message("out", asked["from"], asked["to"], asked.get("text", ""))
        message |= {name: asked[name] for name in ("tag", "media") if asked.get(name)}
        self.sent.append(message)
        if asked["to"][0] in self.opted_out:
            self._later(message, "message-failed", "destination-rejected-due-to-user-opt-out", OPTED_OUT)
        for kind in self.receipts:
            self._later(message, kind, "ok", 0)
        return web.json_response(message, status=202)

    def _later(self, message: Json, kind: str, description: str, code: int) -> None:
        task = asyncio.create_task(self.reports(message, kind, description, code))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serve(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != basic(API_LOGIN):
            return problem(401, "unauthorized", "Authentication Failed")
        content_type, content = self.media[request.match_info["name"]]
        return web.Response(body=content, content_type=content_type)

    async def _say(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.hook = asked.get("hook") or self.hook
        return web.json_response({"id": await self.says(asked["from"], asked["text"])})

    async def _sent(self, _: web.Request) -> web.Response:
        return web.json_response(self.sent)


def mistake(asked: Json) -> str:
    """Say what Bandwidth would find wrong with a message, or nothing."""
    if asked.get("applicationId") != APPLICATION or asked.get("from") != NUMBER:
        return "The application and the from number do not belong together"
    to = asked.get("to")
    if not isinstance(to, list) or not to or not all(str(one).startswith("+") for one in to):
        return "'to' must be replaced with a valid E164 formatted telephone number"
    if len(asked.get("text") or "") > LONGEST:
        return f"text must be {LONGEST} characters or less"
    if not asked.get("text") and not asked.get("media"):
        return "text or media is required"
    return "tag is longer than 1024 characters" if len(asked.get("tag") or "") > 1024 else ""


def problem(status: int, kind: str, description: str) -> web.Response:
    return web.json_response({"type": kind, "description": description}, status=status)
