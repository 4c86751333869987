"""The control API for tests in other processes, under /_control.

POST /_control/say      {url, from, body, to?, media?: [...], fields?, sid?} -> {sid, status, body}
                        a medium is {content_type, base64}
POST /_control/report   {sid, status, error_code?} -> {sid, status, body}
POST /_control/receipts {statuses: [...]}: report these by itself after each message
POST /_control/refuse   {to, code}: refuse messages to this number; code 0 ends it
GET  /_control/sent     -> the messages sent through the API, as Twilio shows them, with media_urls
GET  /_control/replies  -> what our hooks said that Twilio would have sent to the customer
POST /_control/contents {name, language, body, variables?, status?} -> {sid}: a new template
POST /_control/phones   {answer?: [...], busy?: [...], pressing?: true}: who picks up, who is on the phone
POST /_control/ring     {url, from, to?, says?, transcript?, hangs_up?, status_url?} -> {sid, status, said}
GET  /_control/calls    -> the calls made through the API and those of customers
     /_control/faults   see tests.providers.faults
"""

from base64 import b64decode
from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.providers.twilio.server import TwilioLookAlike


class Control:
    """The routes of the control API."""

    def __init__(self, twilio: "TwilioLookAlike") -> None:
        self.twilio = twilio

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_control/say", self.say),
            web.post("/_control/report", self.report),
            web.post("/_control/receipts", self.receipts),
            web.post("/_control/refuse", self.refuse),
            web.get("/_control/sent", self.sent),
            web.get("/_control/replies", self.replies),
        ]

    async def say(self, request: web.Request) -> web.Response:
        asked = await request.json()
        media = [(one["content_type"], b64decode(one["base64"])) for one in asked.get("media", [])]
        heard = await self.twilio.say(
            asked["url"],
            asked["from"],
            asked["body"],
            to=asked.get("to", ""),
            media=media,
            fields=asked.get("fields"),
            sid=asked.get("sid", ""),
        )
        return web.json_response(asdict(heard))

    async def report(self, request: web.Request) -> web.Response:
        asked = await request.json()
        heard = await self.twilio.report(asked["sid"], asked["status"], asked.get("error_code", 0))
        return web.json_response(asdict(heard))

    async def receipts(self, request: web.Request) -> web.Response:
        self.twilio.receipts = tuple((await request.json())["statuses"])
        return web.json_response({})

    async def refuse(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.twilio.refusals.pop(asked["to"], None)
        if asked["code"]:
            self.twilio.refusals[asked["to"]] = asked["code"]
        return web.json_response({})

    async def sent(self, request: web.Request) -> web.Response:
        return web.json_response(
            [message.shown() | {"media_urls": message.media_urls} for message in self.twilio.sent]
        )

    async def replies(self, request: web.Request) -> web.Response:
        return web.json_response(self.twilio.replies_by_hook)
