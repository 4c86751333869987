"""The Messaging API as documented: reply, push, profile of the bot, content, loading, mark as read."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from aiohttp import web

from tests.providers.faults import Fault

if TYPE_CHECKING:
    from tests.providers.line.server import LineLookAlike

Json = dict[str, Any]
Handle = Callable[[web.Request], Awaitable[web.Response]]
MOST_MESSAGES = 5
TEXT_UNITS = 5000


def throttled(fault: Fault) -> web.Response:
    body = {"message": "The API rate limit has been exceeded. Try again later."}
    return web.json_response(body, status=429, headers={"Retry-After": str(fault.retry_after)})


def refused(message: str, status: int = 400, **more: Any) -> web.Response:
    headers = {"x-line-request-id": str(uuid4())}
    return web.json_response({"message": message, **more}, status=status, headers=headers)


def wrong_with(one: Any) -> str:
    """Say what is wrong with a message object, or nothing."""
    match one:
        case {"type": "text", "text": str(text)}:
            units = len(text.encode("utf-16-le")) // 2
            return "" if 0 < units <= TEXT_UNITS else "Length must be between 0 and 5000"
        case {"type": "image" | "video", "originalContentUrl": str(url), "previewImageUrl": str(preview)}:
            secure = all(each.startswith("https://") for each in (url, preview))
            return "" if secure else "Must be a valid HTTPS URL"
        case {"type": "audio", "originalContentUrl": str(url), "duration": int(length)}:
            return "" if url.startswith("https://") and length > 0 else "Must be a valid HTTPS URL"
    return "Unknown or incomplete message"


class Api:
    """The routes of the API."""

    def __init__(self, line: "LineLookAlike") -> None:
        self.line = line

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v2/bot/message/push", self.signed_in(self.push)),
            web.post("/v2/bot/message/reply", self.signed_in(self.reply)),
            web.get("/v2/bot/info", self.signed_in(self.info)),
            web.get("/v2/bot/message/{id}/content", self.signed_in(self.content)),
            web.post("/v2/bot/chat/loading/start", self.signed_in(self.loading)),
            web.post("/v2/bot/chat/markAsRead", self.signed_in(self.mark_as_read)),
        ]

    def signed_in(self, handle: Handle) -> Handle:
        async def answer(request: web.Request) -> web.Response:
            if request.headers.get("Authorization") != f"Bearer {self.line.token}":
                why = "Authentication failed due to the following reason: invalid token"
                return refused(why, 401)
            return await handle(request)

        return answer

    async def push(self, request: web.Request) -> web.Response:
        body = await request.json()
        key = request.headers.get("X-Line-Retry-Key", "")
        self.line.requests.append(("push", body))
        if key and str(UUID(key)) != key:
            return refused("Invalid retry key")
        if key in self.line.accepted:
            request_id, sent = self.line.accepted[key]
            headers = {"x-line-accepted-request-id": request_id, "x-line-request-id": str(uuid4())}
            told = {"message": "The retry key is already accepted", "sentMessages": sent}
            return web.json_response(told, status=409, headers=headers)
        if self.line.quota_left == 0:
            return refused("You have reached your monthly limit.", 429)
        if not isinstance(body.get("to"), str) or body["to"] in self.line.unknown:
            return refused("The property, 'to', in the request body is invalid (line: -, column: -)")
        if problem := self.problem(body):
            return problem
        answer = self.taken(body["to"], body["messages"])
        if key:
            self.line.accepted[key] = (answer.headers["x-line-request-id"], self.line.last_sent)
        return answer

    async def reply(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.line.requests.append(("reply", body))
        if "X-Line-Retry-Key" in request.headers:
            return refused("Retry key is not supported for this API")
        if problem := self.problem(body):
            return problem
        chat = self.line.reply_tokens.pop(body.get("replyToken", ""), None)
        return refused("Invalid reply token") if chat is None else self.taken(chat, body["messages"])

    def problem(self, body: Json) -> web.Response | None:
        messages = body.get("messages")
        if not isinstance(messages, list) or not 1 <= len(messages) <= MOST_MESSAGES:
            return refused("Size must be between 1 and 5")
        details = [
            {"message": wrong, "property": f"messages[{at}]"}
            for at, one in enumerate(messages)
            if (wrong := wrong_with(one))
        ]
        if not details:
            return None
        return refused(f"The request body has {len(details)} error(s)", details=details)

    def taken(self, chat: str, messages: list[Json]) -> web.Response:
        self.line.last_sent = [{"id": self.line.next_id(), "quoteToken": f"q{uuid4().hex}"} for _ in messages]
        self.line.keep_sent(chat, messages, [one["id"] for one in self.line.last_sent])
        headers = {"x-line-request-id": str(uuid4())}
        return web.json_response({"sentMessages": self.line.last_sent}, headers=headers)

    async def info(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "userId": self.line.bot_id,
                "basicId": "@216ru",
                "displayName": "Example Shop",
                "chatMode": "bot",
                "markAsReadMode": "auto",
            }
        )

    async def content(self, request: web.Request) -> web.Response:
        number = request.match_info["id"]
        if number in self.line.transcoding:
            return web.Response(status=202)
        if number not in self.line.content:
            return refused("Not found", 404)
        content_type, body = self.line.content[number]
        return web.Response(body=body, content_type=content_type)

    async def loading(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        seconds = body.get("loadingSeconds", 20)
        if not str(body.get("chatId", "")).startswith("U") or seconds % 5 or not 5 <= seconds <= 60:
            return refused("The property, 'chatId', in the request body is invalid")
        self.line.typing.append(body["chatId"])
        return web.json_response({}, status=202)

    async def mark_as_read(self, request: web.Request) -> web.Response:
        token = (await request.json()).get("markAsReadToken")
        if token not in self.line.read_tokens:
            return refused("Invalid markAsReadToken")
        self.line.read.append(self.line.read_tokens[token])
        return web.json_response({})
