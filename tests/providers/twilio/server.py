"""The look-alike itself: start it, let customers text, send receipts, see what was sent."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientSession, web
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from yarl import URL

from tests.providers.faults import Faults
from tests.providers.twilio.api import Api, throttled
from tests.providers.twilio.calls import Exchange
from tests.providers.twilio.contents import Contents
from tests.providers.twilio.control import Control
from tests.providers.twilio.records import START_WORDS, STOP_WORDS, Stored, new_sid, seconds_now

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "look-alike-token"
NUMBER = "+15005550006"
WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What our hook answered; *sid* is the message's."""

    sid: str
    status: int
    body: str


class TwilioLookAlike:
    """Twilio on loopback: *receipts* are the statuses it reports by itself after each message."""

    def __init__(
        self,
        *,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        numbers: Sequence[str] = (NUMBER,),
        service: str = "",
        receipts: Sequence[str] = (),
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.numbers = tuple(numbers)
        self.service = service
        self.receipts = tuple(receipts)
        self.prefix = ""
        self.messages: list[Stored] = []
        self.requests: list[list[tuple[str, str]]] = []
        self.queries: list[dict[str, str]] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self.stopped: set[tuple[str, str]] = set()
        self.refusals: dict[str, int] = {}
        self.replies_by_hook: list[str] = []
        self.contents: list[dict[str, Any]] = []
        self.wrote_at: dict[str, datetime] = {}
        self.exchange = Exchange(self)
        self.faults = Faults()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.runner: web.AppRunner | None = None
        self.session: ClientSession | None = None
        self.base_url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives the base URL."""
        app = web.Application(middlewares=[self.faults.middleware(throttled)], client_max_size=8_000_000)
        app.add_routes([*Api(self).routes(), *Control(self).routes(), *self.faults.routes()])
        app.add_routes([*Contents(self).routes(), *self.exchange.routes()])
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

    @property
    def sent(self) -> list[Stored]:
        """What was sent through the API, oldest first."""
        return [message for message in self.messages if message.direction == "outbound-api"]

    async def say(
        self,
        url: str,
        sender: str,
        body: str,
        *,
        to: str = "",
        media: Sequence[tuple[str, bytes]] = (),
        fields: dict[str, str] | None = None,
        sid: str = "",
    ) -> Heard:
        """Let a customer text us: keep it, act on STOP and START, call *url*; the same *sid* calls again."""
        to = to or self.numbers[0]
        sid = sid or new_sid("MM" if media else "SM")
        stored = Stored(
            sid=sid,
            account_sid=self.account_sid,
            to=to,
            from_=sender,
            body=body,
            direction="inbound",
            status="received",
            num_segments="1",
            created=seconds_now(),
        )
        self.messages.append(stored)
        self.wrote_at[sender] = stored.created
        self._heed(to, sender, body.strip().upper())
        form = {
            "ToCountry": "US",
            "SmsMessageSid": sid,
            "NumMedia": str(len(media)),
            "SmsSid": sid,
            "SmsStatus": "received",
            "Body": body,
            "To": to,
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": self.account_sid,
            "From": sender,
            "ApiVersion": "2010-04-01",
        }
        for index, (content_type, content) in enumerate(media):
            medium = new_sid("ME")
            self.media[medium] = (content_type, content)
            path = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{sid}/Media/{medium}"
            form[f"MediaUrl{index}"] = self.base_url + path
            form[f"MediaContentType{index}"] = content_type
        return await self.post(url, form | (fields or {}), sid)

    async def report(self, sid: str, status: str, error_code: int = 0) -> Heard:
        """Report *status* for a message we sent, to the call-back address it was sent with."""
        stored = next(message for message in self.messages if message.sid == sid)
        stored.status, stored.error_code = status, error_code or None
        form = {
            "SmsSid": sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": stored.to,
            "MessageSid": sid,
            "AccountSid": self.account_sid,
            "From": stored.from_ or self.numbers[0],
            "ApiVersion": "2010-04-01",
        }
        if error_code:
            form["ErrorCode"] = str(error_code)
        return await self.post(stored.callback, form, sid)

    def begin_receipts(self, stored: Stored) -> None:
        """Report the statuses of `receipts`, one after another, in the background.

        Free words to WhatsApp outside the customer's window are taken, and reported as not delivered.
        """
        if stored.callback and self._is_outside_window(stored):
            self.begin(self.report(stored.sid, "undelivered", 63016))
        elif self.receipts and stored.callback:
            self.begin(self._report_all(stored.sid))

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do *work* in the background; `settled` waits for it."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def settled(self) -> None:
        """Wait until every receipt is reported."""
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _report_all(self, sid: str) -> None:
        for status in self.receipts:
            await self.report(sid, status, 30003 if status in ("undelivered", "failed") else 0)

    def _is_outside_window(self, stored: Stored) -> bool:
        wrote_at = self.wrote_at.get(stored.to)
        open_ = wrote_at is not None and stored.created - wrote_at < WINDOW
        return stored.free and stored.to.startswith("whatsapp:") and not open_

    def _heed(self, to: str, sender: str, word: str) -> None:
        for ours in (to, self.service):
            if word in STOP_WORDS:
                self.stopped.add((ours, sender))
            elif word in START_WORDS:
                self.stopped.discard((ours, sender))

    async def post(self, url: str, form: dict[str, str], sid: str) -> Heard:
        """Post a signed hook."""
        assert self.session is not None
        signature: Any = RequestValidator(self.auth_token).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signature}
        async with self.session.post(URL(url, encoded=True), data=form, headers=headers) as response:
            body = await response.text()
            # Twilio sends plain text to the customer, and the text of a Message element.
            if (response.content_type == "text/plain" and body and response.ok) or "<Message" in body:
                self.replies_by_hook.append(body)
            return Heard(sid=sid, status=response.status, body=body)
