"""The loop that sends what one channel owes, in order per conversation and at the channel's rate."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from bots.channel import Channel, MessageOut, Sent
from bots.errors import ChannelError, MarketingStopped, OptedOut, Throttled, Unreachable, Verdict
from inbox import backoff, ringing
from inbox.asking import LOOK_UPS, Asking
from inbox.metrics import Metrics
from inbox.nudges import Nudges
from inbox.outcomes import Outcomes
from inbox.owing import Known, Owing
from inbox.pace import Pace
from routing.reasons import REASONS
from storage.endings import CALL, REPEATABLE, Outcome
from storage.rows import Delivery
from storage.statuses import ASKING, DROPPED, FAILED, PERHAPS, READY, SENT

AT_ONCE: Final = 32
ASK_AT_ONCE: Final = 4
IDLE: Final = 5.0
STEP: Final = timedelta(minutes=1)  # a clock that goes back further than this was set

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
        seconds: Callable[[], float] = time.monotonic,
        pause: Callable[[int, float | None], timedelta] = backoff.pause,
    ) -> None:
        """Send for *channel* what *owing* knows to be owed in *lane*.

        *seconds* count for the pace, and *pause* says how long to wait after so many tries.
        """
        self._lane = lane
        self._channel = channel
        self._owing = owing
        self._nudges = nudges
        self._metrics = metrics
        self._clock = clock
        spec = channel.spec
        self._pace = Pace(spec.rate, spec.rate_per_address, seconds, spec.burst_per_address)
        self._seconds = seconds
        self._look_again = 0.0
        self._pause = pause
        self._outcomes = Outcomes(lane=lane, owing=owing, nudges=nudges, clock=clock)
        self._asking = Asking(channel=channel, owing=owing, clock=clock)
        self._in_question: set[int] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._latest = clock()
        self._more = False
        self._asks = False
        self._stopping = False

    async def run(self) -> None:
        """Send until `stop`; what a crash left half-way is looked up or shown as perhaps sent."""
        may_send: bool | None = None
        while not self._stopping:
            try:
                may_send = may_send or await self._may_send(first=may_send is None)
                seconds = IDLE if not may_send else 0.0 if await self._turn() else await self._until_due()
            except Exception:
                log.exception("outbox turn failed", lane=self._lane)
                seconds = 1.0
            if seconds and not self._stopping:
                await self._nudges.wait(self._lane, seconds)
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def drain(self) -> None:
        """Send what may go at this moment and no more, for who moves the clock by hand."""
        while await self._turn() or self._under_way:
            if self._under_way:
                await asyncio.wait(self._under_way)

    async def stop(self) -> None:
        """Take nothing new and wait for what is under way."""
        self._stopping = True
        self._nudges.nudge(self._lane)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=4)

    async def _may_send(self, *, first: bool) -> bool:
        """See to what a crash left; False in a house that was put back from a backup and waits for a word."""
        if await self._owing.is_held():
            if first:
                log.warning("nothing is sent: a backup was put back; see `tidings resume`", lane=self._lane)
            return False
        await self._recover()
        return True

    async def _recover(self) -> None:
        state = ASKING if self._channel.spec.looks_up else PERHAPS
        await self._owing.recover([self._lane], state, self._clock())

    async def _until_due(self) -> float:
        """Say how many seconds the lane may rest: until something is due and may go."""
        due = await self._owing.next_due(self._lane)
        if due is None:
            return IDLE
        seconds = (due - self._clock()).total_seconds()
        if seconds <= 0:
            resting = self._pace.resting().values()
            seconds = min(resting, default=0.0) if self._pace.free() else self._pace.wait()
        return min(max(seconds, 0.25 if self._in_question else 0.02), IDLE)

    async def _turn(self) -> bool:
        """Claim what may go at this moment and begin to send it; True if there may be more at once."""
        await self._mind_the_clock()
        if len(self._under_way) >= AT_ONCE:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        free = min(AT_ONCE - len(self._under_way), self._pace.free())
        now = self._clock()
        if not self._more:  # else it was told a moment ago that there is
            to_send, to_ask = await self._owing.dues(self._lane)
            self._more, self._asks = _is_due(to_send, now), _is_due(to_ask, now)
        rows: list[Delivery] = []
        if free and self._more:
            rows = await self._owing.claim(self._lane, now, free, self._pace.resting())
            self._more = len(rows) == free
        await self._begin_all(rows)
        if self._asks:
            await self._begin_asking(now)
        return bool(rows)

    async def _begin_all(self, rows: Sequence[Delivery]) -> None:
        """Begin to send claimed rows; what is known of them is read for all at once."""
        if not rows:
            return
        try:
            known = await self._owing.known(rows)
        except Exception:
            log.exception("claimed rows not read", lane=self._lane)
            known = None  # each looks for itself, and is tried again where that fails too
        for row in rows:
            self._pace.used(row.conversation_id)
            self._begin(self._send(row, known))

    async def _begin_asking(self, now: datetime) -> None:
        self._asks = False
        for row in await self._owing.to_ask(self._lane, now, ASK_AT_ONCE):
            if row.id not in self._in_question:
                self._in_question.add(row.id)
                self._begin(self._ask(row))

    async def _mind_the_clock(self) -> None:
        """A clock set back, or another node's that was ahead, leaves rows in the future: bring them back."""
        now = self._clock()
        if now < self._latest - STEP:
            log.warning("the clock stepped back", lane=self._lane, by=str(self._latest - now))
            await self._owing.come_sooner(self._lane, now, self._latest - now)
            self._latest = now
        self._latest = max(self._latest, now)
        if self._seconds() >= self._look_again:
            self._look_again = self._seconds() + IDLE
            if await self._owing.bring_back(self._lane, now + STEP, now):
                log.warning("another node's clock is ahead: what it owed goes now", lane=self._lane)

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, row: Delivery, known: Known | None) -> None:
        """Make the one call of a row and mark what became of it."""
        with structlog.contextvars.bound_contextvars(conversation=row.conversation_id, delivery=row.id):
            outcome = await self._outcome(row, known)
            self._metrics.sends.labels(self._lane, outcome.state).inc()
            if outcome.state == SENT:
                took = (self._clock() - row.due_at).total_seconds()
                self._metrics.send_seconds.labels(self._lane).observe(took)
            await self._outcomes.end(outcome)

    async def _ask(self, row: Delivery) -> None:
        await self._outcomes.end(await self._asking.ask(row))
        self._in_question.discard(row.id)

    async def _outcome(self, row: Delivery, known: Known | None) -> Outcome:
        """Make the call; a mistake before it surely sent nothing, a mistake within it perhaps did."""
        asked = False
        try:
            if against := await self._owing.against(row, self._clock()):
                return Outcome(id=row.id, state=DROPPED, code=against, reason=REASONS.get(against, against))
            ringing.in_time(row, self._clock())
            message = await self._owing.message_out(row, known)
            asked = True
            sent = await self._call(row, message)
        except ChannelError as error:
            return await self._after(row, error)
        except Exception as error:
            log.exception("send failed", lane=self._lane)
            reason = f"a mistake of ours: {type(error).__name__}"
            if not asked or row.kind in REPEATABLE:
                return await self._after(row, Unreachable(reason))
            return Outcome(id=row.id, state=PERHAPS, reason=reason)
        return Outcome(
            id=row.id,
            state=SENT,
            external_id=sent.external_id,
            segments=sent.segments,
            also=sent.also,
        )

    async def _call(self, row: Delivery, message: MessageOut) -> Sent:
        if row.kind == "edit":
            await self._channel.edit(row.data["external_id"], message)
            return Sent(external_id="")
        if row.kind == "delete":
            await self._channel.delete(row.data["external_id"], message.address)
            return Sent(external_id="")
        if row.kind == "react":
            await self._channel.react(row.data["external_id"], message.address, row.text)
            return Sent(external_id="")
        if row.kind == CALL:
            return await ringing.ring(self._channel, row, message)
        return await self._channel.send(message)

    async def _after(self, row: Delivery, error: ChannelError) -> Outcome:
        """Turn an error's verdict into what happens next."""
        log.info(
            "not sent", lane=self._lane, error=type(error).__name__, code=error.code, reason=error.reason
        )
        now, verdict = self._clock(), error.verdict
        if verdict is Verdict.LOOK_UP and row.kind in REPEATABLE:
            verdict = Verdict.TRY_AGAIN
        if verdict is Verdict.TRY_AGAIN and row.kind == CALL:
            verdict = Verdict.GIVE_UP  # whoever wants it presses again: nobody is rung unawares
        if verdict is Verdict.TRY_AGAIN and now - row.owed_at < backoff.GIVE_UP_AFTER:
            wish = error.retry_after if isinstance(error, Throttled) else None
            due = now + self._pause(row.tries, wish)
            return Outcome(id=row.id, state=READY, due_at=due, code=error.code, reason=error.reason)
        if verdict is Verdict.LOOK_UP:
            if self._channel.spec.looks_up:
                due = now + timedelta(seconds=LOOK_UPS[0])
                return Outcome(id=row.id, state=ASKING, due_at=due, code=error.code, reason=error.reason)
            return Outcome(id=row.id, state=PERHAPS, code=error.code, reason=error.reason)
        if isinstance(error, OptedOut):
            marketing = isinstance(error, MarketingStopped)
            await self._owing.opted_out(row, error.reason, now, marketing=marketing)
            return Outcome(id=row.id, state=FAILED, code="opted_out", reason=error.reason)
        return Outcome(id=row.id, state=FAILED, code=error.code, reason=error.reason)


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now
