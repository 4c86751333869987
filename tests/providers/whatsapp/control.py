"""The control API for tests in other processes, under /_control.

POST /_control/say       {url, from, body} or {url, from, type, <type>: {…}} or with
                         media: {content_type, base64, name?, caption?}; hidden?, id? -> {id, status, body}
POST /_control/report    {url, id, status, code?} -> {id, status, body}
POST /_control/call      {url, value, field}: any change -> {id, status, body}
POST /_control/verify    {url} -> {id, status, body}
POST /_control/receipts  {url, statuses: [...]}: post these by itself after each message
POST /_control/refuse    {to, code}: refuse messages to this customer; code 0 ends it
POST /_control/templates {templates: [...]}: rows as Meta lists them
GET  /_control/sent      -> the messages sent through the API: id, to, body, lost
GET  /_control/signs     -> {read: [...], typing: [...]}
     /_control/faults    see tests.providers.faults
"""

from base64 import b64decode
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from tests.providers.whatsapp.records import Json

if TYPE_CHECKING:
    from tests.providers.whatsapp.server import WhatsAppLookAlike

KINDS = ("image", "video", "audio")


class Control:
    """The routes of the control API."""

    def __init__(self, meta: "WhatsAppLookAlike") -> None:
        self.meta = meta

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/say", self.say),
            web.post("/_control/report", self.report),
            web.post("/_control/call", self.call),
            web.post("/_control/verify", self.verify),
            web.post("/_control/receipts", self.receipts),
            web.post("/_control/refuse", self.refuse),
            web.post("/_control/templates", self.templates),
            web.get("/_control/sent", self.sent),
            web.get("/_control/signs", self.signs),
        ]

    async def say(self, request: web.Request) -> web.Response:
        asked = await request.json()
        kind, parts = self.content(asked)
        hidden = bool(asked.get("hidden"))
        if "context" in asked:
            parts["context"] = asked["context"]
        message = self.meta.message(asked["from"], kind, hidden=hidden, **parts)
        message["id"] = asked.get("id") or message["id"]
        heard = await self.meta.say(asked["url"], asked["from"], message, hidden=hidden)
        return web.json_response(asdict(heard))

    def content(self, asked: Json) -> tuple[str, Json]:
        """Name the kind of message that is asked for, and its parts."""
        if "media" not in asked:
            kind = asked.get("type", "text")
            return kind, {"body": asked["body"]} if kind == "text" else {kind: asked[kind]}
        media = asked["media"]
        kind = media["content_type"].partition("/")[0]
        kind = kind if kind in KINDS else "document"
        medium = self.meta.medium(media["content_type"], b64decode(media["base64"]), media.get("name", ""))
        caption = {"caption": media["caption"]} if media.get("caption") else {}
        return kind, {kind: {**medium, **caption}}

    async def report(self, request: web.Request) -> web.Response:
        asked = await request.json()
        stored = next(one for one in self.meta.sent if one.id == asked["id"])
        heard = await self.meta.report(asked["url"], stored, asked["status"], asked.get("code", 0))
        return web.json_response(asdict(heard))

    async def call(self, request: web.Request) -> web.Response:
        asked = await request.json()
        heard = await self.meta.call(asked["url"], asked["value"], field=asked.get("field", "messages"))
        return web.json_response(asdict(heard))

    async def verify(self, request: web.Request) -> web.Response:
        return web.json_response(asdict(await self.meta.verify((await request.json())["url"])))

    async def receipts(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.meta.hooks_url, self.meta.receipts = asked["url"], tuple(asked["statuses"])
        return web.json_response({})

    async def refuse(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.meta.refusals.pop(asked["to"], None)
        if asked["code"]:
            self.meta.refusals[asked["to"]] = asked["code"]
        return web.json_response({})

    async def templates(self, request: web.Request) -> web.Response:
        self.meta.templates = (await request.json())["templates"]
        return web.json_response({})

    async def sent(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(one) for one in self.meta.sent])

    async def signs(self, request: web.Request) -> web.Response:
        return web.json_response({"read": self.meta.read, "typing": self.meta.typing})
