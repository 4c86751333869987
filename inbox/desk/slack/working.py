"""From the journal: every kept payload is applied, those of a thread in the order they were written."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from inbox.desk.slack import asking, reading
from inbox.desk.slack.applying import Applying
from inbox.desk.slack.calls import SlackError
from inbox.desk.slack.deeds import (
    Changed,
    Chosen,
    Clicked,
    Deed,
    Pressed,
    Removed,
    Replied,
    Said,
    Submitted,
)
from inbox.desk.slack.workspace import Workspace, log
from storage import hooks, seen

BELL: Final = "slack-events"
RESCAN: Final = timedelta(seconds=30)
REMEMBERED: Final = timedelta(hours=48)  # docs: the last retry comes after 5 minutes; be generous
AGAIN: Final = timedelta(seconds=5)
GIVE_UP: Final = timedelta(minutes=30)
LOST: Final = (
    "Something went wrong here with what you did last in tidings. "
    "Look whether it is done, and do it once more if it is not."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A payload in the journal; *order* sorts within a thread, *due_at* is when it is applied."""

    hook_id: int
    deed: Deed
    order: str
    kept_at: datetime
    due_at: datetime

    @property
    def group(self) -> tuple[str, str]:
        """Name what is applied one after the other."""
        match self.deed:
            case Said() | Replied() | Changed() | Removed():
                return (self.deed.slack_channel, self.deed.thread_ts)
            case _:
                return ("", str(self.hook_id))


class Working:
    """Keeps payloads and applies them; what is not applied is found again in the rows."""

    def __init__(self, workspace: Workspace, applying: Applying) -> None:
        """Let *applying* do in *workspace* what payloads say."""
        self._workspace, self._applying = workspace, applying
        self._journal = workspace.database  # every node's: who hears need not own
        self._waiting: dict[int, Kept] = {}
        self._busy: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._scanned_at: datetime | None = None

    async def keep(self, payload: Mapping[str, Any]) -> None:
        """Journal a payload unless it was; returns once it is committed. A retry is one like any other."""
        workspace, now = self._workspace, self._workspace.now()
        hook_id, place = self._journal.ids.next(), reading.place(reading.read(payload))
        async with self._journal.writing() as connection:
            fresh = await seen.journal(
                connection,
                hook_id=hook_id,
                body=orjson.dumps(payload),
                key=reading.key(payload),
                url=f"slack:{payload.get('type')}",
                now=now,
            )
            if fresh and place:
                await seen.remember(connection, "slack", place, now)
        if fresh:
            if self._scanned_at is not None:  # else nobody applies here: who does finds it in the rows
                self._add(hook_id, payload, now)
            workspace.nudges.nudge(BELL)

    def _add(self, hook_id: int, payload: Mapping[str, Any], now: datetime) -> None:
        deed = reading.read(payload)
        in_thread = isinstance(deed, Said | Replied | Changed | Removed)
        settle = timedelta(seconds=self._workspace.settings.settle_seconds if in_thread else 0)
        event = payload.get("event") or {}
        order = str(event.get("event_ts") or event.get("ts") or "")
        self._waiting[hook_id] = Kept(
            hook_id=hook_id, deed=deed, order=order.zfill(24), kept_at=now, due_at=now + settle
        )

    async def turn(self) -> float:
        """Apply what has settled; says how many seconds until something else has."""
        now = self._workspace.now()
        if self._scanned_at is None or now - self._scanned_at >= RESCAN:
            await self._scan(now)
        elif self._workspace.database.lease is not None:
            await self._find()  # another node may have heard it: its nudge says no more than that
        groups: dict[tuple[str, str], list[Kept]] = {}
        for kept in self._waiting.values():
            if kept.group not in self._busy:
                groups.setdefault(kept.group, []).append(kept)
        soonest = now + RESCAN
        for group, members in groups.items():
            due_at = min(kept.due_at for kept in members)
            if due_at > now:
                soonest = min(soonest, due_at)
                continue
            run = sorted(members, key=lambda kept: (kept.order, kept.hook_id))
            self._busy[group] = asyncio.create_task(self._apply(group, run))
        return min(1.0, (soonest - now).total_seconds())

    async def _scan(self, now: datetime) -> None:
        """Find what the journal holds unapplied: after a start, and when somebody replays it."""
        await self._find()
        self._scanned_at = now
        async with self._workspace.database.writing() as connection:
            await seen.forget(connection, now - REMEMBERED)
        await asking.tell_unanswered(self._workspace)

    async def _find(self) -> None:
        """Take in what waits in the rows and not here."""
        busy = bool(self._busy)
        async with self._workspace.database.reading() as connection:
            rows = await hooks.in_state(connection, ["waiting"], limit=1_000, channel="slack")
        for row in rows:
            if row.id not in self._waiting and not busy:
                self._add(row.id, orjson.loads(row.body), row.received_at)

    async def _apply(self, group: tuple[str, str], run: list[Kept]) -> None:
        try:
            for kept in run:
                if not await self._one(kept):
                    return
        finally:
            self._busy.pop(group, None)
            self._workspace.nudges.nudge(BELL)

    async def _one(self, kept: Kept) -> bool:
        """Apply one; says whether those after it in its thread may follow."""
        now = self._workspace.now()
        try:
            await self._applying.do(kept.deed)
        except SlackError as error:
            if now - kept.kept_at < GIVE_UP:
                again = Kept(
                    hook_id=kept.hook_id,
                    deed=kept.deed,
                    order=kept.order,
                    kept_at=kept.kept_at,
                    due_at=now + AGAIN,
                )
                self._waiting[kept.hook_id] = again
                return False
            await self._lost(kept, str(error))
        except Exception as error:  # noqa: BLE001 (a loop's step: what cannot be applied stays with its error)
            log.exception("slack payload not applied", hook=kept.hook_id)
            await self._lost(kept, f"{type(error).__name__}: {error}")
        else:
            await self._mark(kept, "applied", "")
        return True

    async def _lost(self, kept: Kept, error: str) -> None:
        """Keep it with its error, and tell whoever did it: nothing is lost in silence."""
        await self._mark(kept, "failed", error)
        if isinstance(kept.deed, Said | Clicked | Submitted | Chosen | Pressed):
            await self._workspace.direct(kept.deed.slack_id, LOST)

    async def _mark(self, kept: Kept, state: str, error: str) -> None:
        async with self._workspace.database.writing() as connection:
            await hooks.mark(connection, kept.hook_id, state, error)
        self._waiting.pop(kept.hook_id, None)

    async def finish(self) -> None:
        """Let what is being applied end; the rest waits in the journal."""
        if self._busy:
            await asyncio.wait(list(self._busy.values()), timeout=3)
        self.forget()

    def forget(self) -> None:
        """Begin from the rows: others may apply what waits here before we do again."""
        for task in list(self._busy.values()):
            task.cancel()
        self._waiting, self._busy, self._scanned_at = {}, {}, None
