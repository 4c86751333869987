"""The look-alike itself: start it, let customers write, send receipts, see what was sent."""

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from aiohttp import ClientSession, web

from tests.providers.faults import Faults
from tests.providers.meta import signed, throttled
from tests.providers.whatsapp.api import Api, failure
from tests.providers.whatsapp.control import Control
from tests.providers.whatsapp.records import Json, Stored, new_wamid

TOKEN = "EAAGlookalikeaccesstoken"
APP_SECRET = "look-alike-app-secret"
VERIFY_TOKEN = "look-alike-verify-token"
NUMBER_ID = "106540352242922"
ACCOUNT_ID = "102290129340398"
NUMBER = "34911222333"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What our hook answered; *id* is the message's."""

    id: str
    status: int
    body: str


class WhatsAppLookAlike:
    """Meta on loopback for one number; customers are digits, as in 34600123456.

    *receipts* are the statuses it posts by itself to *hooks_url* after each message. With *late_errors*
    it takes what it refuses and tells so by a status, as it does more often than not.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        app_secret: str = APP_SECRET,
        verify_token: str = VERIFY_TOKEN,
        receipts: Sequence[str] = (),
    ) -> None:
        self.token = token
        self.app_secret = app_secret
        self.verify_token = verify_token
        self.number_id, self.account_id = NUMBER_ID, ACCOUNT_ID
        self.number_info = {
            "display_phone_number": "+34 911 22 23 33",
            "verified_name": "Tests & Co",
            "quality_rating": "GREEN",
        }
        self.receipts = tuple(receipts)
        self.hooks_url = ""
        self.late_errors = False
        self.clock: Callable[[], float] = time.time
        self.last_said: dict[str, float] = {}
        self.paces: dict[str, list[float]] = {}
        self.sent: list[Stored] = []
        self.requests: list[Json] = []
        self.heard: set[str] = set()
        self.read: list[str] = []
        self.typing: list[str] = []
        self.media: dict[str, tuple[str, bytes, str]] = {}
        self.templates: list[Json] = []
        self.page_size, self.pages = 100, 0
        self.stopped: set[str] = set()
        self.refusals: dict[str, int] = {}
        self.faults = Faults()
        self.media_ids = count(900_000_000_000_000)
        self.tasks: set[asyncio.Task[None]] = set()
        self.runner: web.AppRunner | None = None
        self.session: ClientSession | None = None
        self.base_url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives the base URL."""
        app = web.Application(middlewares=[self.faults.middleware(throttled)], client_max_size=120_000_000)
        app.add_routes([*self.faults.routes(), *Control(self).routes(), *Api(self).routes()])
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

    def texts(self) -> list[str]:
        """List the words that reached anybody, in order."""
        return [one.words for one in self.sent if not one.lost and one.words]

    def put(self, content_type: str, content: bytes, name: str = "") -> str:
        """Keep a file; gives its identifier."""
        media_id = str(next(self.media_ids))
        self.media[media_id] = (content_type, content, name)
        return media_id

    def medium(self, content_type: str, content: bytes, name: str = "") -> Json:
        """Keep a file that a customer sends; gives it as a message holds it."""
        media_id = self.put(content_type, content, name)
        digest = hashlib.sha256(content).hexdigest()
        named = {"filename": name} if name else {}
        return {"mime_type": content_type, "sha256": digest, "id": media_id, **named}

    def value(self, customer: str, *, name: str = "", user_id: str = "", hidden: bool = False) -> Json:
        """Make the value of a change with the customer in it, their number left out where it is *hidden*."""
        person: Json = {"profile": {"name": name or f"Customer {customer[-3:]}"}}
        if not hidden:
            person["wa_id"] = customer
        person["user_id"] = user_id or bsuid(customer)
        about = {"display_phone_number": NUMBER, "phone_number_id": self.number_id}
        return {"messaging_product": "whatsapp", "metadata": about, "contacts": [person]}

    def message(self, customer: str, kind: str = "text", *, hidden: bool = False, **parts: object) -> Json:
        """Make a message of a customer; *parts* stand beside its kind, or are a text's `body`."""
        if kind == "text":
            parts["text"] = {"body": parts.pop("body", "")}
        said: Json = {"id": new_wamid(), "timestamp": str(int(self.clock())), "type": kind, **parts}
        sender = {} if hidden else {"from": customer}
        return {**sender, "from_user_id": bsuid(customer), **said}

    async def say(self, url: str, customer: str, *messages: Json, **person: object) -> Heard:
        """Let a customer write *messages* in one hook; their window opens."""
        self.last_said[customer] = self.last_said[bsuid(customer)] = self.clock()
        self.heard |= {one["id"] for one in messages}
        value = self.value(customer, **person)  # type: ignore[arg-type]
        return await self.call(url, {**value, "messages": list(messages)}, messages[0]["id"])

    async def report(self, url: str, stored: Stored, status: str, code: int = 0) -> Heard:
        """Post a *status* of a message of ours."""
        value = self.value(stored.to)
        told: Json = {
            "id": stored.id,
            "status": status,
            "timestamp": str(int(self.clock())),
            "recipient_id": stored.to,
        }
        if code:
            told["errors"] = [failure(code)]
            del value["contacts"]
        return await self.call(url, {**value, "statuses": [told]}, stored.id)

    async def call(self, url: str, value: Json, name: str = "", field: str = "messages") -> Heard:
        """Post one change to *url*, signed."""
        assert self.session is not None
        change = {"value": value, "field": field}
        entry = {"id": self.account_id, "changes": [change]}
        body, headers = signed({"object": "whatsapp_business_account", "entry": [entry]}, self.app_secret)
        async with self.session.post(url, data=body, headers=headers) as response:
            return Heard(id=name, status=response.status, body=await response.text())

    async def verify(self, url: str) -> Heard:
        """Ask *url* whether it is ours, as when it is entered at the app."""
        assert self.session is not None
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": "1158201444",
            "hub.verify_token": self.verify_token,
        }
        async with self.session.get(url, params=query) as response:
            return Heard(id="", status=response.status, body=await response.text())

    def begin_receipts(self, stored: Stored, late: int) -> None:
        """Post the statuses of `receipts` one after another, or the failure that came *late*."""
        if self.hooks_url and (late or self.receipts) and not stored.lost:
            task = asyncio.create_task(self._report_all(stored, late))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def settled(self) -> None:
        """Wait until every receipt is posted."""
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _report_all(self, stored: Stored, late: int) -> None:
        for status in ("failed",) if late else self.receipts:
            await self.report(self.hooks_url, stored, status, late)


def bsuid(customer: str) -> str:
    """Make the identifier that Meta gives a customer for our business."""
    return "ES." + str(int(hashlib.sha256(customer.encode()).hexdigest(), 16))[:20]
