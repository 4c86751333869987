"""Telephone calls: customers ring, we ring through the API, and TwiML says what happens on the line."""

from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from aiohttp import encode_basic_auth, web

from tests.providers.twilio.lines import Call, Lines
from tests.providers.twilio.records import new_sid
from tests.providers.twilio.rules import NUMBER

if TYPE_CHECKING:
    from tests.providers.twilio.server import TwilioLookAlike

PATH = "/2010-04-01/Accounts/{account}"
NOTHING = (
    "answered_by", "caller_name", "duration", "end_time", "forwarded_from", "group_sid", "parent_call_sid",
    "phone_number_sid", "price", "start_time", "trunk_sid",
)  # fmt: skip
"""What a call has no value for when it is made."""


class Exchange(Lines):
    """Every call there was, and the API that begins them."""

    def __init__(self, twilio: "TwilioLookAlike") -> None:
        super().__init__(twilio)
        self.calls: list[Call] = []
        self.requests: list[list[tuple[str, str]]] = []
        self.refusal: int = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{PATH}/Calls.json", self.create),
            web.get(f"{PATH}/Recordings/{{sid}}", self.recording),
            web.post("/_control/phones", self.phones),
            web.post("/_control/ring", self.rung),
            web.get("/_control/calls", self.listed),
        ]

    async def ring(
        self,
        url: str,
        caller: str,
        *,
        to: str = "",
        says: bytes = b"",
        transcript: str = "",
        hangs_up: bool = False,
        status_url: str = "",
        country: str = "",
    ) -> Call:
        """Let a customer ring: *url* is asked what to do, *status_url* is told the end.

        The customer *says* something after a beep, or nothing; or *hangs_up* while our phones ring.
        """
        call = Call(
            sid=new_sid("CA"), to=to or self.twilio.numbers[0], from_=caller, direction="inbound",
            says=says, transcript=transcript, hangs_up=hangs_up,
        )  # fmt: skip
        self.calls.append(call)
        heard = await self.twilio.post(url, self.form(call) | {"FromCountry": country}, call.sid)
        await self.run(call, heard.body, url)
        if call.status not in ("no-answer", "busy", "failed"):
            call.status = "completed"
        if status_url:
            ended = self.form(call) | {"CallDuration": "0" if call.status == "no-answer" else "30"}
            await self.twilio.post(status_url, ended, call.sid)
        return call

    async def create(self, request: web.Request) -> web.Response:
        """Take a call that we begin: it rings the first phone, then does what its TwiML says."""
        wanted = encode_basic_auth(self.twilio.account_sid, self.twilio.auth_token)
        if request.headers.get("Authorization") != wanted:
            return refused(401, 20003, "Authenticate")
        pairs = [(name, str(value)) for name, value in (await request.post()).items()]
        self.requests.append(pairs)
        form = dict(pairs)
        code = self.refusal or broken(form, self.twilio.numbers)
        if code:
            return refused(400, code, "Refused")
        call = Call(
            sid=new_sid("CA"), to=form["To"], from_=form["From"], direction="outbound-api",
            status="queued", twiml=form["Twiml"], callback=form.get("StatusCallback", ""),
        )  # fmt: skip
        self.calls.append(call)
        self.twilio.begin(self.carry_out(call))
        return web.json_response(self.shown(call), status=201)

    async def carry_out(self, call: Call) -> None:
        call.status = "busy" if call.to in self.busy else "no-answer"
        if call.to in self.answer:
            call.status = "in-progress"
            await self.run(call, call.twiml, "")
            call.status = "completed"
        if call.callback:
            await self.twilio.post(call.callback, self.form(call) | {"CallDuration": "50"}, call.sid)

    async def recording(self, request: web.Request) -> web.Response:
        """Serve a recording as MP3, or as WAV without the ending, to who signs in."""
        wanted = encode_basic_auth(self.twilio.account_sid, self.twilio.auth_token)
        if request.headers.get("Authorization") != wanted:
            return refused(401, 20003, "Authenticate")
        sid, _, ending = request.match_info["sid"].partition(".")
        if sid not in self.recordings:
            return refused(404, 20404, "The requested resource was not found")
        content_type = "audio/mpeg" if ending == "mp3" else "audio/x-wav"
        return web.Response(body=self.recordings[sid], content_type=content_type)

    async def phones(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.answer, self.busy = set(asked.get("answer", [])), set(asked.get("busy", []))
        self.pressing = asked.get("pressing", True)
        return web.json_response({})

    async def rung(self, request: web.Request) -> web.Response:
        asked = await request.json()
        call = await self.ring(
            asked["url"],
            asked["from"],
            to=asked.get("to", ""),
            says=asked.get("says", "").encode(),
            transcript=asked.get("transcript", ""),
            hangs_up=asked.get("hangs_up", False),
            status_url=asked.get("status_url", ""),
            country=asked.get("country", ""),
        )
        return web.json_response({"sid": call.sid, "status": call.status, "said": call.said})

    async def listed(self, _: web.Request) -> web.Response:
        dialled = [{"dialled": call.dialled, "answered": call.answered} for call in self.calls]
        return web.json_response(
            [self.shown(call) | more for call, more in zip(self.calls, dialled, strict=True)]
        )

    def shown(self, call: Call) -> dict[str, Any]:
        """Show a call as the API's JSON does."""
        path = f"/2010-04-01/Accounts/{self.twilio.account_sid}/Calls/{call.sid}"
        created = format_datetime(call.created)
        return dict.fromkeys(NOTHING) | {
            "account_sid": self.twilio.account_sid,
            "api_version": "2010-04-01",
            "date_created": created,
            "date_updated": created,
            "direction": call.direction,
            "from": call.from_,
            "from_formatted": call.from_,
            "price_unit": "USD",
            "queue_time": "0",
            "sid": call.sid,
            "status": call.status,
            "subresource_uris": {"recordings": f"{path}/Recordings.json"},
            "to": call.to,
            "to_formatted": call.to,
            "uri": f"{path}.json",
        }


def broken(form: dict[str, str], numbers: tuple[str, ...]) -> int:
    """Give the code of the first rule that a call breaks, 0 where it breaks none."""
    if not form.get("To"):
        return 21201
    if not NUMBER.fullmatch(form["To"]):
        return 21211
    if form.get("From") not in numbers:
        return 21210
    try:
        ElementTree.fromstring(form.get("Twiml", ""))
    except ElementTree.ParseError:
        return 12100
    callback = form.get("StatusCallback", "http://ok")
    if len(form["Twiml"]) > 4000 or urlsplit(callback).scheme not in ("http", "https"):
        return 21609
    return 0


def refused(status: int, code: int, message: str) -> web.Response:
    body = {"code": code, "message": message, "more_info": "", "status": status}
    return web.json_response(body, status=status)
