"""The Graph side: post messages and files, show the number, its templates and its media."""

import hashlib
import json
import re
from typing import TYPE_CHECKING
from uuid import uuid4

from aiohttp import web
from aiohttp.web_request import FileField

from tests.providers.meta import error, is_ours, stranger, unknown
from tests.providers.whatsapp.records import Json, Stored, new_wamid
from tests.providers.whatsapp.rules import TEXTS, Broken, check

if TYPE_CHECKING:
    from tests.providers.whatsapp.server import WhatsAppLookAlike

NUMBER = re.compile(r"\+?[0-9]+")
UPLOADABLE = re.compile(
    r"audio/(aac|mp4|mpeg|amr|ogg)|image/(jpeg|png|webp)|video/(mp4|3gpp)|text/plain"
    r"|application/(pdf|msword|vnd\.ms-(excel|powerpoint)|vnd\.openxmlformats-officedocument\..+)"
)


class Api:
    """The routes of the API over the look-alike's records."""

    def __init__(self, meta: "WhatsAppLookAlike") -> None:
        self.meta = meta

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(r"/v{version:[\d.]+}/{number}/messages", self.messages),
            web.post(r"/v{version:[\d.]+}/{number}/media", self.upload),
            web.get(r"/v{version:[\d.]+}/{account}/message_templates", self.templates),
            web.get(r"/v{version:[\d.]+}/{name}", self.show),
            web.get("/whatsapp_business/attachments/", self.file),
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        """Answer whoever bears another token or asks for another number."""
        if not is_ours(request, self.meta.token):
            return stranger()
        number = request.match_info.get("number", self.meta.number_id)
        return None if number == self.meta.number_id else unknown(number)

    async def messages(self, request: web.Request) -> web.Response:
        if refused := self.refusal(request):
            return refused
        body = json.loads(await request.read())
        self.meta.requests.append(body)
        if body.get("messaging_product") != "whatsapp":
            return error(400, 100, "Invalid parameter", details="The parameter messaging_product is required")
        if body.get("status") == "read":
            return self.mark(body)
        late = 0
        try:
            check(body, self.meta)
        except Broken as broken:
            if not self.meta.late_errors:
                return error(broken.status, broken.code, str(broken), details=broken.details)
            late = broken.code
        return self.take(body, late)

    def mark(self, body: Json) -> web.Response:
        if body.get("message_id") not in self.meta.heard:
            return error(400, 131009, "Parameter value is not valid", details="Message id is invalid")
        if "typing_indicator" in body:
            if body["typing_indicator"] != {"type": "text"}:
                return error(400, 100, "Invalid parameter", details="typing_indicator")
            self.meta.typing.append(body["message_id"])
        self.meta.read.append(body["message_id"])
        return web.json_response({"success": True})

    def take(self, body: Json, late: int) -> web.Response:
        """Keep a message; what names an identifier in `to` is taken and reaches nobody, as at Meta."""
        whom = body.get("to") or body["recipient"]
        stored = Stored(id=new_wamid(), to=whom, body=body)
        stored.lost = "to" in body and not NUMBER.fullmatch(whom)
        self.meta.sent.append(stored)
        self.meta.begin_receipts(stored, late)
        by_number = "to" in body
        person = {"input": whom, "wa_id": whom.lstrip("+")} if by_number else {"input": whom, "user_id": whom}
        taken = {"id": stored.id}
        if body.get("type") == "template":
            taken["message_status"] = "accepted"
        return web.json_response({"messaging_product": "whatsapp", "contacts": [person], "messages": [taken]})

    async def upload(self, request: web.Request) -> web.Response:
        if refused := self.refusal(request):
            return refused
        form = await request.post()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, FileField):
            return error(400, 100, "Invalid parameter", details="messaging_product and file are required")
        content_type = file.content_type.partition(";")[0]
        if not UPLOADABLE.fullmatch(content_type):
            return error(400, 100, f"Param file must be a file with one of the known types: {content_type}")
        content = file.file.read()
        if not content:
            return error(400, 131053, "Media upload error", details="The file is empty")
        return web.json_response({"id": self.meta.put(content_type, content, file.filename)})

    async def show(self, request: web.Request) -> web.Response:
        if refused := self.refusal(request):
            return refused
        name = request.match_info["name"]
        if name == self.meta.number_id:
            fields = request.query.get("fields", "").split(",")
            known = {**self.meta.number_info, "id": name}
            return web.json_response({field: known[field] for field in ["id", *fields] if field in known})
        if name not in self.meta.media:
            return unknown(name)
        content_type, content, _ = self.meta.media[name]
        url = f"{self.meta.base_url}/whatsapp_business/attachments/?mid={name}&hash={uuid4().hex}"
        return web.json_response(
            {
                "url": url,
                "mime_type": content_type,
                "sha256": hashlib.sha256(content).hexdigest(),
                "file_size": len(content),
                "id": name,
                "messaging_product": "whatsapp",
            }
        )

    async def templates(self, request: web.Request) -> web.Response:
        if not is_ours(request, self.meta.token):
            return stranger()
        if request.match_info["account"] != self.meta.account_id:
            return unknown(request.match_info["account"])
        size = min(int(request.query.get("limit", "25")), self.meta.page_size)
        begin = int(request.query.get("after", "0"))
        end = begin + size
        paging: Json = {"cursors": {"before": str(begin), "after": str(end)}}
        if end < len(self.meta.templates):
            paging["next"] = f"{self.meta.base_url}{request.path}?limit={size}&after={end}"
        self.meta.pages += 1
        return web.json_response({"data": self.meta.templates[begin:end], "paging": paging})

    async def file(self, request: web.Request) -> web.Response:
        """Serve a file to those who bear the token; others see a page, as at Meta."""
        if not is_ours(request, self.meta.token):
            return web.Response(status=401, text="<html>Sorry, this content isn't available</html>")
        content_type, content, _ = self.meta.media[request.query["mid"]]
        return web.Response(body=content, content_type=content_type)


def failure(code: int) -> Json:
    """Write an error as a status carries it."""
    title = TEXTS.get(code, "Message undeliverable")
    return {"code": code, "title": title, "message": title, "error_data": {"details": f"{title}."}}
