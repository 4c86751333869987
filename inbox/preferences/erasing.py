"""Forget customers who asked: a day after they did, so that they can think better of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

import structlog

from inbox.bucket import Away
from inbox.media import MediaStore
from inbox.nudges import Nudges
from inbox.preferences.marks import mark, mark_of_ref
from storage import audit, erasing, forgetting, preferences, receipts, slack_forgetting, suppressed, traces
from storage.audit import Line
from storage.database import Connection, Database
from storage.receipts import Receipt
from storage.traces import Traces

UNDO: Final = timedelta(hours=24)
EVERY: Final = 600.0
TELLING: Final = 6
"""Characters: what is shorter of an address is in too many calls of the journal to tell whose they are."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """By whose wish a customer is forgotten; *who* and *face* are words of the audit log."""

    who: str
    face: str
    name: str = ""
    agent_id: int | None = None
    ip: str = ""

    def __str__(self) -> str:
        """Write it for the receipt."""
        return f"{self.who} {self.name}".strip()


THEIRS: Final = Wish(who="customer", face="link")
"""The customer's own, by their page; nothing of where they came from is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The calls *hooks* of before an instant, by which alone a customer has to be here to be erased."""

    hooks: Collection[int]
    at: datetime


class WroteOn(Exception):
    """The customer said something else as well; nothing of them was erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was forgotten.

    Our posts in Slack about so many *conversations* are taken away by Slack's lane; *posts* (Slack
    channel, ts) are what agents wrote there themselves, for people to delete.
    """

    addresses: int
    files: int
    hooks: int
    conversations: int
    posts: Sequence[tuple[str, str]]
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Eraser:
    """Forgets customers of one house, files and journal included.

    *streamed*: the journal is a stream beside the database too, which is owed that their calls leave it.
    """

    database: Database
    media: MediaStore
    secret: str
    streamed: bool = False

    async def erase(
        self, customer_id: int, now: datetime, wish: Wish = THEIRS, before: Before | None = None
    ) -> Erased:
        """Erase a customer and whoever was joined to them, at once and for good; there is a receipt of it.

        Raises WroteOn where they are here by more than what came *before*.
        """
        async with self.database.reading() as connection:
            found = await traces.traces(connection, customer_id)
        heard = await self._journal(found)
        async with self.database.writing() as connection:
            found = await traces.traces(connection, customer_id)
            if before and await forgetting.wrote_besides(connection, found.customers, before.hooks):
                raise WroteOn
            marks = [mark(one, self.secret) for one in found.addresses if not one.startswith("erased:")]
            marks += [mark_of_ref(one, self.secret) for one in found.refs]
            await suppressed.keep(connection, marks, "erased", now)
            await erasing.forget_hooks(connection, heard)
            counted = asdict(await traces.counts(connection, found.customers))
            heard += await erasing.erase(connection, self.database.ids, found.customers, now)
            counted["hooks"] = len(heard)
            shown = await slack_forgetting.owe(connection, self.database.ids, found.customers, now)
            receipt = await self._receipt(connection, found.customers[0], now, wish, counted)
            if self.streamed:
                at = before.at if before else now
                await forgetting.owe(connection, receipt.id, hooks=heard, marks=marks, at=at)
        await self.discard(found.files)
        return Erased(
            addresses=len(found.addresses),
            files=len(found.files),
            hooks=len(heard),
            conversations=shown,
            posts=found.posts,
            receipt=receipt,
        )

    async def discard(self, paths: Sequence[str]) -> None:
        """Take files away; the log names one that could not be."""
        for path in paths:
            try:
                await self.media.discard(path)
            except Away as error:
                log.error(
                    "a file of a forgotten customer is still there: delete it", path=path, why=str(error)
                )

    async def _receipt(
        self, connection: Connection, customer_id: int, now: datetime, wish: Wish, counted: Mapping[str, int]
    ) -> Receipt:
        """Keep the receipt, and its digest in the audit log too, where nothing is changed later."""
        bare = Receipt(
            id=self.database.ids.next(), customer_id=customer_id, at=now, wish=str(wish), counts=counted
        )
        receipt = replace(bare, digest=bare.right_digest)
        await receipts.keep(connection, receipt)
        line = Line(
            at=now,
            who=wish.who,
            agent_id=wish.agent_id,
            name=wish.name,
            what="erased",
            operation="erase_customer",
            customer_id=customer_id,
            face=wish.face,
            ip=wish.ip,
            detail=f"receipt {receipt.id} {receipt.digest}",
        )
        await audit.write(connection, self.database.ids, line)
        return receipt

    async def _journal(self, found: Traces) -> list[int]:
        """Find the calls that name the customer's addresses, a page at a time, while others write."""
        needles = tuple(dict.fromkeys(each for one in found.addresses for each in spelled(one)))
        if not needles:
            return []
        keys: list[int] = []
        last = 0
        while True:
            async with self.database.reading() as connection:
                page = await erasing.hooks_after(connection, last)
            if not page:
                return keys
            keys += [
                key for key, body, url in page if any(one in body or one in url.encode() for one in needles)
            ]
            last = page[-1][0]


def spelled(address: str) -> list[bytes]:
    """Say how an address may stand in a provider's call; nothing where that would be too little to tell."""
    rest = address.partition(":")[2].removeprefix("+")
    if len(rest) < TELLING:
        return []
    return [rest.encode("utf-8", "replace"), quote(rest, safe="").encode("ascii")]


class Erasing:
    """The loop that forgets customers whose day is over."""

    def __init__(self, *, eraser: Eraser, nudges: Nudges, clock: Callable[[], datetime]) -> None:
        """Use *eraser*."""
        self._eraser = eraser
        self._nudges = nudges
        self._clock = clock
        self._stopping = False

    async def run(self) -> None:
        """Look every ten minutes until `stop`."""
        while not self._stopping:
            try:
                await self.turn()
            except Exception:
                log.exception("erasing failed")
            await self._nudges.wait("erasing", EVERY)

    async def stop(self) -> None:
        """Finish who is under way."""
        self._stopping = True
        self._nudges.nudge("erasing")

    async def turn(self) -> int:
        """Erase everybody who asked a day ago or longer; returns how many."""
        now = self._clock()
        async with self._eraser.database.reading() as connection:
            due = await preferences.erasures_due(connection, now - UNDO)
        for customer_id in dict.fromkeys(due):
            done = await self._eraser.erase(customer_id, now)
            told = [f"{channel}/{ts}" for channel, ts in done.posts]
            log.info("customer erased", customer=customer_id, files=done.files, slack_posts_to_delete=told)
            self._nudges.nudge(slack_forgetting.LANE)
        return len(due)
