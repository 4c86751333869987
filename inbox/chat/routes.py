"""The addresses of the web chat: the page, the widget, history, the live stream, files."""

from collections import Counter as Counted
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bots.errors import BadSignature
from bots.webchat import WebChat
from bots.webchat.identity import address_of
from inbox.chat.asked import key_of, told_object
from inbox.chat.files import BadKind
from inbox.chat.forms import Forms
from inbox.chat.history import History
from inbox.chat.pages import Pages, Wanted, language_of
from inbox.chat.rooms import Rooms
from inbox.chat.stream import stream
from inbox.chat.uploads import NoRoom, Uploads
from inbox.chat.visitors import Visitors, now
from inbox.media import TooLarge
from inbox.posted import bytes_of
from inbox.preferences.links import Links

if TYPE_CHECKING:
    from inbox.app import App

STREAMS_OF_A_VISITOR: Final = 8
STREAMS_OF_A_PLACE: Final = 200
LOOKS_A_MINUTE: Final = 120


def routes(app: "App") -> list[web.AbstractRouteDef]:
    """List the chat's addresses; none where no web chat is switched on.

    One web chat has the page: the first that is configured.
    """
    channel = next((one for one in app.channels.values() if isinstance(one, WebChat)), None)
    if channel is None:
        return []
    chat = Chat(app, channel)
    return [
        web.get("/chat", chat.page),
        web.post("/chat", chat.forms.post),
        web.get("/chat/frame", chat.frame),
        web.get("/chat/widget.js", chat.widget),
        web.get("/chat/static/{name}", chat.static),
        web.post("/chat/visitor", chat.visitor),
        web.get("/chat/messages", chat.messages),
        web.get("/chat/live", chat.live, allow_head=False),
        web.post("/chat/files", chat.files),
    ]


