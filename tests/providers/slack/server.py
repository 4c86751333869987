"""The look-alike Slack: one workspace with one app, on loopback."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.providers.slack.answers import respond
from tests.providers.slack.clock import Clock
from tests.providers.slack.control import control_routes
from tests.providers.slack.delivery import Delivery
from tests.providers.slack.faults import Fault, Faults
from tests.providers.slack.http_push import Subscription
from tests.providers.slack.limits import Limits
from tests.providers.slack.office import Office
from tests.providers.slack.people import Person
from tests.providers.slack.private_files import file_routes
from tests.providers.slack.sockets import Sockets
from tests.providers.slack.state import Account, Json, KeptFile, Message, Workspace
from tests.providers.slack.web_api import Call, answer_call

# The manifest's bot scopes with its optional e-mail one; tests take some away to see missing_scope.
SCOPES = (
    "chat:write channels:history groups:history channels:read groups:read reactions:write reactions:read "
    "files:read files:write users:read users:read.email commands im:write"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What an operator would copy from the app's pages."""

    bot: str = field(default_factory=lambda: f"xoxb-{secrets.token_hex(12)}")
    app: str = field(default_factory=lambda: f"xapp-1-{secrets.token_hex(12)}")
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))


class SlackLookAlike(Office):
    """`async with SlackLookAlike() as slack:`; leaving it fails on what the app got wrong.

    `start` freezes the clock at that second (move it with `slack.clock.advance`); `limits=False`
    switches the rate limits off, `scale` widens them; `strict=False` keeps mistakes to yourself.
    """

    def __init__(
        self,
        *,
        start: float | None = None,
        limits: bool = True,
        scale: float = 1.0,
        strict: bool = True,
        port: int = 0,
        tokens: Tokens | None = None,
    ) -> None:
        self.clock = Clock(start)
        super().__init__(Workspace(self.clock))
        self.space.scopes = set(SCOPES.split())
        self.limits = Limits(clock=self.clock, on=limits, scale=scale)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.responses: list[Json] = []  # what came in by response_url
        self.delivery = Delivery(self)
        self.space.outgoing.append(self.delivery.event)
        self.mistakes: list[str] = []
        given = tokens or Tokens()
        self.bot_token, self.app_token = given.bot, given.app
        self.signing_secret = given.signing_secret
        self._port = port
        self._strict = strict
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """For `AsyncWebClient(base_url=...)`."""
        return self.space.base_url

    @property
    def sockets(self) -> Sockets:
        """Socket Mode's connections."""
        return self.delivery.sockets

    @property
    def events(self) -> list[Json]:
        """Every event envelope the app was (to be) sent, oldest first."""
        return self.delivery.events

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=30_000_000)
        app.add_routes(self._routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.space.base_url = f"http://127.0.0.1:{port}/api/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.delivery.close()
        if self._runner is not None:
            await self._runner.cleanup()
        if error is None and self._strict and self.mistakes:
            raise AssertionError("the app misused Slack: " + "; ".join(self.mistakes))

    def _routes(self) -> list[web.AbstractRouteDef]:
        async def call(request: web.Request) -> web.StreamResponse:
            return await answer_call(self, request)

        async def response(request: web.Request) -> web.StreamResponse:
            return await respond(self, request)

        return [
            web.get("/api/{method}", call),
            web.post("/api/{method}", call),
            web.post("/response/{gesture}", response),
            web.get("/link/", self.sockets.connect),
            *file_routes(self),
            *control_routes(self),
        ]

    def posts(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """Messages as they stand, oldest first: of the whole Slack channel, or of one thread (root first)."""
        found = self.space.channel(channel)
        return list(found.messages.values()) if thread_ts is None else found.thread(thread_ts)

    def post(self, channel: str, ts: str) -> Message:
        """One message, with reactions, files and edits."""
        return self.space.message(channel, ts)

    def called(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def fault(self, method: str, fault: Fault) -> None:
        """Let the next calls of a method fail so."""
        self.faults.add(method, fault)

    def file(self, file_id: str) -> KeptFile:
        """One file with its bytes."""
        return self.space.files[file_id]

    def person(self, user: str) -> Person:
        """The person of this id, always the same one."""
        return self.people[user]

    def account(self, user: str) -> Account:
        """One person's account, to change."""
        return self.space.accounts[user]

    async def subscribe(
        self,
        events: str,
        interactivity: str = "",
        *,
        commands: str = "",
        options: str = "",
        verify: bool = True,
    ) -> None:
        """Deliver over HTTP from now on; the app must first echo a url_verification challenge."""
        gestures = interactivity or events
        self.delivery.subscription = Subscription(
            events=events, interactivity=gestures, commands=commands or gestures, options=options or gestures
        )
        if verify:
            challenge = secrets.token_hex(8)
            body = {
                "type": "url_verification",
                "token": "verification-is-by-signature",
                "challenge": challenge,
            }
            handed = await self.delivery.pusher.json(events, body)
            echoed = handed.body.get("challenge") if isinstance(handed.body, dict) else handed.body
            assert handed.ok, f"url_verification was not answered: {handed}"
            assert echoed == challenge, f"url_verification was not echoed: {handed}"

    async def until(self, claim: Callable[[], object], *, seconds: float = 25) -> None:
        """Wait until this is true; looked at after each change, AssertionError after so many real seconds."""
        try:
            async with asyncio.timeout(seconds):
                while not claim():
                    await self.space.changed.wait()
        except TimeoutError:
            raise AssertionError(f"not seen within {seconds} s") from None
