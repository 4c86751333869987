"""Long polling: a hook per update, and the offset moves only over what is kept."""

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from telegram.error import TelegramError

from bots.channel import Hook, Keep
from bots.errors import ChannelError, Throttled, Verdict
from bots.telegram.calling import OurBot, heard
from bots.telegram.reading import SECRET_HEADER
from bots.telegram.settings import Settings

log = logging.getLogger(__name__)
_LONGEST = 60.0
Json = dict[str, Any]


class Poller:
    """One bot's updates, asked for again and again until told to stop."""

    def __init__(self, bot: OurBot, settings: Settings, secret: str, keep: Keep) -> None:
        """Begin at the oldest update that Telegram still holds."""
        self._bot, self._settings, self._secret, self._keep = bot, settings, secret, keep
        self._stopping = asyncio.Event()
        self._offset = 0
        self._failures = 0

    def stop(self) -> None:
        """Ask `run` to end: an open poll is dropped, hooks being kept are finished."""
        self._stopping.set()

    async def until_done(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do *act* until it succeeds, waiting longer each time; what cannot be mended is raised."""
        while not self._stopping.is_set():
            try:
                await act()
                self._failures = 0
                return
            except ChannelError as error:
                if error.verdict is Verdict.GIVE_UP:
                    raise
                await self._rest(error)

    async def run(self) -> None:
        """Poll until stopped; nothing that fails ends it."""
        while not self._stopping.is_set():
            try:
                updates = await self._ask()
                kept = await self._keep_all(updates)
                self._failures = 0 if kept == len(updates) else self._failures
                if kept < len(updates):
                    await self._rest(None)
            except Exception as error:  # noqa: BLE001
                await self._rest(error)

    async def _ask(self) -> list[Json]:
        """Return the next updates, or none as soon as we are told to stop."""
        settings = self._settings
        asked = asyncio.ensure_future(
            heard(self._bot.updates(self._offset, settings.poll_seconds, settings.answer_seconds))
        )
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({asked, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return asked.result() if asked.done() else []
        finally:
            for task in (asked, stopping):
                task.cancel()
            await asyncio.gather(asked, stopping, return_exceptions=True)

    async def _keep_all(self, updates: list[Json]) -> int:
        """Keep *updates* together, so that they share a commit; return how many the offset passed."""
        ends = await asyncio.gather(*(self._keep_one(update) for update in updates), return_exceptions=True)
        for count, (update, end) in enumerate(zip(updates, ends, strict=True)):
            if isinstance(end, BaseException):
                log.warning("telegram: an update is not kept yet: %s", type(end).__name__)
                return count
            self._offset = max(self._offset, update["update_id"] + 1)
        return len(updates)

    async def _keep_one(self, update: Json) -> None:
        hook = Hook(
            method="POST",
            url="telegram:getUpdates",
            headers={SECRET_HEADER: self._secret, "content-type": "application/json"},
            body=json.dumps(update).encode(),  # ASCII: lone surrogates stay escapes
            received_at=datetime.now(UTC),
        )
        try:
            await self._keep(hook)
        except ChannelError as error:
            if error.verdict is not Verdict.NOT_OURS:
                raise
            log.warning("telegram: an update cannot be read: %s", error.reason)  # and never will be: pass it
        if query := update.get("callback_query"):
            await self._stop_spinner(query)

    async def _stop_spinner(self, query: Json) -> None:
        try:
            await self._bot.answer_callback_query(query["id"])
        except TelegramError as error:
            log.info("telegram: a button's spinner goes on: %s", type(error).__name__)

    async def _rest(self, error: Exception | None) -> None:
        """Wait before trying again: twice as long each time, with jitter, and as long as we were asked."""
        self._failures += 1
        longest = min(_LONGEST, self._settings.retry_seconds * 2.0 ** min(self._failures - 1, 10))
        pause = longest * random.uniform(0.5, 1.0)  # noqa: S311
        if isinstance(error, Throttled) and error.retry_after:
            pause += error.retry_after
        if error is not None:
            reason = error.reason if isinstance(error, ChannelError) else type(error).__name__
            log.warning("telegram: asking again in %.1f s: %s", pause, reason)
        try:
            await asyncio.wait_for(self._stopping.wait(), pause)
        except TimeoutError:
            return