class Chat:
    """Answers the requests of one web chat's pages."""

    def __init__(self, app: "App", channel: WebChat) -> None:
        """Stand between the house and the pages."""
        self.app = app
        self.channel = channel
        secure = app.settings.public_url.startswith("https:")
        self.visitors = Visitors(channel, secure=secure, proxies=app.settings.proxies)
        self.uploads = Uploads(
            Path(app.settings.media_dir) / "uploads",
            app.settings.secret_keys,
            room=channel.settings.unsent_bytes,
        )
        self.history = History(
            channel.name,
            app.database,
            app.media,
            visited=app.first_word.showing.visited,
            links=Links(app.settings.secret_keys, app.settings.public_url),
        )
        self._streams = Counted[str]()
        self.rooms = Rooms(channel, app.live, app.database)
        self.pages = Pages(
            business=app.settings.business,
            hook=f"/hooks/{channel.name}",
            limits={"text": channel.spec.text_limit, "file": self.file_cap, "files": 10},
            about=channel.settings.about,
        )
        self.forms = Forms(self)

    @property
    def file_cap(self) -> int:
        """The largest file a visitor may add, in bytes."""
        mine, house = self.channel.settings.file_bytes, self.app.settings.attachment_bytes
        return min(mine, house)

    async def page(self, request: web.Request) -> web.Response:
        """Show the page; without script it shows the conversation and a form."""
        return await self.show(request, framed=False)

    async def frame(self, request: web.Request) -> web.Response:
        """Show the page inside the widget; the browser refuses it on sites that are not listed."""
        wanted = Wanted(language=self.language_of(request), framed=True)
        return self.pages.page(wanted, ways=(), sites=self.channel.settings.sites)

    async def show(
        self, request: web.Request, *, framed: bool, text: str = "", problem: str = "", status: int = 200
    ) -> web.Response:
        """Make the page for the visitor of our cookie, who is new without one."""
        visitor = self.visitors.in_cookie(request) or await self.visitors.new(request)
        await self.visitors.pace(f"page {visitor}", a_minute=LOOKS_A_MINUTE)
        seen = await self.history.look(visitor)
        language = self.language_of(request)
        wanted = Wanted(
            language=language,
            framed=framed,
            form_key=self.channel.identities.form_key(visitor),
            messages=seen["messages"],
            page=seen["page"],
            text=text,
            problem=problem,
            status=status,
        )
        response = self.pages.page(wanted, ways=self.channel.settings.ways, sites=())
        self.visitors.remember(response, visitor)
        if request.query.get("lang") == language:
            response.set_cookie("tidings_language", language, path="/chat", samesite="Strict", httponly=True)
        return response

    def language_of(self, request: web.Request) -> str:
        """Choose the page's language."""
        return language_of(request, self.app.settings.language)

    async def static(self, request: web.Request) -> web.Response:
        """Give a style sheet, a script or a picture of the page."""
        return self.pages.assets.answer(request.match_info["name"], request)

    async def widget(self, request: web.Request) -> web.Response:
        """Give the script that other sites include."""
        return self.pages.assets.answer("widget.js", request)

    async def visitor(self, request: web.Request) -> web.Response:
        """Give a signed identity: the one proved by the site, the one shown, the cookie's, or a new one."""
        self.visitors.from_allowed_page(request)
        told = await told_object(request)
        try:
            visitor = self._known(request, told) or await self.visitors.new(request)
        except BadSignature as error:
            raise web.HTTPUnauthorized(text=error.reason) from error
        response = web.json_response({}, headers={"Cache-Control": "no-store"})
        token = self.visitors.remember(response, visitor)
        response.text = f'{{"token":"{token}"}}'
        return response

    def _known(self, request: web.Request, told: dict[str, Any]) -> str:
        customer, proof = told.get("customer"), told.get("proof")
        if isinstance(customer, str) and isinstance(proof, str) and customer:
            return self.channel.identities.of_site(customer, proof)
        try:
            return self.visitors.asked(request)
        except web.HTTPUnauthorized:
            return self.visitors.in_cookie(request)

    async def messages(self, request: web.Request) -> web.Response:
        """Give what was said, 50 at a time: the last, those after a key, or those before one."""
        visitor = self.visitors.asked(request)
        await self.visitors.pace(f"history {visitor}", a_minute=LOOKS_A_MINUTE)
        seen = await self.history.look(
            visitor, after=key_of(request, "after"), before=key_of(request, "before")
        )
        return web.json_response(seen, headers={"Cache-Control": "no-store"})

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Stream what changes for this visitor."""
        visitor = self.visitors.asked(request)
        address, place = address_of(visitor), self.visitors.place(request)
        many = self.channel.listeners.count(address) >= STREAMS_OF_A_VISITOR
        if many or self._streams[place] >= STREAMS_OF_A_PLACE:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "30"}, text="too many open pages")
        self._streams[place] += 1
        try:
            with self.rooms.watch(address) as watcher:
                return await stream(request, watcher, lambda: self.history.look(visitor))
        finally:
            self._streams -= Counted({place: 1})  # forgets whom it counts no more

    async def files(self, request: web.Request) -> web.Response:
        """Keep a file that the visitor adds and give the reference under which it may be sent."""
        visitor = self.visitors.asked(request)
        await self.visitors.pace_files(request, visitor)
        if (request.content_length or 0) > self.file_cap:
            raise web.HTTPRequestEntityTooLarge(self.file_cap, request.content_length or 0)
        try:
            file = await self.uploads.keep(
                bytes_of(request),
                name=request.query.get("name", ""),
                content_type=request.content_type,
                cap=self.file_cap,
                now=now(),
            )
        except TooLarge as error:
            raise web.HTTPRequestEntityTooLarge(self.file_cap, self.file_cap + 1) from error
        except BadKind as error:
            raise web.HTTPUnsupportedMediaType(text=str(error)) from error
        except NoRoom as error:
            raise web.HTTPServiceUnavailable(
                headers={"Retry-After": "600"}, text=str(NoRoom.__doc__)
            ) from error
        return web.json_response({"ref": self.channel.identities.sign_file(visitor, file), "name": file.name})
