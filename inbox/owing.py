"""What the outbox asks of the rows: whose turn it is, what to say, what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bots.channel import Channel, MediaOut, MessageOut
from bots.errors import Misconfigured, OptedOut, Unreachable
from inbox.bucket import Away
from inbox.live import Change, Live
from inbox.media import MediaStore
from inbox.nudges import Nudges
from inbox.touches.guarding import Guard
from storage import (
    attachments,
    consents,
    customers,
    deliveries,
    endings,
    matters,
    messages,
    queues,
    restored,
    told_along,
)
from storage.database import Connection, Database
from storage.endings import Outcome
from storage.queues import OwedRow
from storage.rows import Address, AttachmentRow, Delivery, Message
from storage.statuses import FAILED, PERHAPS, QUEUED, READY, SENDING
from storage.touch_outcomes import RANK

TOLD: Final = "slack-marks"
BELL: Final = "touches"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The messages and addresses of deliveries, by their keys."""

    messages: Mapping[int, Message]
    addresses: Mapping[int, Address]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """The rows behind the outbox of every channel; *slack* says whether Slack hears of outcomes.

    The *guard* looks at touches before they go. Of the *channels* it is asked whose answers bear a subject.
    """

    database: Database
    live: Live
    nudges: Nudges
    media: MediaStore
    public_url: str
    slack: bool
    guard: Guard | None = None
    channels: Mapping[str, Channel] = field(default_factory=dict)

    async def against(self, row: Delivery, now: datetime) -> str:
        """Say why a delivery must not go to its provider any more: what we begin is looked at once more."""
        return "" if self.guard is None or row.rank < RANK else await self.guard.against(row, now)

    async def is_held(self) -> bool:
        """Whether this house was put back from a backup, and nobody has let it send again yet."""
        async with self.database.reading() as connection:
            return await restored.held(connection) is not None

    async def recover(self, lanes: Sequence[str], state: str, now: datetime) -> int:
        """After a crash: mark what was being sent as *state*."""
        async with self.database.writing() as connection:
            rows = await endings.recover(connection, lanes, state, now)
            await self._owe_telling(connection, rows, now)
        self._tell(rows)
        return len(rows)

    async def come_sooner(self, lane: str, now: datetime, by: timedelta) -> None:
        """The clock stepped back *by* so much."""
        async with self.database.writing() as connection:
            await queues.come_sooner(connection, lane, now, by)

    async def bring_back(self, lane: str, after: datetime, now: datetime) -> bool:
        """Owe now what was owed after *after*, by a clock that was ahead; says whether there was any."""
        async with self.database.reading() as connection:
            if not await queues.owed_ahead(connection, lane, after):
                return False
        async with self.database.writing() as connection:
            await queues.bring_back(connection, lane, after, now)
        return True

    async def claim(
        self, lane: str, now: datetime, limit: int, resting: Iterable[int] = ()
    ) -> list[Delivery]:
        """Take what is due."""
        async with self.database.writing() as connection:
            return await queues.claim(connection, lane, now, limit, resting)

    async def dues(self, lane: str) -> tuple[datetime | None, datetime | None]:
        """Say when the lane has something to send, and when something to look up."""
        async with self.database.reading() as connection:
            return await deliveries.dues(connection, lane)

    async def to_ask(self, lane: str, now: datetime, limit: int) -> list[Delivery]:
        """List what is due to be looked up."""
        async with self.database.reading() as connection:
            return await deliveries.to_ask(connection, lane, now, limit)

    async def is_anothers(self, row: Delivery, external_id: str) -> bool:
        """Say whether a message at the provider is one that another row became."""
        async with self.database.reading() as connection:
            return await deliveries.is_anothers(connection, row.lane, external_id, row.id)

    async def next_due(self, lane: str) -> datetime | None:
        """Say when the lane has something to do."""
        async with self.database.reading() as connection:
            return await deliveries.next_due(connection, lane)

    async def known(self, rows: Sequence[Delivery]) -> Known:
        """Read what the outbox needs to know of many deliveries at once."""
        async with self.database.reading() as connection:
            said = await messages.many(connection, [row.message_id or 0 for row in rows])
            whose = {one.address_id for one in said if one.address_id is not None}
            ways = await customers.addresses_among(connection, sorted(whose))
        return Known(messages={one.id: one for one in said}, addresses={one.id: one for one in ways})

    async def message_out(self, row: Delivery, known: Known | None = None) -> MessageOut:
        """Say what one delivery says and to whom, of what is *known*.

        Raises Misconfigured if its message is gone, OptedOut if the customer has said stop since.
        """
        known = known or await self.known([row])
        message = known.messages.get(row.message_id or 0)
        if message is None or message.address_id is None:
            raise Misconfigured("The message of this delivery is gone.")
        address = known.addresses.get(message.address_id)
        if address is None:
            raise Misconfigured("The address of this delivery is gone.")
        if address.stopped_at is not None and row.kind == "message" and row.state == SENDING:
            raise OptedOut("The customer said stop before this was sent.")
        data = row.data or {}
        matter = await self._matter(row)
        return MessageOut(
            key=row.key,
            address=address.address,
            text=row.text,
            media=await self._files(data.get("files", ())),
            owed_at=row.owed_at,
            by_agent=message.agent_id is not None and row.rank < RANK,
            subject=matter.subject,
            thread=matter.said,
            reply_to=matter.last,
            unsubscribe=data.get("unsubscribe", ""),
            **data.get("template", {}),
        )

    async def _matter(self, row: Delivery) -> matters.Matter:
        """Read what was said before, where the channel's answers stand under a subject."""
        channel = self.channels.get(row.lane)
        if channel is None or not channel.spec.threads:
            return matters.Matter()
        async with self.database.reading() as connection:
            return await matters.before(connection, row.conversation_id, row.lane, row.message_id or 0)

    async def _files(self, keys: Sequence[int]) -> tuple[MediaOut, ...]:
        if not keys:
            return ()
        async with self.database.reading() as connection:
            files = [await attachments.one(connection, key) for key in keys]
        return tuple([await self._media(one) for one in files])

    async def _media(self, row: AttachmentRow | None) -> MediaOut:
        """Bring a file to this disk; raises Misconfigured if it is gone, Unreachable if the store is away."""
        try:
            path = await self.media.here(row.path) if row is not None else None
        except FileNotFoundError:
            path = None
        except Away as error:
            raise Unreachable(f"Not sent yet: {error}.") from error
        if row is None or path is None:
            raise Misconfigured("A file of this delivery is gone.")
        return MediaOut(
            name=row.name,
            content_type=row.content_type,
            size=row.size or 0,
            path=path,
            url=self.public_url + self.media.link(row.id),
        )

    async def opted_out(self, row: Delivery, source: str, now: datetime, *, marketing: bool = False) -> None:
        """The provider says the customer stopped, or refused *marketing* alone: we were wrong, record it."""
        async with self.database.writing() as connection:
            message = await messages.one(connection, row.message_id or 0)
            if message is not None and message.address_id is not None:
                await consents.record(
                    connection,
                    self.database.ids,
                    address_id=message.address_id,
                    word="no" if marketing else "stop",
                    source="provider",
                    wording=source,
                    at=now,
                    external_id=f"provider:{row.key}",
                )

    async def end(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Write outcomes, and tell the pages and the Slack desk."""
        async with self.database.writing() as connection:
            ended = await endings.end(connection, outcomes, now)
            also = {one.id: one.also for one in outcomes if one.also}
            for row in ended if also else ():
                await told_along.keep(
                    connection, self.database.ids, row.message_id or 0, also.get(row.id, ()), now
                )
            await self._owe_telling(connection, ended, now)
        self._tell(ended)

    async def _owe_telling(self, connection: Connection, ended: Sequence[Delivery], now: datetime) -> None:
        ids = self.database.ids
        rows = [owed for row in ended if row.message_id for owed in _to_tell(row, now, ids.next())]
        if self.slack and rows:
            await queues.owe(connection, ids, rows, now)

    def _tell(self, ended: Sequence[Delivery]) -> None:
        told = [row for row in ended if row.message_id is not None]
        for row in told:
            change = Change(
                kind="status", conversation_id=row.conversation_id, message_id=row.message_id or 0
            )
            self.live.publish(change)
        for lane in ("slack", TOLD) if self.slack and told else ():
            self.nudges.nudge(lane)
        if any(row.rank >= RANK for row in told):
            self.nudges.nudge(BELL)


def _to_tell(row: Delivery, now: datetime, number: int) -> list[OwedRow]:
    """List what Slack is owed for an outcome: a mark, and for a failure the reason and what next."""
    if row.state in (QUEUED, READY, SENDING) or row.rank >= RANK or row.kind == "react":
        return []  # what we began ourselves makes no work for agents, nor does a reaction
    mark = OwedRow(
        lane=TOLD,
        kind="mark",
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        key=f"mark:{number}",
        due_at=now,
    )
    if row.state not in (FAILED, PERHAPS):
        return [mark]
    failure = OwedRow(
        lane="slack",
        kind="failure",
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        key=f"failure:{number}",
        data={"state": row.state, "code": row.code, "reason": row.reason},
        due_at=now,
    )
    return [mark, failure]
