"""The script itself: it checks our signatures with the published library and keeps what it was asked.

Answers come from `answers` first, then by what was asked: a message is taken once under each key.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession, web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.providers.faults import Fault, Faults

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ADDRESS = "pigeon:42"


def throttled(fault: Fault) -> web.Response:
    return web.json_response(
        {"error": "throttled"}, status=429, headers={"Retry-After": str(fault.retry_after)}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """One answer given in the place of the script's own."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class ScriptLookAlike:
    """Serves /send on loopback; `url` is what the settings need."""

    def __init__(self, secret: str = SECRET) -> None:
        self.secret = secret
        self.asked: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.sent: dict[str, dict[str, Any]] = {}
        self.stopped: set[str] = set()
        self.answers: list[Canned] = []
        self.files: dict[str, tuple[str, bytes, str]] = {}
        self.faults = Faults()
        self.runner: web.AppRunner | None = None
        self.base_url = ""

    @property
    def url(self) -> str:
        return f"{self.base_url}/send"

    @property
    def section(self) -> dict[str, Any]:
        return {"url": self.url}

    async def __aenter__(self) -> "ScriptLookAlike":
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> "ScriptLookAlike":
        app = web.Application(middlewares=[self.faults.middleware(throttled)])
        control = [web.get("/_control/asked", self._asked), web.post("/_control/hook", self._hook)]
        app.add_routes([web.post("/send", self._answer), web.get("/file/{name}", self._file), *control])
        app.add_routes(self.faults.routes())
        self.runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.base_url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()

    def texts(self) -> list[str]:
        return [wants["text"] for wants in self.sent.values()]

    def opts_out(self) -> None:
        self.stopped.add(ADDRESS)

    def signed(self, body: bytes, message_id: str = "evt_1", at: datetime | None = None) -> dict[str, str]:
        """Sign a body as the published library does."""
        at = at or datetime.now(UTC)
        signature = Webhook(self.secret).sign(message_id, at, body.decode())
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }

    async def says(self, url: str, events: list[dict[str, Any]]) -> tuple[int, str]:
        """Post events to tidings' hook."""
        body = json.dumps({"events": events}).encode()
        async with (
            ClientSession() as client,
            client.post(url, data=body, headers=self.signed(body)) as answer,
        ):
            return answer.status, await answer.text()

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            wants = Webhook(self.secret).verify(await request.text(), dict(request.headers))
        except WebhookVerificationError:
            return web.Response(status=401)
        self.asked.append(wants)
        self.ids.append(request.headers["webhook-id"])
        if self.answers:
            canned = self.answers.pop(0)
            return web.json_response(canned.body, status=canned.status, headers=canned.headers)
        return self._done(wants)

    def _done(self, wants: dict[str, Any]) -> web.Response:
        if wants["ask"] == "who":
            return web.json_response({"who": "Pigeon post, loft 7"})
        if wants["ask"] != "send":
            return web.json_response({})
        if wants["address"] in self.stopped:
            return web.json_response({"error": "opted_out", "code": "STOP"}, status=403)
        known = wants["key"] in self.sent
        self.sent.setdefault(wants["key"], wants)
        number = list(self.sent).index(wants["key"]) + 1
        return web.json_response({"external_id": f"p{number}"}, status=409 if known else 202)

    async def _file(self, request: web.Request) -> web.Response:
        content_type, content, needed = self.files[request.match_info["name"]]
        if request.headers.get("Authorization", "") != needed:
            return web.Response(status=401)
        return web.Response(body=content, content_type=content_type)

    async def _asked(self, _: web.Request) -> web.Response:
        return web.json_response(self.asked)

    async def _hook(self, request: web.Request) -> web.Response:
        wants = await request.json()
        status, body = await self.says(wants["url"], wants["events"])
        return web.json_response({"status": status, "body": body})


async def serve(port: int) -> None:
    """Run until ended."""
    script = await ScriptLookAlike().start(port)
    print(json.dumps({"url": script.url, "secret": script.secret}), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await script.stop()
