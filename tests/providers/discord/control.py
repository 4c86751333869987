"""The control API for tests in other processes, under /_control.

POST /_control/say       {from, text, channel?, files?: [{name, content_type, base64}]} -> the message
POST /_control/press     {url, from, custom_id, label} -> {status, body}: a button, over HTTP
POST /_control/channel   {id}: make a text channel of a server
POST /_control/close     {code}: close the gateway's connections; 0 cuts them
POST /_control/forget    forget every session
GET  /_control/sent      -> the messages that the bot sent
GET  /_control/connected -> {sessions}: how many are at the gateway
     /_control/faults    see tests.providers.faults
"""

from base64 import b64decode
from typing import TYPE_CHECKING

from aiohttp import web

from tests.providers.discord.state import person

if TYPE_CHECKING:
    from tests.providers.discord.server import DiscordLookAlike


class Control:
    """The routes of the control API."""

    def __init__(self, discord: "DiscordLookAlike") -> None:
        self.discord = discord

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/say", self.say),
            web.post("/_control/press", self.press),
            web.post("/_control/channel", self.channel),
            web.post("/_control/close", self.close),
            web.post("/_control/forget", self.forget),
            web.get("/_control/sent", self.sent),
            web.get("/_control/connected", self.connected),
        ]

    async def say(self, request: web.Request) -> web.Response:
        asked = await request.json()
        files = [
            self.discord.keep_file(one["name"], b64decode(one["base64"]), one["content_type"])
            for one in asked.get("files", [])
        ]
        made = await self.discord.say(
            asked["from"], asked.get("text", ""), channel=asked.get("channel", ""), attachments=files
        )
        return web.json_response(made)

    async def press(self, request: web.Request) -> web.Response:
        asked = await request.json()
        button = {"type": 2, "custom_id": asked["custom_id"], "label": asked["label"]}
        called = {
            "id": self.discord.state.next_id(),
            "type": 3,
            "user": person(asked["from"]),
            "data": {"custom_id": asked["custom_id"], "component_type": 2},
            "message": {"components": [{"type": 1, "components": [button]}]},
        }
        status, body = await self.discord.call(asked["url"], called)
        return web.json_response({"status": status, "body": body})

    async def channel(self, request: web.Request) -> web.Response:
        self.discord.state.open_server((await request.json())["id"])
        return web.json_response({})

    async def close(self, request: web.Request) -> web.Response:
        await self.discord.gateway.close((await request.json())["code"])
        return web.json_response({})

    async def forget(self, request: web.Request) -> web.Response:
        self.discord.gateway.forget()
        return web.json_response({})

    async def sent(self, request: web.Request) -> web.Response:
        return web.json_response(self.discord.sent)

    async def connected(self, request: web.Request) -> web.Response:
        here = [one for one in self.discord.gateway.sessions.values() if one.socket is not None]
        return web.json_response({"sessions": len(here)})
