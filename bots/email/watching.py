"""The loop that reads the mailbox: a mail is marked only once it is kept."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import digest
from typing import Final

from bots.channel import Hook, Keep
from bots.email.imap import Mailbox, Withheld, opened
from bots.email.reading import ARRIVED, UID
from bots.email.settings import Settings
from bots.email.skeleton import skeleton
from bots.errors import ChannelError, Verdict
from bots.sealing import house_keys, sealed

log = logging.getLogger(__name__)
TOGETHER: Final = 10
"""Mails that are kept together, so that they share a commit."""
LONGEST: Final = 300.0
SIZE: Final = "x-imap-size"
"""Our header of a hook: the whole mail's bytes in the mailbox."""


def seal_keys(settings: Settings) -> list[bytes]:
    """Derive what seals our hooks from the application's secrets, the newest first."""
    return [digest(key, b"email: mails that were read", sha256) for key in house_keys(settings)]


class Watcher:
    """One mailbox, read again and again until told to stop."""

    def __init__(self, settings: Settings, name: str, keep: Keep, clock: Callable[[], datetime]) -> None:
        """Read for the section *name*; nothing is opened yet."""
        self._settings, self._name, self._keep, self._clock = settings, name, keep, clock
        self._key = seal_keys(settings)[0]
        self._stopping = asyncio.Event()
        self._failures = 0
        self._began = False
        self.keeping = False
        self.first: asyncio.Future[ChannelError | None] = asyncio.get_running_loop().create_future()

    def stop(self) -> None:
        """Ask `run` to end: what is being kept is finished and marked."""
        self._stopping.set()

    async def run(self) -> None:
        """Read until stopped; nothing that fails ends it, but a login that is refused at the very start."""
        while not self._stopping.is_set():
            self.keeping = False
            try:
                async with opened(self._settings) as mailbox:
                    self._tell(None)
                    await self._follow(mailbox)
            except ChannelError as error:
                if self._tell(error) and error.verdict is Verdict.GIVE_UP:
                    return
                await self._rest(error.reason)
            except Exception as error:  # noqa: BLE001
                await self._rest(type(error).__name__)

    async def _follow(self, mailbox: Mailbox) -> None:
        while not self._stopping.is_set():
            if await self._take_all(mailbox):
                self._failures = 0
                await mailbox.wait(self._stopping, self._settings.idle_seconds, self._settings.poll_seconds)
            else:
                await self._rest("some mails are not kept yet")

    async def _take_all(self, mailbox: Mailbox) -> bool:
        """Keep all that is not kept yet, oldest first; False where some could not be."""
        since = self._clock().date() - timedelta(days=self._settings.first_days)
        uids = await mailbox.unkept(None if self._began else since)
        self._began = True
        done = 0
        for begin in range(0, len(uids), TOGETHER):
            if self._stopping.is_set():
                return True
            done += await self._take(mailbox, uids[begin : begin + TOGETHER])
        return done == len(uids)

    async def _take(self, mailbox: Mailbox, uids: Sequence[int]) -> int:
        """Keep some mails together and mark those that are; returns how many need not be asked for again."""
        hooks = {}
        for uid in uids:
            try:
                hooks[uid] = await self._hook(mailbox, uid)
            except Withheld as error:  # asked for again later: it holds up no other
                log.warning("email: mail %d of %s is not kept yet: %s", uid, self._name, error.reason)
        there = {uid: hook for uid, hook in hooks.items() if hook is not None}
        self.keeping = True
        ends = await asyncio.gather(*map(self._keep_one, there.values()), return_exceptions=True)
        kept = [uid for uid, end in zip(there, ends, strict=True) if not isinstance(end, BaseException)]
        for end in ends:
            if isinstance(end, BaseException):
                log.warning("email: a mail of %s is not kept yet: %s", self._name, type(end).__name__)
        await mailbox.mark(kept)
        self.keeping = False
        return len(kept) + len(hooks) - len(there)

    async def _keep_one(self, hook: Hook) -> None:
        try:
            await self._keep(hook)
        except ChannelError as error:
            if error.verdict is not Verdict.NOT_OURS:
                raise
            log.warning("email: a mail of %s cannot be read: %s", self._name, error.reason)  # and never will

    async def _hook(self, mailbox: Mailbox, uid: int) -> Hook | None:
        """Fetch one mail and seal it; None where somebody took it away meanwhile; raises Withheld."""
        about = await mailbox.about(uid)
        if about is None:
            return None
        size, arrived = about
        raw = b"".join([piece async for piece in mailbox.chunks(uid, "", self._settings.largest_bytes)])
        if not raw:
            return None
        headers = {
            "content-type": "message/rfc822",
            UID: f"{mailbox.place}:{uid}",
            ARRIVED: arrived.isoformat(),
            SIZE: str(size),
        }
        body = await asyncio.to_thread(skeleton, raw)
        return sealed(self._key, self._name, body, self._clock(), headers)

    async def _rest(self, reason: str) -> None:
        """Wait before trying again: twice as long each time, with jitter."""
        self._failures += 1
        longest = min(LONGEST, self._settings.retry_seconds * 2.0 ** min(self._failures - 1, 10))
        pause = longest * random.uniform(0.5, 1.0)  # noqa: S311
        log.warning("email: %s is asked again in %.1f s: %s", self._name, pause, reason)
        try:
            await asyncio.wait_for(self._stopping.wait(), pause)
        except TimeoutError:
            return

    def _tell(self, error: ChannelError | None) -> bool:
        """Say how the first try ended; False where that was said before."""
        if self.first.done():
            return False
        self.first.set_result(error)
        return True
