"""Colours, sizes, controls and the mark: sheets that hold nothing which only agents may see."""

from pathlib import Path

from aiohttp import web

from inbox.assets import Assets

UNDER = "/style"
HEADERS = {"Cross-Origin-Resource-Policy": "cross-origin"}  # the widget stands on other sites


def sheets() -> Assets:
    """Read the shared sheets."""
    return Assets(Path(__file__).parent / "static", UNDER, headers=HEADERS)


def routes() -> list[web.AbstractRouteDef]:
    """List the one address of the sheets, open to all."""
    shared = sheets()

    async def sheet(request: web.Request) -> web.StreamResponse:
        return shared.answer(request.match_info["name"], request)

    return [web.get(UNDER + "/{name}", sheet)]
