"""Customers who write as providers bring it, again until it is taken, and Ana who answers them."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
import orjson

from bots.telegram.reading import SECRET_HEADER
from bots.twilio_signature import signed
from tests.road.town import OUR_NUMBER, SID, TWILIO_TOKEN
from tests.torture.embedded_house import HUSH, House

TWICE = 0.1  # of the hooks that were taken come once more, as providers do
AGAIN = 0.1  # seconds, and up to three times as many
FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True, kw_only=True)
class Crowd:
    """So many customers on each of two channels; *taken* is what got its 200, by address, in order."""

    house: House
    dice: random.Random
    customers: int
    pause: float = 0.2
    taken: dict[str, list[str]] = field(default_factory=dict)
    refused: int = 0
    twice: int = 0
    on_taken: Callable[[str, str], None] | None = None
    stopping: bool = False

    async def write(self) -> None:
        """Write until `stopping`; what is under way then is brought to its end."""
        chats = [7_000 + number for number in range(self.customers)]
        for chat in chats:
            await self.house.place.telegram.post("chat", chat_id=chat)
        await asyncio.gather(
            *(self._telegram(chat) for chat in chats),
            *(self._sms(f"+34600{number:06}") for number in range(self.customers)),
        )

    async def _telegram(self, chat: int) -> None:
        headers = {SECRET_HEADER: HUSH}
        person = {"id": chat, "is_bot": False, "first_name": f"Customer {chat}"}
        for number in range(1, 1_000_000):
            if self.stopping:
                return
            text = f"telegram {chat} says {number}."
            about = {"message_id": number, "date": 1_790_000_000, "chat": {"id": chat, "type": "private"}}
            update = {
                "update_id": chat * 1_000_000 + number,
                "message": {**about, "from": person, "text": text},
            }
            await self._bring("telegram", f"telegram:{chat}", text, orjson.dumps(update), headers)

    async def _sms(self, sender: str) -> None:
        url = f"{self.house.place.url}/hooks/sms"
        for number in range(1, 1_000_000):
            if self.stopping:
                return
            text = f"sms {sender} says {number}."
            sid = f"SM{int(sender[1:]) * 100_000 + number:032x}"
            form = {"MessageSid": sid, "AccountSid": SID, "From": sender, "To": OUR_NUMBER, "Body": text}
            headers = {
                "X-Twilio-Signature": signed(TWILIO_TOKEN.encode(), url, list(form.items())),
                "Content-Type": FORM,
            }
            await self._bring("sms", f"tel:{sender}", text, urlencode(form).encode(), headers)

    async def _bring(self, channel: str, who: str, text: str, body: bytes, headers: dict[str, str]) -> None:
        """Post a hook until it gets its 200, now and then once more; the next comes after it."""
        while not await self._post(channel, body, headers):
            self.refused += 1
            await asyncio.sleep(AGAIN * self.dice.uniform(1, 3))
        self.taken.setdefault(who, []).append(text)
        if self.on_taken is not None:
            self.on_taken(who, text)
        if self.dice.random() < TWICE:
            self.twice += await self._post(channel, body, headers)
        await asyncio.sleep(self.pause * self.dice.random())

    async def _post(self, channel: str, body: bytes, headers: dict[str, str]) -> bool:
        url = f"{self.house.place.url}/hooks/{channel}"
        try:
            async with self.house.place.client.post(url, data=body, headers=headers) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError):
            return False


@dataclass(slots=True, kw_only=True)
class Ana:
    """An agent at her browser, who presses Send again where no answer came; *said* is what was taken."""

    house: House
    dice: random.Random
    csrf: str
    pause: float = 0.05
    channels: Sequence[str] = ("telegram", "sms")
    said: list[str] = field(default_factory=list)
    on_said: Callable[[str], None] | None = None
    stopping: bool = False

    async def answer(self) -> None:
        """Answer somebody who wrote, one answer after the other, until `stopping`."""
        while not self.stopping:
            named = ", ".join(f"'{name}'" for name in self.channels)
            found = self.house.rows(f"SELECT id FROM conversations WHERE channel IN ({named}) ORDER BY id")
            if found:
                await self._send(self.dice.choice(found)[0], f"answer {len(self.said)}.")
            await asyncio.sleep(self.pause * self.dice.random())

    async def _send(self, conversation: int, text: str) -> None:
        url = f"{self.house.place.url}/desk/c/{conversation}/answer"
        form = {"csrf": self.csrf, "key": text.strip("."), "mode": "answer", "text": text}
        while not await self._post(url, form):
            await asyncio.sleep(AGAIN * self.dice.uniform(1, 3))
        self.said.append(text)
        if self.on_said is not None:
            self.on_said(text)

    async def _post(self, url: str, form: dict[str, str]) -> bool:
        client = self.house.place.client
        try:
            async with client.post(url, data=form, allow_redirects=False) as answer:
                assert answer.status < 400 or answer.status >= 500, await answer.text()
                return answer.status < 400
        except (aiohttp.ClientError, OSError):
            return False
