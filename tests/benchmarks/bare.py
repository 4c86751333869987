"""The yardstick: an aiohttp handler that only checks an HMAC over the body."""

import hashlib
import hmac
import sys

from aiohttp import web

KEY = b"bench"


async def hook(request: web.Request) -> web.Response:
    """Compute, compare, answer."""
    body = await request.read()
    digest = hmac.new(KEY, body, hashlib.sha256).hexdigest()
    hmac.compare_digest(digest, request.headers.get("X-Signature", ""))
    return web.Response(text="")


def main() -> None:
    """Serve on the port named first."""
    site = web.Application()
    site.add_routes([web.post("/hooks/{channel}", hook)])
    web.run_app(site, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
