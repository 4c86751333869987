"""The REST side: create, list and fetch messages, fetch media, show the account."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import encode_basic_auth, web

from bots.sms.segments import count
from tests.providers.faults import Fault
from tests.providers.twilio.contents import rendered
from tests.providers.twilio.records import Stored, new_sid, seconds_now
from tests.providers.twilio.rules import Broken, check

if TYPE_CHECKING:
    from tests.providers.twilio.server import TwilioLookAlike

ACCOUNT = "/2010-04-01/Accounts/{account}"


def error(status: int, code: int, message: str) -> web.Response:
    """Answer as Twilio does when it refuses."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return web.json_response(
        {"code": code, "message": message, "more_info": more, "status": status}, status=status
    )


def throttled(fault: Fault) -> web.Response:
    """Answer 429 as Twilio does."""
    response = error(429, 20429, "Too Many Requests")
    response.headers["Retry-After"] = str(fault.retry_after)
    return response


class Api:
    """The routes of the API over the look-alike's records."""

    def __init__(self, twilio: "TwilioLookAlike") -> None:
        self.twilio = twilio

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{ACCOUNT}/Messages.json", self.create),
            web.get(f"{ACCOUNT}/Messages.json", self.list),
            web.get(f"{ACCOUNT}/Messages/{{sid}}.json", self.fetch),
            web.get(f"{ACCOUNT}/Messages/{{sid}}/Media/{{medium}}", self.medium),
            web.get("/2010-04-01/Accounts/{account}.json", self.account),
            web.get("/cdn/{medium}", self.cdn),
        ]

    def allowed(self, request: web.Request) -> bool:
        wanted = encode_basic_auth(self.twilio.account_sid, self.twilio.auth_token)
        ours = request.match_info["account"] == self.twilio.account_sid
        return ours and request.headers.get("Authorization") == wanted

    async def create(self, request: web.Request) -> web.Response:
        if not self.allowed(request):
            return error(401, 20003, "Authenticate")
        form = await request.post()
        pairs = [(name, str(value)) for name, value in form.items()]
        self.twilio.requests.append(pairs)
        try:
            check(dict(pairs), [value for name, value in pairs if name == "MediaUrl"], self.twilio)
        except Broken as broken:
            return error(400, broken.code, str(broken))
        stored = self.stored(pairs)
        self.twilio.messages.append(stored)
        self.twilio.begin_receipts(stored)
        return web.json_response(stored.shown(), status=201)

    def stored(self, pairs: list[tuple[str, str]]) -> Stored:
        form = dict(pairs)
        media = [value for name, value in pairs if name == "MediaUrl"]
        service = form.get("MessagingServiceSid")
        body = form.get("Body", "")
        if "ContentSid" in form:
            content = next(one for one in self.twilio.contents if one["sid"] == form["ContentSid"])
            body = rendered(content, form.get("ContentVariables", ""))
        return Stored(
            sid=new_sid("MM" if media else "SM"),
            account_sid=self.twilio.account_sid,
            to=form["To"],
            from_=None if service else form["From"],
            body=self.twilio.prefix + body,
            direction="outbound-api",
            status="accepted" if service else "queued",
            num_segments="0" if service else "1" if media else str(count(body).parts),
            media_urls=media,
            service=service,
            callback=form.get("StatusCallback", ""),
            free="ContentSid" not in form,
            created=seconds_now(),
        )

    async def list(self, request: web.Request) -> web.Response:
        if not self.allowed(request):
            return error(401, 20003, "Authenticate")
        query = dict(request.query)
        self.twilio.queries.append(query)
        size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
        found = [
            message
            for message in reversed(self.twilio.messages)
            if query.get("To", message.to) == message.to
            and query.get("From", message.from_ or "") == (message.from_ or "")
        ]
        part = found[page * size : (page + 1) * size]
        onward = f"{request.path}?{urlencode({**query, 'Page': page + 1, 'PageSize': size})}"
        first = f"{request.path}?{urlencode({**query, 'Page': 0, 'PageSize': size})}"
        return web.json_response(
            {
                "messages": [message.shown() for message in part],
                "first_page_uri": first,
                "next_page_uri": onward if len(found) > (page + 1) * size else None,
                "previous_page_uri": None,
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + max(len(part) - 1, 0),
                "uri": request.path_qs,
            }
        )

    async def fetch(self, request: web.Request) -> web.Response:
        if not self.allowed(request):
            return error(401, 20003, "Authenticate")
        for message in self.twilio.messages:
            if message.sid == request.match_info["sid"]:
                return web.json_response(message.shown())
        return error(404, 20404, f"The requested resource {request.path} was not found")

    async def medium(self, request: web.Request) -> web.Response:
        if not self.allowed(request):
            return error(401, 20003, "Authenticate")
        if request.match_info["medium"] not in self.twilio.media:
            return error(404, 20404, f"The requested resource {request.path} was not found")
        raise web.HTTPTemporaryRedirect(f"/cdn/{request.match_info['medium']}")

    async def cdn(self, request: web.Request) -> web.Response:
        """Serve the bytes; the store behind Twilio refuses a second way of signing in."""
        if "Authorization" in request.headers:
            return web.Response(status=400, text="Only one auth mechanism allowed")
        content_type, body = self.twilio.media[request.match_info["medium"]]
        return web.Response(body=body, content_type=content_type)

    async def account(self, request: web.Request) -> web.Response:
        if not self.allowed(request):
            return error(401, 20003, "Authenticate")
        sid = self.twilio.account_sid
        return web.json_response({"sid": sid, "friendly_name": "tests", "status": "active", "type": "Full"})
