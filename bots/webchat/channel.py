"""The web chat as a channel: what we say is shown by the page, which reads it from the store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from bots.channel import Attachment, Channel, Hook, MessageOut, Reading, Sent
from bots.errors import Refused
from bots.sealing import house_keys
from bots.webchat.identity import Identities, visitor_at
from bots.webchat.listeners import Listeners
from bots.webchat.pace import Pace
from bots.webchat.reading import read, speaker
from bots.webchat.settings import Settings
from bots.webchat.spec import SPEC

CHUNK = 64 * 1024


class WebChat(Channel):
    """One web chat: its page, its widget and those who look at them."""

    spec = SPEC

    def __init__(self, settings: Settings, name: str) -> None:
        """Make the keys; *name* is the section's name."""
        self.settings = settings
        self.name = name
        self.identities = Identities(
            house_keys(settings)[::-1],
            site_secrets=[
                one.get_secret_value() for one in (settings.identity_secret, settings.old_identity_secret)
            ],
            days=settings.identity_days,
        )
        self.listeners = Listeners()
        self._pace = Pace()

    def read(self, hook: Hook) -> Reading:
        """Check the visitor's identity and the page's origin, and translate every event."""
        return read(hook, self.identities, self.settings.sites, self._pace)

    def check(self, hook: Hook) -> None:
        """Raise BadSignature for a page that may not speak or a visitor we do not know."""
        speaker(hook, self.identities, self.settings.sites)

    def listen(self, address: str) -> AbstractContextManager[asyncio.Event]:
        """Give a bell that rings when something for *address* may have changed."""
        return self.listeners.listen(address)

    async def send(self, message: MessageOut) -> Sent:
        """Wake the pages that look at this address; the words are in the store already."""
        self.listeners.wake(message.address)
        return Sent(external_id=f"{visitor_at(message.address)}:{message.key}")

    async def edit(self, external_id: str, message: MessageOut) -> None:
        """Wake the pages; they show the words as they stand now."""
        self.listeners.wake(message.address)

    async def delete(self, external_id: str, address: str) -> None:
        """Wake the pages; they show that the words were taken back."""
        self.listeners.wake(address)

    async def who(self) -> str:
        """Say that there is nobody to ask."""
        return "our own page: there is no provider to ask"

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Say that it was sent: the store shows it to the page from the moment it is handed over."""
        return await self.send(message)

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a file that the visitor's page uploaded; raises Refused when it is gone."""
        file = await asyncio.to_thread(_opened, attachment.ref)
        with file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk


def open_channel(settings: Settings, name: str) -> WebChat:
    """Make the web chat of the section *name*."""
    return WebChat(settings, name)


def _opened(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise Refused("the file is no longer here", code="gone") from error
