"""The look-alike itself: start it, let customers write and comment, see what was sent."""

import asyncio
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from aiohttp import ClientSession, web

from tests.providers.faults import Faults
from tests.providers.meta_page.api import Api, throttled
from tests.providers.meta_page.control import Control
from tests.providers.meta_page.records import Comment, Customer, Kind, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What our hook answered; *id* is the message's or the comment's."""

    id: str
    status: int
    body: str


class MetaPageLookAlike:
    """Meta on loopback for one account; *hooks_url* is told of echoes and receipts of what was sent."""

    def __init__(
        self,
        *,
        kind: Kind,
        token: str = "EAAGlookalike",
        secret: str = "look-alike-secret",
        account_id: str = "1234567890",
        app_id: str = "4711",
        human_agent: bool = True,
    ) -> None:
        self.kind: Kind = kind
        self.token, self.secret = token, secret
        self.account_id, self.app_id = account_id, app_id
        self.name, self.username = "Café Tidings", "cafe.tidings"
        self.human_agent = human_agent
        self.fetches = True
        self.tells_first = False  # whether hooks about a message overtake the answer to its call
        self.hooks_url = ""
        self.receipts: tuple[str, ...] = ()
        self.customers: dict[str, Customer] = {}
        self.messages: list[Stored] = []
        self.comments: dict[str, Comment] = {}
        self.requests: list[dict[str, Any]] = []
        self.actions: list[dict[str, Any]] = []
        self.refusals: dict[str, tuple[int, int]] = {}
        self.media: dict[str, tuple[str, bytes]] = {}
        self.fetched: dict[str, bytes] = {}
        self.numbers = count(1)
        self.faults = Faults()
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.tasks: set[asyncio.Task[Any]] = set()
        self.runner: web.AppRunner | None = None
        self.session: ClientSession | None = None
        self.base_url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives the base URL."""
        app = web.Application(middlewares=[self.faults.middleware(throttled)], client_max_size=8_000_000)
        app.add_routes([*Api(self).routes(), *Control(self).routes(), *self.faults.routes()])
        self.runner = web.AppRunner(app, shutdown_timeout=1, handler_cancellation=True)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", port).start()
        self.session = ClientSession()
        self.base_url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self.base_url

    async def stop(self) -> None:
        """Finish what is under way and close."""
        await self.settled()
        if self.session is not None:
            await self.session.close()
        if self.runner is not None:
            await self.runner.cleanup()

    async def settled(self) -> None:
        """Wait until every echo and receipt is told."""
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def sent(self) -> list[Stored]:
        """What was sent to customers through the API, oldest first."""
        return [one for one in self.messages if one.ours]

    @property
    def answers(self) -> list[Comment]:
        """What we answered in public, oldest first."""
        return [one for one in self.comments.values() if one.author == self.account_id]

    def know(self, person: str) -> Customer:
        """Give the customer with this id, as one who may be written to privately."""
        return self.customers.setdefault(person, Customer(id=person))

    def signed(self, body: bytes) -> dict[str, str]:
        """Sign *body* with the app secret."""
        mac = hmac.new(self.secret.encode(), body, "sha256").hexdigest()
        return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={mac}"}

    async def say(
        self, url: str, person: str, text: str = "", *, files: Sequence[Any] = (), mid: str = "", **more: Any
    ) -> Heard:
        """Let a customer write; *files* are (name, kind, content type, bytes); *more* joins the message."""
        mid = mid or f"m_in_{next(self.numbers):04d}"
        self.know(person).last_said = self.now()
        message: dict[str, Any] = {"mid": mid, **({"text": text} if text else {}), **more}
        for name, kind, content_type, content in files:
            self.media[name] = (content_type, content)
            held = {"type": kind, "payload": {"url": f"{self.base_url}/media/{name}"}}
            message.setdefault("attachments", []).append(held)
        if not any(one.id == mid for one in self.messages):
            stored = Stored(id=mid, customer=person, ours=False, text=text, at=self.now())
            self.messages.append(stored)
        return await self.happen(url, person, {"message": message}, mid)

    async def happen(self, url: str, person: str, what: dict[str, Any], name: str = "") -> Heard:
        """Tell of anything that *person* did, as an item of `messaging`."""
        item = self.item(person, self.account_id, what)
        return await self.call(url, {"messaging": [item]}, name)

    async def echo(self, url: str, person: str, text: str, *, app_id: str, mid: str = "") -> Heard:
        """Tell of what another tool sent to *person*."""
        mid = mid or f"m_echo_{next(self.numbers):04d}"
        self.messages.append(Stored(id=mid, customer=person, ours=True, text=text, at=self.now()))
        message = {"mid": mid, "text": text, "is_echo": True, "app_id": int(app_id)}
        item = self.item(self.account_id, person, {"message": message})
        return await self.call(url, {"messaging": [item]}, mid)

    async def comment(
        self, url: str, person: str, text: str, *, post: str = "88", parent: str = "", name: str = "Ana"
    ) -> Heard:
        """Let somebody comment under *post*, or answer the comment *parent*."""
        made = Comment(
            id=f"{post}_{next(self.numbers)}",
            author=person,
            name=name,
            text=text,
            post=post,
            parent=parent,
            at=self.now(),
        )
        self.comments[made.id] = made
        return await self.call(url, {"changes": [self.change(made, "add")]}, made.id)

    def change(self, made: Comment, verb: str) -> dict[str, Any]:
        """Write a comment as the hooks do."""
        if self.kind == "instagram":
            value: dict[str, Any] = {
                "id": made.id,
                "text": made.text,
                "from": {"id": made.author, "username": made.name},
                "media": {"id": made.post, "media_product_type": "FEED"},
            }
            return {"field": "comments", "value": value | ({"parent_id": made.parent} if made.parent else {})}
        post = f"{self.account_id}_{made.post}"
        value = {
            "item": "comment",
            "verb": verb,
            "comment_id": made.id,
            "post_id": post,
            "parent_id": made.parent or post,
            "from": {"id": made.author, "name": made.name},
            "message": made.text,
            "created_time": int(made.at.timestamp()),
            "post": {"id": post, "permalink_url": f"https://www.facebook.com/cafe/posts/{made.post}"},
        }
        return {"field": "feed", "value": value}

    def item(self, sender: str, recipient: str, what: dict[str, Any]) -> dict[str, Any]:
        """Write one item of `messaging`, at this moment."""
        at = int(self.now().timestamp() * 1000)
        return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": at, **what}

    def after(self, stored: Stored) -> None:
        """Tell *hooks_url* of what was just sent: its echo, then the receipts asked for."""
        if self.hooks_url:
            task = asyncio.create_task(self._tell(stored))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _tell(self, stored: Stored) -> None:
        message: dict[str, Any] = {"mid": stored.id, "is_echo": True}
        if self.kind == "page":  # Instagram names no app
            message["app_id"] = int(self.app_id)
        if stored.text:
            message["text"] = stored.text
        item = self.item(self.account_id, stored.customer, {"message": message})
        await self.call(self.hooks_url, {"messaging": [item]}, stored.id)
        for status in self.receipts:
            await self.report(self.hooks_url, stored.id, status)

    async def report(self, url: str, mid: str, status: str) -> Heard:
        """Tell that a message of ours was delivered or read, as this kind of account does."""
        stored = next(one for one in self.messages if one.id == mid)
        mark = int(stored.at.timestamp() * 1000)
        if status == "delivered":
            what: dict[str, Any] = {"delivery": {"mids": [mid], "watermark": mark}}
        else:
            what = {"read": {"mid": mid} if self.kind == "instagram" else {"watermark": mark}}
        return await self.happen(url, stored.customer, what, mid)

    async def call(self, url: str, entry: dict[str, Any], name: str = "") -> Heard:
        """Post one signed hook with *entry* to *url*."""
        assert self.session is not None
        at = int(self.now().timestamp() * 1000)
        body = json.dumps(
            {"object": self.kind, "entry": [{"id": self.account_id, "time": at, **entry}]}
        ).encode()
        async with self.session.post(url, data=body, headers=self.signed(body)) as response:
            return Heard(id=name, status=response.status, body=await response.text())
