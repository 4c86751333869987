"""The address behind a file's signed link: the bytes, as a download that can never run."""

from urllib.parse import quote

from aiohttp import web

from inbox.bucket import Away
from inbox.media import MEDIA_TYPE, MediaStore
from storage import attachments
from storage.database import Database

SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")
PLAYED = ("audio/", "video/")


def routes(database: Database, media: MediaStore) -> list[web.AbstractRouteDef]:
    """List the one address; who has the link may fetch, for as long as it is good."""

    async def file(request: web.Request) -> web.StreamResponse:
        attachment_id = int(request.match_info["id"])
        if not media.allows(attachment_id, request.query.get("s", "")):
            raise web.HTTPForbidden(text="This link is no longer good. Open the conversation again.\n")
        async with database.reading() as connection:
            row = await attachments.one(connection, attachment_id)
        if row is None or row.state != "kept" or not row.path:
            raise web.HTTPNotFound(text="This file is not here.\n")
        wants_small = request.query.get("small") == "1" and row.content_type in SHOWN
        try:
            small = await media.small(row.path) if wants_small else None
            path = small or await media.here(row.path)
        except (ValueError, FileNotFoundError) as error:
            raise web.HTTPNotFound(text="This file is not here.\n") from error
        except Away as error:
            raise web.HTTPServiceUnavailable(text="Our store of files does not answer.\n") from error
        if not path.is_file():
            raise web.HTTPNotFound(text="This file is not here any more.\n")
        return web.FileResponse(path, headers=_headers(row.name, "image/webp" if small else row.content_type))

    return [web.get(r"/media/{id:\d{1,19}}", file)]


def _headers(name: str, content_type: str) -> dict[str, str]:
    """Let pictures and sound show, and nothing else do more than be saved."""
    played = content_type.startswith(PLAYED) and MEDIA_TYPE.fullmatch(content_type) is not None
    harmless = content_type in SHOWN or played
    disposition = "inline" if harmless else "attachment"
    return {
        "Content-Type": content_type if harmless else "application/octet-stream",
        "Content-Disposition": f"{disposition}; {_filename(name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=3600",
    }


def _filename(name: str) -> str:
    return f"filename*=UTF-8''{quote(name)}"
