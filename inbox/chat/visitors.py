"""Who asks: the visitor's signed identity, in a header from the page or in our own cookie."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bots.errors import BadSignature
from bots.webchat import WebChat
from bots.webchat.origins import may_speak
from bots.webchat.reading import bearer
from inbox.paces import Network, Paces, place_of

COOKIE: Final = "tidings_visitor"
PROVED: Final = "id:"
NEW_A_MINUTE: Final = 60
FILES_A_MINUTE: Final = 30
FILES_OF_A_PLACE: Final = 120


class Visitors:
    """Says who asks, and slows down who asks too much."""

    def __init__(self, channel: WebChat, *, secure: bool, proxies: Sequence[Network]) -> None:
        """Know the *channel* whose visitors these are; *secure* cookies go over HTTPS only.

        What comes through *proxies* is counted by the place they saw.
        """
        self.channel = channel
        self._secure = secure
        self._proxies = proxies
        self._paces = Paces()

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

    async def new(self, request: web.Request) -> str:
        """Make a visitor; 429 where one place on the network makes very many."""
        await self.pace(f"new {self.place(request)}", a_minute=NEW_A_MINUTE)
        return self.channel.identities.new_visitor()

    async def pace_files(self, request: web.Request, visitor: str) -> None:
        """Refuse with 429 a visitor, or a place, that adds files too fast."""
        await self.pace(f"files {visitor}", a_minute=FILES_A_MINUTE)
        await self.pace(f"files of {self.place(request)}", a_minute=FILES_OF_A_PLACE)

    def place(self, request: web.Request) -> str:
        """Name the place on the network that asks."""
        return place_of(request, self._proxies)

    async def pace(self, who: str, *, a_minute: float) -> None:
        """Refuse with 429 what comes faster than *a_minute* times a minute from *who*."""
        await self._paces.count(who, a_minute=a_minute)


def headers_of(request: web.Request) -> dict[str, str]:
    """Return the request's headers under lower-case names."""
    return {name.lower(): value for name, value in request.headers.items()}


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)
