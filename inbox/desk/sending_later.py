"""The loop that sends what was written for a time to come, once, and stops what was overtaken.

That a row is sent is written in the transaction that owes the answer: whatever dies, both are or neither.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import structlog

from inbox.desk.act import Act, Ground
from inbox.desk.answers import Answers
from inbox.desk.errors import DeskError
from inbox.desk.later import BELL, files_of, happened
from inbox.desk.together import within
from inbox.nudges import Nudges
from storage import conversations, laters
from storage.laters import REFUSED, SENT, STOPPED, Later
from storage.rows import Conversation

EVERY: Final = 5.0
AT_ONCE: Final = 50
WROTE: Final = "the customer has written since"

log = structlog.get_logger()


class Sending:
    """One owner of all that waits to be sent; any number would still send each once."""

    def __init__(self, *, ground: Ground, nudges: Nudges, clock: Callable[[], datetime]) -> None:
        """Send over the rows of *ground*."""
        self._ground, self._nudges, self._clock = ground, nudges, clock
        self._stopping = False

    async def run(self) -> None:
        """Send until `stop`."""
        while not self._stopping:
            try:
                more = await self.turn()
            except Exception:
                log.exception("sending later failed")
                more = False
                await asyncio.sleep(1)
            if not more and not self._stopping:
                await self._nudges.wait(BELL, EVERY)

    async def stop(self) -> None:
        """Finish the turn that is under way."""
        self._stopping = True
        self._nudges.nudge(BELL)

    async def turn(self) -> bool:
        """Stop what was overtaken and send what is due at this moment; says whether any was."""
        now = self._clock()
        async with self._ground.database.reading() as connection:
            over = await laters.overtaken(connection, AT_ONCE)
            due = await laters.due(connection, now, AT_ONCE)
        for each in over:
            async with self._ground.act(now) as act:
                await _end(act, each, STOPPED, WROTE)
        over_now, fault = {other.id for other in over}, None
        for each in (one for one in due if one.id not in over_now):
            try:
                async with self._ground.act(now) as act:
                    await self._send(act, each.id)
            except Exception as error:  # those behind it are not to wait for it
                log.exception("one could not be sent later", later=each.id)
                fault = error
        if fault is not None:
            raise fault
        return bool(over or due)

    async def _send(self, act: Act, later_id: int) -> None:
        """Owe it to the customer, or say why not; the row is read again, for it may have changed."""
        later = await laters.one(act.connection, later_id)
        if later is None or later.state != laters.WAITING or later.at > act.now:
            return
        wrote = await laters.has_written(act.connection, later)
        if wrote and later.if_they_write == "stop":
            await _end(act, later, STOPPED, WROTE)
            return
        before = await conversations.one(act.connection, later.conversation_id)
        if not await laters.change(act.connection, later.id, state=SENT, ended_at=act.now):
            return
        try:
            message_id = await Answers(within(self._ground, act)).reply(
                later.conversation_id,
                later.agent_id,
                text=later.text,
                files=files_of(later),
                now=act.now,
                key=f"later:{later.id}",
                origin="later",
                address_id=later.address_id,
            )
        except DeskError as error:
            await laters.refuse(act.connection, later.id, str(error))
            await _tell(act, later, REFUSED, str(error))
            return
        await laters.became(act.connection, later.id, message_id)
        if before is not None:
            await conversations.change(act.connection, before.id, **_as_before(before, wrote=wrote))


def _as_before(before: Conversation, *, wrote: bool) -> dict[str, Any]:
    """Say what of a conversation stays as it was: nobody is at the desk, so what is set aside stays so.

    It answers nothing of what the customer said since it was written: they wait on.
    """
    aside = {"state": before.state, "snoozed_until": before.snoozed_until}
    waits = {"waiting_since": before.waiting_since, "unread": before.unread} if wrote else {}
    return aside | waits


async def _end(act: Act, later: Later, state: str, why: str) -> None:
    if await laters.change(act.connection, later.id, state=state, ended_at=act.now, reason=why):
        await _tell(act, later, state, why)


async def _tell(act: Act, later: Later, state: str, why: str) -> None:
    """Say in the log and the thread, to whoever wrote it, that it was not sent."""
    await happened(
        act,
        f"later_{state}",
        later.conversation_id,
        None,
        later.id,
        later.text,
        later.at,
        why=why,
        to_agent=later.agent_id,
        by=(await act.agent(later.agent_id)).name,
    )
