"""The letters channel: sending is writing a file, and the file's name is the letter's id."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import uuid4

from bots.channel import Attachment, Channel, Hook, MessageOut, Reading, Sent
from bots.errors import BadSignature, Misconfigured, Refused, Unreachable
from bots.letters.addresses import lines_of
from bots.letters.page import Letter, rendered
from bots.letters.pictures import fit
from bots.letters.settings import Settings, is_language
from bots.letters.spec import SPEC

ODD: Final = re.compile(r"[^A-Za-z0-9]+")


class Letters(Channel):
    """One folder of letters; somebody prints what is in it and takes it away."""

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*; the folder is made with the first letter."""
        self.spec = replace(SPEC, rate=settings.rate)
        self.name = name
        self.settings = settings

    def read(self, hook: Hook) -> Reading:
        """Raise BadSignature: nobody writes to us here."""
        raise BadSignature("Letters take no hooks.")

    def check(self, hook: Hook) -> None:
        """Raise BadSignature: nobody signs."""
        raise BadSignature("Letters take no hooks.")

    async def send(self, message: MessageOut) -> Sent:
        """Write one letter; under the same key it is written once."""
        if not message.text.strip() and not message.media:
            raise Refused("There is nothing to print: write some words or add a picture.")
        return await asyncio.to_thread(self._send, message)

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Say whether the letter is in the folder."""
        name = name_of(message.key)
        there = await asyncio.to_thread((self.settings.folder / name).is_file)
        return Sent(external_id=name) if there else None

    async def who(self) -> str:
        """Say where letters are written; raises Misconfigured where they cannot be."""
        await asyncio.to_thread(self._made)
        return f"letters for {self.settings.sender[0]}, as PDF in {self.settings.folder}"

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Raise Refused: no letter comes in."""
        raise Refused("No letter comes in here.")
        yield b""

    def _send(self, message: MessageOut) -> Sent:
        folder, name = self._made(), name_of(message.key)
        if not (folder / name).is_file():
            _write(folder / name, self._rendered(message))
        return Sent(external_id=name)

    def _rendered(self, message: MessageOut) -> bytes:
        language = message.template_language
        letter = Letter(
            lines=lines_of(message.address),
            text=message.text,
            subject=message.subject,
            dated=message.owed_at,
            language=language if language and is_language(language) else self.settings.language,
            pictures=[fit(medium.path, medium.name) for medium in message.media],
        )
        return rendered(letter, self.settings)

    def _made(self) -> Path:
        folder = self.settings.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"The folder {folder} cannot be made.") from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Misconfigured(f"The folder {folder} cannot be written to.")
        return folder


def name_of(key: str) -> str:
    """Name the file of a delivery: the same key is the same file."""
    return f"{ODD.sub('-', key).strip('-')[:60]}-{sha256(key.encode()).hexdigest()[:12]}.pdf"


def _write(path: Path, content: bytes) -> None:
    """Write the whole file or none: who prints never sees half a letter."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise Unreachable("The letter could not be written to the folder; is the disk full?") from error
    finally:
        draft.unlink(missing_ok=True)
