"""The control API for tests in other processes, under /_control.

POST /_control/say    {url, from, text?, message?, group?} -> {id, status}: a message; *message* are its parts
POST /_control/event  {url, from, type, ...} -> {status}: another event
POST /_control/media  {id, content_type, base64}: what the content of a message is
GET  /_control/sent   -> [{id, to, message}] as they reached their chats
     /_control/faults see tests.providers.faults
"""

from base64 import b64decode
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.providers.line.server import LineLookAlike


class Control:
    """The routes of the control API."""

    def __init__(self, line: "LineLookAlike") -> None:
        self.line = line

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/say", self.say),
            web.post("/_control/event", self.event),
            web.post("/_control/media", self.media),
            web.get("/_control/sent", self.sent),
        ]

    async def say(self, request: web.Request) -> web.Response:
        asked = await request.json()
        parts = asked.get("message") or {"type": "text", "text": asked.get("text", "")}
        kind = parts.pop("type", "text")
        event = self.line.message(asked["from"], kind, group=asked.get("group", ""), **parts)
        status = await self.line.call(asked["url"], [event])
        return web.json_response({"id": event["message"]["id"], "status": status})

    async def event(self, request: web.Request) -> web.Response:
        asked = await request.json()
        url = asked.pop("url")
        event = self.line.event(asked.pop("from"), asked.pop("type"), **asked)
        return web.json_response({"status": await self.line.call(url, [event])})

    async def media(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.line.content[asked["id"]] = (asked["content_type"], b64decode(asked["base64"]))
        return web.json_response({})

    async def sent(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(one) for one in self.line.sent])
