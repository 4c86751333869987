"""Files that pages load: sheets, scripts, marks; each is kept by browsers under a mark of its bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
KEPT: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file that a page loads; *tag* changes with its bytes."""

    body: bytes
    content_type: str
    tag: str


class Assets:
    """The assets of one folder under one address."""

    def __init__(
        self, folder: Path, under: str, *, headers: Mapping[str, str], otherwise: str = "no-cache"
    ) -> None:
        """Read the files of *folder* once, to be given with *headers*.

        Asked for under its mark, a file is kept for a year; *otherwise* says for how long without.
        """
        self._under = under
        self._headers = headers
        self._otherwise = otherwise
        self._files = {path.name: _asset(path) for path in sorted(folder.iterdir())}

    def link(self, name: str) -> str:
        """Return the address of *name* with its mark; KeyError where there is no such file."""
        return f"{self._under}/{name}?v={self._files[name].tag}"

    def answer(self, name: str, request: web.Request) -> web.Response:
        """Answer with a file, or 304 where the browser has it; raises HTTPNotFound."""
        asset = self._files.get(name)
        if asset is None:
            raise web.HTTPNotFound(text="There is no such file.")
        fresh = request.query.get("v") == asset.tag
        headers = {
            **self._headers,
            "X-Content-Type-Options": "nosniff",
            "ETag": f'"{asset.tag}"',
            "Cache-Control": KEPT if fresh else self._otherwise,
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=asset.body, content_type=asset.content_type, charset="utf-8", headers=headers
        )


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body=body, content_type=TYPES[path.suffix], tag=hashlib.sha256(body).hexdigest()[:12])
