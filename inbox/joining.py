"""The loop that answers who joined: once for each time they asked, in their language, without an agent."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from bots.channel import Channel
from config.wording import Wording
from inbox.desk.texts import parts_of
from inbox.live import Change, Live
from inbox.nudges import Nudges
from storage import deliveries, facts, joins, queues, touch_containers
from storage.database import Connection, Database
from storage.ids import A_DAY
from storage.joins import Join
from storage.queues import OwedRow
from storage.statuses import QUEUED
from storage.touch_outcomes import RANK

BELL: Final = "joining"
HEARD_TO: Final = "joins.heard_to"
TEXT: Final = "joined"
EVERY: Final = 60.0
PAGE: Final = 100
LATE: Final = timedelta(days=1)
"""An answer that could not be made for so long would only puzzle them."""
AN_HOUR: Final = 3
"""Answers to one customer: who joins in a flood has read them, and each costs money."""
AGAIN: Final = A_DAY // 17_280
"""Keys of five seconds, read again: another process may keep a join a moment after a later one."""
TONGUES: Final[Mapping[str, str]] = {"join": "en", "aderir": "pt", "unirme": "es"}
"""What the word says of the language of who never told it."""

log = structlog.get_logger()


class Joining:
    """Owes each join its one answer."""

    def __init__(
        self,
        *,
        database: Database,
        channels: Mapping[str, Channel],
        wording: Wording,
        live: Live,
        nudges: Nudges,
        clock: Callable[[], datetime],
    ) -> None:
        """Answer in the words of *wording* over the *channels* that are on."""
        self._database = database
        self._channels = channels
        self._wording = wording
        self._live = live
        self._nudges = nudges
        self._clock = clock
        self._stopping = False

    async def run(self) -> None:
        """Answer until `stop`."""
        while not self._stopping:
            try:
                more = await self.turn()
            except Exception:
                log.exception("joins not answered")
                more = False
            if not more and not self._stopping:
                await self._nudges.wait(BELL, EVERY)

    async def stop(self) -> None:
        """Finish the page that is under way."""
        self._stopping = True
        self._nudges.nudge(BELL)

    async def turn(self) -> bool:
        """Answer a page of those who joined; says whether there may be more."""
        async with self._database.reading() as connection:
            to = int(await facts.told(connection, HEARD_TO) or 0)
            page = await joins.since(connection, max(0, to - AGAIN), PAGE)
            new = [one for one in page if await self._wanted(connection, one)]
        last = max((one.id for one in page), default=to)
        full = len(page) == PAGE and last > to
        if last <= to and not new:
            return False
        told: list[Change] = []
        async with self._database.writing() as connection:
            for one in new:
                told += await self._answer(connection, one)
            await facts.tell(connection, HEARD_TO, max(to, last))
        for change in told:
            self._live.publish(change)
        for lane in {one.channel for one in new} if told else ():
            self._nudges.nudge(lane)
        return full

    async def _wanted(self, connection: Connection, one: Join) -> bool:
        """Whether an answer is to be owed: not twice, not in a flood, not late, not after a stop."""
        if one.stopped or one.conversation_id is None or one.channel not in self._channels:
            return False
        now = self._clock()
        if now - one.at > LATE or await deliveries.by_key(connection, _key(one)) is not None:
            return False
        since = one.at - timedelta(hours=1)  # what was left out once stays so
        return await joins.answered(connection, one.channel, one.conversation_id, since) < AN_HOUR

    async def _answer(self, connection: Connection, one: Join) -> list[Change]:
        """Owe the answer; nothing if another process did meanwhile."""
        if one.conversation_id is None or not await self._wanted(connection, one):
            return []
        now, channel = self._clock(), self._channels[one.channel]
        tongue = one.language or TONGUES.get(one.wording.strip().rstrip(".!").lower(), "")
        text = self._wording.say(TEXT, tongue, channel.spec.kind)
        ids = self._database.ids
        message_id = await touch_containers.add_message(
            connection,
            ids,
            one.conversation_id,
            address_id=one.address_id,
            channel=one.channel,
            text=text,
            status=QUEUED,
            now=now,
        )
        owed = [
            OwedRow(
                lane=one.channel,
                kind="message",
                conversation_id=one.conversation_id,
                message_id=message_id,
                key=_key(one, at),
                part=at,
                text=part.text,
                rank=RANK,
                due_at=now,
            )
            for at, part in enumerate(parts_of(text, (), channel.spec))
        ]
        await queues.owe(connection, ids, owed, now)
        return [Change(kind="message", conversation_id=one.conversation_id, message_id=message_id)]


def _key(one: Join, part: int = 0) -> str:
    """Name the answer after the provider's own name for the text that asked."""
    return f"join:{one.channel}:{one.external_id}" + (f":{part}" if part else "")
