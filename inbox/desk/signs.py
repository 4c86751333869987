"""Signs to customers that we write or have read: left here by the desk, shown by a loop, kept by nobody."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bots.channel import Sign

MOST: Final = 200
"""Signs that wait to be shown: of what is best effort no more is remembered."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A sign about a conversation."""

    sign: Sign
    conversation_id: int


@dataclass(frozen=True, slots=True)
class Signs:
    """What waits to be shown; who leaves a sign never waits, and one too many is forgotten."""

    waiting: "asyncio.Queue[Shown]" = field(default_factory=lambda: asyncio.Queue(MOST))

    def leave(self, sign: Sign, conversation_id: int) -> None:
        """Leave a sign."""
        if not self.waiting.full():
            self.waiting.put_nowait(Shown(sign, conversation_id))
