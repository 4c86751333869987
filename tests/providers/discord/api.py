"""The REST API as documented, as far as a bot that talks to people needs it."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.providers.discord.state import the_bot
from tests.providers.faults import Fault

if TYPE_CHECKING:
    from tests.providers.discord.server import DiscordLookAlike

Json = dict[str, Any]
Handle = Callable[[web.Request], Awaitable[web.Response]]
CHANNEL = "/api/v10/channels/{channel}"
MESSAGE = CHANNEL + "/messages/{message}"
UPLOAD_LIMIT = 10 * 1024 * 1024


def throttled(fault: Fault) -> web.Response:
    body = {
        "message": "You are being rate limited.",
        "retry_after": float(fault.retry_after),
        "global": False,
    }
    headers = {"Retry-After": str(fault.retry_after), "X-RateLimit-Scope": "user"}
    return web.json_response(body, status=429, headers=headers)


def refused(status: int, code: int, message: str, **more: Any) -> web.Response:
    return web.json_response({"message": message, "code": code, **more}, status=status)


def too_long(field: str, most: int) -> web.Response:
    wrong = {"code": "BASE_TYPE_MAX_LENGTH", "message": f"Must be {most} or fewer in length."}
    return refused(400, 50035, "Invalid Form Body", errors={field: {"_errors": [wrong]}})


class Api:
    """The routes of the API."""

    def __init__(self, discord: "DiscordLookAlike") -> None:
        self.discord = discord
        self.state = discord.state

    def routes(self) -> list[web.RouteDef]:
        routes: list[tuple[str, str, Handle]] = [
            ("GET", "/api/v10/gateway/bot", self.gateway),
            ("GET", "/api/v10/users/@me", self.me),
            ("POST", "/api/v10/users/@me/channels", self.open_direct),
            ("GET", CHANNEL + "/messages", self.listed),
            ("POST", CHANNEL + "/messages", self.create),
            ("GET", MESSAGE, self.one),
            ("PATCH", MESSAGE, self.edit),
            ("DELETE", MESSAGE, self.delete),
            ("PUT", MESSAGE + "/reactions/{emoji}/@me", self.react),
            ("DELETE", MESSAGE + "/reactions/{emoji}/@me", self.unreact),
            ("POST", CHANNEL + "/typing", self.type),
        ]
        made = [web.route(method, path, self.signed_in(handle)) for method, path, handle in routes]
        return [*made, web.get("/attachments/{name}", self.file)]

    def signed_in(self, handle: Handle) -> Handle:
        async def answer(request: web.Request) -> web.Response:
            if request.headers.get("Authorization") != f"Bot {self.discord.token}":
                return refused(401, 0, "401: Unauthorized")
            channel = request.match_info.get("channel")
            if channel is not None and channel not in self.state.messages:
                return refused(404, 10003, "Unknown Channel")
            message = request.match_info.get("message")
            if message is not None and message not in self.state.messages[channel or ""]:
                return refused(404, 10008, "Unknown Message")
            return await handle(request)

        return answer

    async def gateway(self, request: web.Request) -> web.Response:
        limit = {
            "total": 1000,
            "remaining": self.discord.starts_left,
            "reset_after": 7000,
            "max_concurrency": 1,
        }
        url = self.discord.base_url.replace("http", "ws") + "/gateway"
        return web.json_response({"url": url, "shards": 1, "session_start_limit": limit})

    async def me(self, request: web.Request) -> web.Response:
        return web.json_response(the_bot() | {"verified": True, "mfa_enabled": True, "locale": "en-US"})

    async def open_direct(self, request: web.Request) -> web.Response:
        user = (await request.json())["recipient_id"]
        self.state.requests.append(("POST", "/users/@me/channels", {"recipient_id": user}))
        channel = self.state.open_direct(user)
        person = self.discord.people.get(user, {"id": user, "username": "u", "discriminator": "0"})
        return web.json_response(
            {"id": channel, "type": 1, "last_message_id": None, "flags": 0, "recipients": [person]}
        )

    async def listed(self, request: web.Request) -> web.Response:
        channel, limit = request.match_info["channel"], int(request.query.get("limit", "50"))
        self.state.requests.append(("GET", f"/channels/{channel}/messages", dict(request.query)))
        after = int(request.query.get("after", "0"))
        found = [one for number, one in self.state.messages[channel].items() if int(number) > after]
        return web.json_response(found[:limit][::-1] if "after" in request.query else found[::-1][:limit])

    async def create(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        body, files = await self.body_of(request)
        self.state.requests.append(("POST", f"/channels/{channel}/messages", body))
        self.state.uploads.append([name for name, _ in files])
        if any(self.state.direct.get(user) == channel for user in self.state.closed):
            return refused(403, 50007, "Cannot send messages to this user")
        if len(body.get("content", "")) > 2000:
            return too_long("content", 2000)
        if sum(len(content) for _, content in files) > UPLOAD_LIMIT:
            return refused(413, 40005, "Request entity too large")
        if not body.get("content") and not files:
            return refused(400, 50006, "Cannot send an empty message")
        nonce = body.get("nonce")
        if body.get("enforce_nonce") and nonce in self.state.nonces:
            return web.json_response(self.state.nonces[nonce])
        made = self.written(channel, body, files)
        self.state.nonces[nonce or made["id"]] = made
        await self.discord.dispatch("MESSAGE_CREATE", self.discord.as_event(made))
        return web.json_response(made)

    def written(self, channel: str, body: Json, files: list[tuple[str, bytes]]) -> Json:
        parts: Json = {"attachments": [self.discord.keep_file(name, content) for name, content in files]}
        if reference := body.get("message_reference"):
            parts |= {"type": 19, "message_reference": {"channel_id": channel, **reference}}
        rung = body.get("allowed_mentions", {}).get("users", [])
        parts["mentions"] = [self.discord.people[user] for user in rung if user in self.discord.people]
        return self.state.write(channel, the_bot(), body.get("content", ""), **parts)

    async def body_of(self, request: web.Request) -> tuple[Json, list[tuple[str, bytes]]]:
        if not request.content_type.startswith("multipart/"):
            return await request.json(), []
        body: Json = {}
        files = []
        async for part in await request.multipart():
            if part.name == "payload_json":  # type: ignore[union-attr]
                body = json.loads(await part.read())  # type: ignore[union-attr]
            else:
                files.append((part.filename or "", bytes(await part.read())))  # type: ignore[union-attr]
        return body, files

    def found(self, request: web.Request) -> Json:
        return self.state.messages[request.match_info["channel"]][request.match_info["message"]]

    async def one(self, request: web.Request) -> web.Response:
        return web.json_response(self.found(request))

    async def edit(self, request: web.Request) -> web.Response:
        one, body = self.found(request), await request.json()
        if one["author"]["id"] != the_bot()["id"]:
            return refused(403, 50005, "Cannot edit a message authored by another user")
        one |= {"content": body["content"], "edited_timestamp": one["timestamp"]}
        await self.discord.dispatch("MESSAGE_UPDATE", self.discord.as_event(one))
        return web.json_response(one)

    async def delete(self, request: web.Request) -> web.Response:
        channel, number = request.match_info["channel"], request.match_info["message"]
        del self.state.messages[channel][number]
        await self.discord.dispatch("MESSAGE_DELETE", {"id": number, "channel_id": channel})
        return web.Response(status=204)

    async def react(self, request: web.Request) -> web.Response:
        ours = {"count": 1, "me": True, "emoji": {"id": None, "name": request.match_info["emoji"]}}
        self.found(request).setdefault("reactions", []).append(ours)
        return web.Response(status=204)

    async def unreact(self, request: web.Request) -> web.Response:
        one, emoji = self.found(request), request.match_info["emoji"]
        one["reactions"] = [kept for kept in one["reactions"] if kept["emoji"]["name"] != emoji]
        return web.Response(status=204)

    async def type(self, request: web.Request) -> web.Response:
        self.state.typing.append(request.match_info["channel"])
        return web.Response(status=204)

    async def file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self.state.files:
            return web.Response(status=404, text="This content is no longer available.")
        content_type, content = self.state.files[name]
        return web.Response(body=content, content_type=content_type)
