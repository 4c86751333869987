"""Customers who write numbered messages, and agents who answer at the desk."""

import asyncio
import contextlib
import json
import random
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.torture.front import Answer, Front, NotTaken
from tests.torture.ledger import Ledger, Replied, Said, now
from tests.torture.providers import PUBLIC, Providers
from tests.torture.rows import Asked

COOKIE = "__Host-tidings_session"
AGAIN = 0.3


@dataclass(slots=True, kw_only=True)
class Pace:
    """How much is done: messages a second of all customers, answers a second of all agents."""

    messages: float = 20.0
    answers: float = 4.0


class Load:
    """Goes on until `rest`, which returns once every hook is accepted and every answer is taken."""

    def __init__(self, providers: Providers, ledger: Ledger, dice: random.Random, pace: Pace) -> None:
        self.providers, self.ledger, self.dice, self.pace = providers, ledger, dice, pace
        self.customers = [f"telegram:{7000 + n}" for n in range(12)]
        self.customers += [f"tel:+3460012{n:04}" for n in range(12)]
        self.numbers = dict.fromkeys(self.customers, 0)
        self._rests = asyncio.Event()
        self._work: list[asyncio.Task[None]] = []

    def begin(self, agents: "list[Agent]") -> None:
        """Write and answer from now on."""
        self._rests.clear()
        self._work = [asyncio.create_task(self._writes(one)) for one in self.customers]
        self._work += [asyncio.create_task(self._answers(one, len(agents))) for one in agents]

    async def rest(self) -> None:
        """Begin nothing new, and finish what is begun."""
        self._rests.set()
        await asyncio.gather(*self._work)
        await self.providers.hooks.settled()

    async def break_off(self) -> None:
        """Leave everything as it stands."""
        self._rests.set()
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _writes(self, address: str) -> None:
        each = len(self.customers) / self.pace.messages
        while await self._goes_on_after(self.dice.expovariate(1 / each)):
            await self.write(address)

    async def _goes_on_after(self, seconds: float) -> bool:
        """Wait so long, or until it is time to rest; says whether to go on."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rests.wait(), seconds)
        return not self._rests.is_set()

    async def write(self, address: str) -> None:
        """Let one customer write their next message; returns once it is accepted."""
        self.numbers[address] += 1
        number = self.numbers[address]
        channel = "sms" if address.startswith("tel:") else "telegram"
        said = Said(
            channel=channel, address=address, number=number, text=f"no. {number} of {address}", at=now()
        )
        self.ledger.said.append(said)
        said.sends = await self.providers.says(channel, address, said.text)
        said.accepted_at = now()

    async def _answers(self, agent: "Agent", agents: int) -> None:
        while await self._goes_on_after(self.dice.expovariate(self.pace.answers / agents)):
            await agent.answers(self.dice.choice(self.customers))


class Agent:
    """Somebody signed in at the desk, over whichever node the front chooses."""

    def __init__(self, name: str, front: Front, ledger: Ledger, kept: Asked) -> None:
        self.name, self.front, self.ledger, self.kept = name, front, ledger, kept
        self.session = self.csrf = ""
        self.written = 0

    async def signs_in(self, token: str) -> None:
        """Use a link up, and read the token of the desk's forms."""
        body = urlencode({"token": token}).encode()
        answer = await self.front.send("/desk/sign-in", body, self._headers())
        assert answer.status == 303, answer
        await self._remember(answer)

    async def _remember(self, answer: Answer) -> None:
        """Keep the session that an answer gives, and read the token of its forms; it may be a new one."""
        if not (given := re.findall(rf"{COOKIE}=([^;]+)", answer.cookies)):
            return
        self.session = given[0]
        page = await self.front.send("/desk", b"", self._headers(), method="GET")
        self.csrf = re.findall(r'data-csrf="([^"]+)"', page.body)[0]

    async def answers(self, address: str) -> None:
        """Answer a customer who has written; the same form is sent again until a node has taken it."""
        conversation = await self.kept.conversation(address)
        if conversation is None:
            return
        self.written += 1
        text = f"answer {self.written} of {self.name} to {address}"
        channel = "sms" if address.startswith("tel:") else "telegram"
        replied = Replied(channel=channel, address=address, text=text, at=now())
        self.ledger.replied.append(replied)
        fields = {"csrf": self.csrf, "mode": "answer", "text": text, "sure": "yes"}
        fields["key"] = f"{self.name}-{self.written}"
        path, body = f"/desk/c/{conversation}/answer", urlencode(fields).encode()
        while not await self._taken(path, body, replied):
            await asyncio.sleep(AGAIN)
        replied.accepted_at = now()

    async def _taken(self, path: str, body: bytes, replied: Replied) -> bool:
        replied.sends += 1
        headers = {**self._headers(), "Accept": "application/json"}
        try:
            answer = await self.front.send(path, body, headers)
        except NotTaken:
            return False
        assert answer.status < 400 or answer.status >= 500, f"{answer.status}: {answer.body[:300]}"
        with contextlib.suppress(NotTaken):
            await self._remember(answer)
        return answer.status == 200 and "id" in json.loads(answer.body)

    def _headers(self) -> dict[str, str]:
        return {
            "Cookie": f"{COOKIE}={self.session}",
            "Origin": PUBLIC,
            "Content-Type": "application/x-www-form-urlencoded",
        }
