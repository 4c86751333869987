"""Bytes in and out: the upload URL, and private files behind the token."""

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.providers.slack.server import SlackLookAlike

_LOGIN = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in</body></html>"


def file_routes(slack: "SlackLookAlike") -> list[web.AbstractRouteDef]:
    """The routes outside /api/ that carry files."""

    async def upload(request: web.Request) -> web.Response:
        kept = slack.space.files.get(request.match_info["file"])
        fault = slack.faults.take("upload", {})
        if fault is not None:
            return web.Response(status=fault.status, text="failed")
        if kept is None or kept.content is not None:
            return web.Response(status=404, text="no such upload")
        content = await _sent(request)
        if len(content) != kept.length:
            slack.mistakes.append(f"upload of {kept.name}: {len(content)} bytes, announced {kept.length}")
            return web.Response(status=400, text="length")
        kept.content = content
        return web.Response(text=f"OK - {kept.length}")

    async def download(request: web.Request) -> web.Response:
        kept = slack.space.files.get(request.match_info["file"])
        bearer = request.headers.get("Authorization") == f"Bearer {slack.bot_token}"
        if kept is None or kept.deleted or kept.content is None:
            return web.Response(status=404, text="file not found")
        if kept.serves == "forbidden":
            return web.Response(status=403, text="forbidden")
        if kept.serves == "html" or not bearer or "files:read" not in slack.space.scopes:
            return web.Response(text=_LOGIN, content_type="text/html")
        return web.Response(body=kept.content, headers={"Content-Type": kept.mimetype})

    return [
        web.post("/upload/v1/{file}", upload),
        web.get("/files-pri/{team}-{file}/{name}", download),
        web.get("/files-pri/{team}-{file}/download/{name}", download),
    ]


async def _sent(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    form = await request.post()
    for part in form.values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""
