"""Discord on trial."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bots.channel import Hook
from bots.sealing import HEADER
from tests.bots.contract import Case
from tests.bots.discord.hooks import (
    CHANNEL,
    NUMBER,
    SECRET,
    SERVER,
    SUPPORT,
    TOKEN,
    USER,
    body,
    hook,
    in_support,
    message,
)
from tests.providers.discord import DiscordLookAlike
from tests.providers.faults import Faults


@dataclass(frozen=True, slots=True)
class Running:
    """The look-alike."""

    discord: DiscordLookAlike

    @property
    def section(self) -> dict[str, Any]:
        return {"api_url": self.discord.api_url}

    @property
    def faults(self) -> Faults:
        return self.discord.faults

    def texts(self) -> Sequence[str]:
        return self.discord.texts()

    def opts_out(self) -> None:
        raise AssertionError("Discord does not tell a sender")


@asynccontextmanager
async def provider() -> AsyncIterator[Running]:
    discord = DiscordLookAlike()
    await discord.start()
    try:
        yield Running(discord)
    finally:
        await discord.stop()


def forge(signed: Hook) -> Hook:
    return replace(signed, headers={**signed.headers, HEADER: signed.headers[HEADER][::-1]})


FILE = {
    "id": "7",
    "filename": "a.png",
    "size": 9,
    "url": "https://cdn.example/a.png",
    "content_type": "image/png",
}
ABOUT = {"user_id": USER, "channel_id": CHANNEL, "message_id": NUMBER}
CASE = Case(
    kind="discord",
    section={"token": TOKEN, "secret_key": SECRET, "support_channel": SUPPORT},
    secrets=[SECRET, TOKEN],
    sign=hook,
    forge=forge,
    real={
        "a text": body("MESSAGE_CREATE", message("Where is **my** order?")),
        "a file": body("MESSAGE_CREATE", message("", attachments=[FILE])),
        "a sticker": body(
            "MESSAGE_CREATE", message("", sticker_items=[{"id": "8", "name": "Hi", "format_type": 1}])
        ),
        "an answer": body(
            "MESSAGE_CREATE",
            message("Yes", type=19, message_reference={"message_id": "5", "channel_id": CHANNEL}),
        ),
        "in the support channel": body("MESSAGE_CREATE", in_support("Hi")),
        "an edit": body("MESSAGE_UPDATE", message("Hi!", edited_timestamp="2026-03-01T12:00:00+00:00")),
        "gone": body("MESSAGE_DELETE", {"id": NUMBER, "channel_id": CHANNEL}),
        "a reaction": body("MESSAGE_REACTION_ADD", {**ABOUT, "emoji": {"id": None, "name": "🔥"}}),
        "typing": body("TYPING_START", {"user_id": USER, "channel_id": CHANNEL, "timestamp": 1772366399}),
    },
    batch=(
        body("MESSAGE_DELETE_BULK", {"ids": ["1", "2", "3"], "channel_id": SUPPORT, "guild_id": SERVER}),
        [f"{SUPPORT}:1", f"{SUPPORT}:2", f"{SUPPORT}:3"],
    ),
    unknown=body("PRESENCE_UPDATE", {"user": {"id": USER}}),
    address=f"discord:{USER}",
    send_path="/messages",
    provider=provider,
    without={
        "statuses": "Discord tells nothing of what became of a message",
        "opt out": "50007 is one code for a block, for direct messages switched off and for no common server",
    },
)
