"""What every answer says to browsers, whoever gave it: refusals, hooks and pages alike."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

POLICY: Final = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
"""For what is no page of ours; pages say themselves what they load."""
ALWAYS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
)
HSTS: Final = ("Strict-Transport-Security", "max-age=31536000")
LOADED: Final = frozenset({"text/css", "text/javascript", "image/svg+xml"})
"""What pages load is under the page's policy, not its own."""


def always(public_url: str) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Make what puts the headers on that an answer does not have itself; over https, that it stays so."""
    told = (*ALWAYS, HSTS) if public_url.startswith("https://") else ALWAYS

    async def put(_: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        for name, value in told:
            headers.setdefault(name, value)
        if "Content-Security-Policy" not in headers and response.content_type not in LOADED:
            headers["Content-Security-Policy"] = POLICY

    return put
