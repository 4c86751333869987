"""The loop that fetches what customers attached, within limits, and says why when it does not."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bots.channel import Attachment, Channel
from bots.errors import ChannelError, Throttled, Verdict
from inbox import backoff
from inbox.bucket import Away
from inbox.desk.act import Ground
from inbox.live import Change
from inbox.media import MediaStore, TooLarge, is_full
from inbox.nudges import Nudges
from storage import attachments, messages
from storage.rows import AttachmentRow, Message

AT_ONCE: Final = 6
SHARE: Final = 3  # of one conversation: many files, or slow ones, leave room for the others'
IDLE: Final = 10.0
BUSY: Final = 1.0  # what ends in hand rings
TRIES: Final = 55  # with the pauses of `inbox.backoff`, about six hours
SWITCHED_OFF: Final = timedelta(minutes=10)
NO_ROOM: Final = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Files:
    """One owner of all fetching."""

    ground: Ground
    channels: Mapping[str, Channel]
    media: MediaStore
    nudges: Nudges
    cap: int
    clock: Callable[[], datetime]
    stopping: bool = False
    _in_hand: "dict[asyncio.Task[None], int]" = field(default_factory=dict)

    async def run(self) -> None:
        """Fetch what is owed until `stop`."""
        while not self.stopping:
            try:
                await self._begin()
                seconds = BUSY if self._in_hand else await self._until_due()
            except Exception:
                log.exception("fetching failed")
                seconds = 1.0
            if seconds and not self.stopping:
                await self.nudges.wait("media", seconds)
        await asyncio.gather(*self._in_hand, return_exceptions=True)

    async def stop(self) -> None:
        """Begin nothing new, finish what is under way."""
        self.stopping = True
        self.nudges.nudge("media")

    async def turn(self) -> bool:
        """Fetch a few attachments side by side, for who moves the clock by hand; True if there were any."""
        began = await self._begin()
        while self._in_hand:
            done, _ = await asyncio.wait(self._in_hand)
            self._ended(done)
        return began

    async def _begin(self) -> bool:
        """Begin with what may be fetched beside what is in hand; True if there was any."""
        self._ended([task for task in self._in_hand if task.done()])
        room = AT_ONCE - len(self._in_hand)
        if not room:
            return False
        async with self.ground.database.reading() as connection:
            rows = await attachments.owed(
                connection, self.clock(), room, share=SHARE, in_hand=self._in_hand.values()
            )
        for row in rows:
            task = asyncio.ensure_future(self._fetch(row))
            self._in_hand[task] = row.id
            task.add_done_callback(lambda _: self.nudges.nudge("media"))
        return bool(rows)

    def _ended(self, done: Iterable["asyncio.Task[None]"]) -> None:
        """Let go of what has ended; raises what one of them stumbled over."""
        stumbled = []
        for task in done:
            del self._in_hand[task]
            stumbled += [error for error in [task.exception()] if error is not None]
        if stumbled:
            raise stumbled[0]

    async def _until_due(self) -> float:
        async with self.ground.database.reading() as connection:
            due = await attachments.next_due(connection)
        return IDLE if due is None else min(max((due - self.clock()).total_seconds(), 0.05), IDLE)

    async def _fetch(self, row: AttachmentRow) -> None:
        async with self.ground.database.reading() as connection:
            message = await messages.one(connection, row.message_id)
        if message is None:
            return
        channel = self.channels.get(message.channel)
        if channel is None:
            # It may be switched on again; until then it must not hold up the files of other channels.
            later = {"due_at": self.clock() + SWITCHED_OFF, "reason": f"{message.channel} is switched off"}
            await self._mark(message, row, later)
            return
        await self._mark(message, row, await self._outcome(channel, row))

    async def _outcome(self, channel: Channel, row: AttachmentRow) -> dict[str, Any]:
        """Stream the bytes into the store; returns the columns that say what became of it."""
        try:
            kept = await self.media.keep(
                channel.fetch(_attachment(row)), name=row.name, content_type=row.content_type, cap=self.cap
            )
        except TooLarge as error:
            return {"state": "refused", "reason": str(error)}
        except ChannelError as error:
            if error.verdict is Verdict.GIVE_UP or row.tries + 1 >= TRIES:
                return {"state": "refused", "reason": error.reason}
            wish = error.retry_after if isinstance(error, Throttled) else None
            due = self.clock() + backoff.pause(row.tries + 1, wish)
            return {"due_at": due, "tries": row.tries + 1, "reason": error.reason}
        except Away as error:
            return {"due_at": self.clock() + NO_ROOM, "reason": str(error)}
        except Exception as error:
            log.exception("attachment not kept", attachment=row.id)
            if isinstance(error, OSError) and is_full(error):
                return {"due_at": self.clock() + NO_ROOM, "reason": "there is no room on our disk"}
            return {"state": "refused", "reason": f"a mistake of ours: {type(error).__name__}"}
        return {
            "state": "kept",
            "name": kept.name,
            "content_type": kept.content_type,
            "size": kept.size,
            "path": kept.path,
            "reason": "",
        }

    async def _mark(self, message: Message, row: AttachmentRow, outcome: dict[str, Any]) -> None:
        async with self.ground.act(self.clock()) as act:
            await attachments.change(act.connection, row.id, **outcome)
            if "state" not in outcome:
                return
            await act.carry(message.conversation_id, message_id=message.id, attachment_id=row.id)
            change = Change(kind="status", conversation_id=message.conversation_id, message_id=message.id)
            act.changes.append(change)


def _attachment(row: AttachmentRow) -> Attachment:
    return Attachment(
        kind=row.kind,  # type: ignore[arg-type]
        ref=row.ref,
        name=row.name,
        content_type=row.content_type,
        size=row.size,
    )
