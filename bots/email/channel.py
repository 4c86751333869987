"""The e-mail channel: one mailbox."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import SMTP
from typing import Final

from bots.channel import Attachment, Channel, Hook, Keep, MessageOut, Reading, Sent
from bots.email import reading
from bots.email.composing import compose, message_id, recipient
from bots.email.fetching import fetch
from bots.email.imap import opened
from bots.email.sending import deliver, greet
from bots.email.settings import Settings
from bots.email.spec import SPEC
from bots.email.watching import Watcher, seal_keys
from bots.errors import Malformed, Verdict
from bots.sealing import check_seal

CONNECTIONS: Final = 3
"""Files fetched at once: providers allow an account some ten connections, of which one reads."""
FIRST_SECONDS: Final = 1.2
"""The house starts at once, whether the mail server is there or not."""
GOODBYE_SECONDS: Final = 0.5
FINISH_SECONDS: Final = 3.0
"""For mails that are being kept, so that they are marked too."""


class Email(Channel):
    """One mailbox: its mail read by IMAP, ours handed to SMTP; a connection for each mail that we send."""

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*."""
        self.spec = replace(SPEC, rate=settings.rate)
        self.name = name
        self._settings = settings
        self._keys = seal_keys(settings)
        self._doors = asyncio.Semaphore(CONNECTIONS)
        self._watcher: Watcher | None = None
        self._watching: asyncio.Task[None] | None = None

    def read(self, hook: Hook) -> Reading:
        """Translate one mail; BadSignature where we did not read it ourselves, Malformed if it is none."""
        self.check(hook)
        try:
            return reading.read(hook, self._settings)
        except RecursionError:
            raise Malformed("The mail is nested too deeply.") from None

    def check(self, hook: Hook) -> None:
        """Raise BadSignature where we did not read the mail ourselves."""
        check_seal(self._keys, self.name, hook)

    async def send(self, message: MessageOut) -> Sent:
        """Hand one mail to our server; a retry bears the same Message-ID, so that readers show it once."""
        to = recipient(message.address)
        raw = await asyncio.to_thread(self._written, message)
        await deliver(raw, to, self._settings)
        return Sent(external_id=message_id(self._settings, message.key))

    def _written(self, message: MessageOut) -> bytes:
        """Write the mail as it goes out: 25 MB take a second, so not on the loop."""
        return compose(message, self._settings, datetime.now(UTC)).as_bytes(policy=SMTP)

    async def who(self) -> str:
        """Log in at both servers and say so."""
        async with opened(self._settings):
            pass
        await greet(self._settings)
        settings = self._settings
        return f"{settings.address} via {settings.imap_host} and {settings.smtp_host}"

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a file from the mailbox, over a connection of its own."""
        return self._fetch(attachment)

    async def _fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        async with self._doors:
            async for piece in fetch(self._settings, attachment):
                yield piece

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Read the mailbox from now on and `keep` what is there; nothing is called at *hooks_url*.

        A login that is refused raises Misconfigured; a server that is away is tried again meanwhile.
        """
        self._watcher = Watcher(self._settings, self.name, keep, lambda: datetime.now(UTC))
        self._watching = asyncio.create_task(self._watcher.run())
        first = self._watcher.first
        await asyncio.wait({first}, timeout=FIRST_SECONDS)
        if first.done() and (error := first.result()) is not None and error.verdict is Verdict.GIVE_UP:
            await self.stop()
            raise error

    async def stop(self) -> None:
        """End reading within 5 s; mails being kept are finished first."""
        watcher, watching, self._watcher, self._watching = self._watcher, self._watching, None, None
        if watcher is None or watching is None:
            return
        watcher.stop()
        await asyncio.wait({watching}, timeout=GOODBYE_SECONDS)
        if watcher.keeping:
            await asyncio.wait({watching}, timeout=FINISH_SECONDS)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
