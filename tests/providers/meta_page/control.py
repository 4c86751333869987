"""The control API for tests in other processes, under /_control.

POST /_control/say      {url, from, text?, mid?, files?, message?: {...}}; a file is
                        {name, kind, content_type, base64}
POST /_control/happen   {url, from, what: {...}}: any other item of `messaging`
POST /_control/comment  {url, from, text, post?, parent?, name?}
POST /_control/echo     {url, to, text, app_id}
POST /_control/report   {url, id, status}: delivered or read
POST /_control/hooks    {url, receipts?: [...]}: tell this address of echoes and receipts by itself
POST /_control/refuse   {to, code, subcode?}: refuse messages to this person; code 0 ends it
GET  /_control/sent     -> what was sent to customers: id, to, text, files, body
GET  /_control/answers  -> what was answered in public: id, parent, text
GET  /_control/actions  -> signs and reactions, as they were asked
     /_control/faults   see tests.providers.faults

The first five answer {id, status, body}: what our hook said.
"""

from base64 import b64decode
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.providers.meta_page.server import MetaPageLookAlike


class Control:
    """The routes of the control API."""

    def __init__(self, meta: "MetaPageLookAlike") -> None:
        self.meta = meta

    def routes(self) -> list[web.RouteDef]:
        posts = (self.say, self.happen, self.comment, self.echo, self.report, self.hooks, self.refuse)
        gets = (self.sent, self.answers, self.actions)
        return [
            *(web.post(f"/_control/{act.__name__}", act) for act in posts),
            *(web.get(f"/_control/{act.__name__}", act) for act in gets),
        ]

    async def say(self, request: web.Request) -> web.Response:
        asked = await request.json()
        files = [
            (one["name"], one["kind"], one["content_type"], b64decode(one["base64"]))
            for one in asked.get("files", [])
        ]
        heard = await self.meta.say(
            asked["url"],
            asked["from"],
            asked.get("text", ""),
            files=files,
            mid=asked.get("mid", ""),
            **asked.get("message", {}),
        )
        return web.json_response(asdict(heard))

    async def happen(self, request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response(asdict(await self.meta.happen(asked["url"], asked["from"], asked["what"])))

    async def comment(self, request: web.Request) -> web.Response:
        asked = await request.json()
        url, person, text = asked.pop("url"), asked.pop("from"), asked.pop("text")
        return web.json_response(asdict(await self.meta.comment(url, person, text, **asked)))

    async def echo(self, request: web.Request) -> web.Response:
        asked = await request.json()
        heard = await self.meta.echo(asked["url"], asked["to"], asked["text"], app_id=asked["app_id"])
        return web.json_response(asdict(heard))

    async def report(self, request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response(asdict(await self.meta.report(asked["url"], asked["id"], asked["status"])))

    async def hooks(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.meta.hooks_url, self.meta.receipts = asked["url"], tuple(asked.get("receipts", ()))
        return web.json_response({})

    async def refuse(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.meta.refusals.pop(asked["to"], None)
        if asked["code"]:
            self.meta.refusals[asked["to"]] = (asked["code"], asked.get("subcode", 0))
        return web.json_response({})

    async def sent(self, _: web.Request) -> web.Response:
        return web.json_response(
            [
                {"id": one.id, "to": one.customer, "text": one.text, "files": one.files, "body": one.body}
                for one in self.meta.sent
            ]
        )

    async def answers(self, _: web.Request) -> web.Response:
        return web.json_response(
            [{"id": one.id, "parent": one.parent, "text": one.text} for one in self.meta.answers]
        )

    async def actions(self, _: web.Request) -> web.Response:
        return web.json_response(self.meta.actions)
