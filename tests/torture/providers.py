"""Two providers that remember all they took and when, and that send hooks until they are accepted."""

import asyncio
import contextlib
import json
import random
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.providers.faults import Fault, Faults
from tests.providers.telegram import TelegramServer, TelegramState
from tests.providers.twilio.records import Stored
from tests.providers.twilio.server import Heard, TwilioLookAlike
from tests.torture.front import Front, NotTaken
from tests.torture.ledger import Failed, Given, Ledger, Reported, now

PUBLIC = "https://inbox.example"
HUSH = "hush-hush-hush"
SID = "AC" + "1" * 32
TOKEN = "1" * 32
BOT = "42:LOOKALIKE"
OUR_NUMBER = "+15005550006"
ENV = {
    "TELEGRAM_BOT_TOKEN": BOT,
    "TELEGRAM_WEBHOOK_SECRET": HUSH,
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_NUMBER": OUR_NUMBER,
}
COPIES = 5
RETRY = (0.1, 0.2, 0.5, 1.0)
STATUSES = ("queued", "sent", "delivered")


class Heeded(list[Any]):
    """A list that tells of each thing put into it."""

    def __init__(self, tell: Callable[[Any], None]) -> None:
        super().__init__()
        self.tell = tell

    def append(self, one: Any) -> None:
        super().append(one)
        self.tell(one)


class Hooks:
    """Sends hooks through the front, again and again with the same content, until one is accepted."""

    def __init__(self, front: Front, ledger: Ledger, dice: random.Random) -> None:
        self.front, self.ledger, self.dice = front, ledger, dice
        self.storm = False
        self.copies = 0
        self.attempts = 0
        self._late: set[asyncio.Task[None]] = set()

    async def until_accepted(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Return after the first 200, with how often it was sent; in a storm five copies go shuffled."""
        if self.storm:
            for _ in range(COPIES - 1):
                task = asyncio.create_task(self._copy(path, body, headers))
                self._late.add(task)
                task.add_done_callback(self._late.discard)
        for sends in range(1, 10_000):
            if await self._once(path, body, headers):
                return sends
            await asyncio.sleep(RETRY[min(sends, len(RETRY)) - 1] * self.dice.uniform(0.8, 1.2))
        raise AssertionError("a hook is never accepted")

    async def settled(self) -> None:
        """Wait for the copies that are still under way."""
        while self._late:
            await asyncio.wait(set(self._late))

    async def _copy(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        await asyncio.sleep(self.dice.uniform(0, 1.5))
        self.copies += 1
        await self._once(path, body, headers)

    async def _once(self, path: str, body: bytes, headers: Mapping[str, str]) -> bool:
        self.attempts += 1
        began = now()
        try:
            answer = await self.front.send(path, body, headers)
        except NotTaken as lost:
            self.ledger.failed.append(Failed(at=began, node=lost.node, why=lost.why))
            return False
        if answer.status != 200:
            why = f"{answer.status} {answer.body[:80].strip()}"
            self.ledger.failed.append(Failed(at=began, node=answer.node, why=why))
        return answer.status == 200


class Telegram(TelegramState):
    """A bot's world whose updates are handed to the load instead of being posted by itself."""

    def push(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"update_id": next(self._updates), kind: body}


class Twilio(TwilioLookAlike):
    """Texts whose hooks go through the front, and whose statuses come doubled and out of order."""

    def __init__(self, hooks: Hooks) -> None:
        super().__init__(account_sid=SID, auth_token=TOKEN, numbers=[OUR_NUMBER], receipts=STATUSES)
        self.hooks = hooks
        self.sends: dict[str, int] = {}

    async def post(self, url: str, form: dict[str, str], sid: str) -> Heard:
        """Sign over the public address and send until it is accepted."""
        signature = RequestValidator(self.auth_token).compute_signature(url, form)
        headers = {
            "X-Twilio-Signature": str(signature),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        path = url.removeprefix(PUBLIC)
        self.sends[sid] = await self.hooks.until_accepted(path, urlencode(form).encode(), headers)
        return Heard(sid=sid, status=200, body="")

    async def _report_all(self, sid: str) -> None:
        """Report every status twice, in any order, and write down what was accepted."""
        order = [*self.receipts, *self.receipts]
        self.hooks.dice.shuffle(order)
        for status in order:
            await asyncio.sleep(self.hooks.dice.uniform(0, 0.3))
            await self.report(sid, status)
            told = Reported(channel="sms", external_id=sid, status=status, accepted_at=now())
            self.hooks.ledger.reported.append(told)


class Providers:
    """Both, on loopback, in this process."""

    def __init__(self, hooks: Hooks) -> None:
        self.hooks = hooks
        self.telegram = TelegramServer(Telegram(token=BOT))
        self.telegram.state.sent = Heeded(self._telegram_took)
        self.twilio = Twilio(hooks)
        self.twilio.messages = Heeded(self._twilio_took)
        self._open = contextlib.AsyncExitStack()

    async def start(self) -> None:
        """Listen."""
        await self._open.enter_async_context(self.telegram)
        await self.twilio.start()

    async def stop(self) -> None:
        """Close; what is under way has been accepted, or never will be."""
        for task in self.twilio.tasks:
            task.cancel()
        await self.twilio.stop()
        await self._open.aclose()

    @property
    def faults(self) -> dict[str, Faults]:
        """The switchboards by channel."""
        return {"telegram": self.telegram.faults, "sms": self.twilio.faults}

    def suffer(self, channel: str, fault: Fault) -> None:
        """Let *channel* go wrong."""
        self.faults[channel].add(fault)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        for faults in self.faults.values():
            faults.clear()

    async def says(self, channel: str, address: str, text: str) -> int:
        """Let a customer write; returns once the hook was accepted, with how often it was sent."""
        if channel == "sms":
            heard = await self.twilio.say(f"{PUBLIC}/hooks/sms", address.removeprefix("tel:"), text)
            return self.twilio.sends.pop(heard.sid)
        update = self.telegram.state.say(int(address.removeprefix("telegram:")), text)
        headers = {"X-Telegram-Bot-Api-Secret-Token": HUSH, "Content-Type": "application/json"}
        return await self.hooks.until_accepted("/hooks/telegram", json.dumps(update).encode(), headers)

    def _telegram_took(self, made: dict[str, Any]) -> None:
        self._took("telegram", f"telegram:{made['chat_id']}", made.get("text", ""), str(made["message_id"]))

    def _twilio_took(self, stored: Stored) -> None:
        if stored.direction == "outbound-api":
            self._took("sms", f"tel:{stored.to}", stored.body, stored.sid)

    def _took(self, channel: str, address: str, text: str, external_id: str) -> None:
        given = Given(channel=channel, address=address, text=text, external_id=external_id, at=now())
        self.hooks.ledger.given.append(given)
