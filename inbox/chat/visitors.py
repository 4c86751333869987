"""Who asks: the visitor's signed identity, in a header from the page or in our own cookie."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web
from aiolimiter import AsyncLimiter

from bots.errors import BadSignature
from bots.webchat import WebChat
from bots.webchat.origins import may_speak
from bots.webchat.reading import bearer

COOKIE: Final = "tidings_visitor"
PROVED: Final = "id:"
MOST_REMEMBERED: Final = 10_000


class Visitors:
    """Says who asks, and slows down who asks too much."""

    def __init__(self, channel: WebChat, *, secure: bool) -> None:
        """Know the *channel* whose visitors these are; *secure* cookies go over HTTPS only."""
        self.channel = channel
        self._secure = secure
        self._paces: dict[str, AsyncLimiter] = {}

    def asked(self, request: web.Request) -> str:
        """Return the visitor of the Authorization header; 401 without, 403 from a strange page."""
        self.from_allowed_page(request)
        try:
            return self.channel.identities.visitor_of(bearer(headers_of(request)), now())
        except BadSignature as error:
            raise web.HTTPUnauthorized(text=error.reason) from error

    def in_cookie(self, request: web.Request) -> str:
        """Return the visitor of our cookie, or an empty text."""
        try:
            return self.channel.identities.visitor_of(request.cookies.get(COOKIE, ""), now())
        except BadSignature:
            return ""

    def from_allowed_page(self, request: web.Request) -> None:
        """Refuse a page that is neither ours nor on the list of sites."""
        if not may_speak(headers_of(request), str(request.url), self.channel.settings.sites):
            raise web.HTTPForbidden(text="the page's origin is not on the list of sites")

    def remember(self, response: web.StreamResponse, visitor: str) -> str:
        """Issue a token and set it as our cookie too.

        Whom a site has proved has no cookie: signing out there must sign out here.
        """
        token = self.channel.identities.issue(visitor, now())
        if visitor.startswith(PROVED):
            return token
        response.set_cookie(
            COOKIE,
            token,
            path="/chat",
            httponly=True,
            samesite="Strict",
            secure=self._secure,
            max_age=self.channel.settings.identity_days * 86_400,
        )
        return token

    async def pace(self, who: str, *, a_minute: float) -> None:
        """Refuse with 429 what comes faster than *a_minute* times a minute from *who*."""
        if len(self._paces) >= MOST_REMEMBERED:
            self._paces.clear()
        limiter = self._paces.setdefault(who, AsyncLimiter(a_minute, 60))
        if not limiter.has_capacity():
            raise web.HTTPTooManyRequests(headers={"Retry-After": "60"}, text="too many requests")
        await limiter.acquire()  # has room, so it does not wait


def headers_of(request: web.Request) -> dict[str, str]:
    """Return the request's headers under lower-case names."""
    return {name.lower(): value for name, value in request.headers.items()}


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)
