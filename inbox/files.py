"""The loop that fetches what customers attached, within limits, and says why when it does not."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

AT_ONCE: Final = 4
IDLE: Final = 10.0
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

    async def run(self) -> None:
        """Fetch what is owed until `stop`."""
        while not self.stopping:
            try:
                seconds = 0.0 if await self.turn() else await self._until_due()
            except Exception:
                log.exception("fetching failed")
                seconds = 1.0
            if seconds and not self.stopping:
                await self.nudges.wait("media", seconds)

    async def stop(self) -> None:
        """Finish the turn that is under way."""
        self.stopping = True
        self.nudges.nudge("media")

    async def turn(self) -> bool:
        """Fetch a few attachments side by side; True if there were any."""
        async with self.ground.database.reading() as connection:
            rows = await attachments.owed(connection, self.clock(), AT_ONCE)
        await asyncio.gather(*(self._fetch(row) for row in rows))
        return bool(rows)

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
            key = f"attachment:{row.id}"
            data = {"attachment_id": row.id}
            await act.show("attachment", message.conversation_id, key=key, message_id=message.id, data=data)
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
