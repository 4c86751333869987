"""The loop that sends what one channel owes, in order per conversation and at the channel's rate."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from aiolimiter import AsyncLimiter

from bots.channel import Channel, MessageOut, Sent
from bots.errors import ChannelError, OptedOut, Throttled, Verdict
from inbox import backoff
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.owing import Owing
from storage.deliveries import Outcome
from storage.rows import Delivery
from storage.statuses import ASKING, FAILED, PERHAPS, READY, SENT

AT_ONCE: Final = 32
IDLE: Final = 5.0
LOOK_UPS: Final = (2.0, 10.0, 60.0)

log = structlog.get_logger()


class Outbox:
    """One lane: a channel's account. Rows are claimed, handed over, and marked with what became of them."""

    def __init__(
        self,
        *,
        lane: str,
        channel: Channel,
        owing: Owing,
        nudges: Nudges,
        metrics: Metrics,
        clock: Callable[[], datetime],
    ) -> None:
        """Send for *channel* what *owing* knows to be owed in *lane*."""
        self._lane = lane
        self._channel = channel
        self._owing = owing
        self._nudges = nudges
        self._metrics = metrics
        self._clock = clock
        rate = channel.spec.rate
        self._rate = AsyncLimiter(max(rate, 1), max(rate, 1) / rate)
        self._under_way: set[asyncio.Task[None]] = set()
        self._ended: list[Outcome] = []
        self._asked: dict[int, int] = {}
        self._writing = asyncio.Lock()
        self._stopping = False

    async def run(self) -> None:
        """Send until `stop`; what a crash left half-way is looked up or shown as perhaps sent."""
        state = ASKING if self._channel.spec.looks_up else PERHAPS
        await self._owing.recover([self._lane], state, self._clock())
        while not self._stopping:
            try:
                busy = await self._turn()
            except Exception:
                log.exception("outbox turn failed", lane=self._lane)
                busy = False
                await asyncio.sleep(1)
            if not busy:
                await self._nudges.wait(self._lane, await self._until_due())

    async def stop(self) -> None:
        """Take nothing new and wait for what is under way."""
        self._stopping = True
        self._nudges.nudge(self._lane)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=4)

    async def _until_due(self) -> float:
        due = await self._owing.next_due(self._lane)
        if due is None:
            return IDLE
        return min(max((due - self._clock()).total_seconds(), 0.02), IDLE)

    async def _turn(self) -> bool:
        """Claim what is due and begin to send it; True if there may be more at once."""
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return True
        rows = await self._owing.claim(self._lane, self._clock(), free)
        for row in rows:
            self._begin(self._send(row))
        asked = await self._owing.to_ask(self._lane, self._clock(), free)
        for row in asked:
            await self._ask(row)
        return bool(rows)

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, row: Delivery) -> None:
        """Make the one call of a row and mark what became of it."""
        with structlog.contextvars.bound_contextvars(conversation=row.conversation_id, delivery=row.id):
            try:
                message = await self._owing.message_out(row)
                async with self._rate:
                    sent = await self._call(row, message)
                outcome = Outcome(id=row.id, state=SENT, external_id=sent.external_id, segments=sent.segments)
            except ChannelError as error:
                outcome = await self._after(row, error)
            except Exception as error:
                log.exception("send failed", lane=self._lane)
                outcome = Outcome(
                    id=row.id, state=PERHAPS, reason=f"a mistake of ours: {type(error).__name__}"
                )
            self._count(row, outcome)
            await self._end(outcome)

    def _count(self, row: Delivery, outcome: Outcome) -> None:
        self._metrics.sends.labels(self._lane, outcome.state).inc()
        if outcome.state == SENT:
            self._metrics.send_seconds.labels(self._lane).observe(
                (self._clock() - row.due_at).total_seconds()
            )

    async def _call(self, row: Delivery, message: MessageOut) -> Sent:
        if row.kind == "edit":
            await self._channel.edit(row.data["external_id"], message)
            return Sent(external_id="")
        if row.kind == "delete":
            await self._channel.delete(row.data["external_id"], message.address)
            return Sent(external_id="")
        return await self._channel.send(message)

    async def _after(self, row: Delivery, error: ChannelError) -> Outcome:
        """Turn an error's verdict into what happens next."""
        log.info(
            "not sent", lane=self._lane, error=type(error).__name__, code=error.code, reason=error.reason
        )
        now = self._clock()
        if error.verdict is Verdict.TRY_AGAIN and now - row.owed_at < backoff.GIVE_UP_AFTER:
            wish = error.retry_after if isinstance(error, Throttled) else None
            due = now + backoff.pause(row.tries, wish)
            return Outcome(id=row.id, state=READY, due_at=due, code=error.code, reason=error.reason)
        if error.verdict is Verdict.LOOK_UP:
            if self._channel.spec.looks_up and row.kind == "message":
                due = now + timedelta(seconds=LOOK_UPS[0])
                return Outcome(id=row.id, state=ASKING, due_at=due, code=error.code, reason=error.reason)
            return Outcome(id=row.id, state=PERHAPS, code=error.code, reason=error.reason)
        if isinstance(error, OptedOut):
            await self._owing.opted_out(row, error.reason, now)
            return Outcome(id=row.id, state=FAILED, code="opted_out", reason=error.reason)
        return Outcome(id=row.id, state=FAILED, code=error.code, reason=error.reason)

    async def _ask(self, row: Delivery) -> None:
        """Look up what became of a row whose answer was lost; absent means it may go again."""
        try:
            found = await self._channel.look_up(await self._owing.message_out(row))
        except ChannelError as error:
            await self._end(self._ask_later(row, error.reason))
            return
        if found is not None:
            outcome = Outcome(id=row.id, state=SENT, external_id=found.external_id, segments=found.segments)
            await self._end(outcome)
            return
        await self._end(self._ask_later(row, "the provider does not know it (yet)", absent=True))

    def _ask_later(self, row: Delivery, reason: str, *, absent: bool = False) -> Outcome:
        """Ask again after 2, 10 and 60 s; then what is surely absent goes again, the rest is perhaps sent."""
        step = self._asked.pop(row.id, 0) + 1
        if step < len(LOOK_UPS):
            self._asked[row.id] = step
            due = self._clock() + timedelta(seconds=LOOK_UPS[step])
            return Outcome(id=row.id, state=ASKING, due_at=due, reason=reason)
        state = READY if absent else PERHAPS
        return Outcome(id=row.id, state=state, due_at=self._clock(), reason=reason)

    async def _end(self, outcome: Outcome) -> None:
        """Write outcomes in groups: whoever comes first writes for all that gathered meanwhile."""
        self._ended.append(outcome)
        async with self._writing:
            outcomes, self._ended = self._ended, []
            if outcomes:
                await self._write(outcomes)
        self._nudges.nudge(self._lane)

    async def _write(self, outcomes: Sequence[Outcome]) -> None:
        """Write until it is written: what the provider took must not be forgotten."""
        while True:
            try:
                await self._owing.end(outcomes, self._clock())
            except Exception:
                log.exception("outcome not written, trying again", lane=self._lane)
                await asyncio.sleep(1)
            else:
                return
