"""Telegram on trial."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from bots.channel import Hook
from bots.telegram.reading import SECRET_HEADER
from tests.bots.contract import Case
from tests.bots.telegram.updates import ANA, CHAT, SECRET, hook, update
from tests.providers.faults import Faults
from tests.providers.telegram import TelegramServer

TOKEN = "42:LOOKALIKE"
CHANGED = {"chat": CHAT, "from": ANA, "date": 1_780_315_140, "old_chat_member": {"status": "member"}}


@dataclass(frozen=True, slots=True)
class Running:
    """The look-alike, with one customer whom the bot knows."""

    server: TelegramServer
    section: dict[str, Any]
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "faults", self.server.faults)

    def texts(self) -> Sequence[str]:
        return [one["text"] for one in self.server.state.sent]

    def opts_out(self) -> None:
        self.server.state.block(7)


@asynccontextmanager
async def provider() -> AsyncIterator[Running]:
    async with TelegramServer() as server:
        server.state.chat(7)
        yield Running(server, {"api_url": server.url})


def forge(signed: Hook) -> Hook:
    return replace(signed, headers={**signed.headers, SECRET_HEADER: SECRET + "x"})


CASE = Case(
    kind="telegram",
    section={"token": TOKEN, "webhook_secret": SECRET},
    secrets=[TOKEN, TOKEN.partition(":")[2], SECRET],
    sign=hook,
    forge=forge,
    real={
        "a text": orjson.dumps(update(text="Where is my order?")),
        "a photo": orjson.dumps(update(caption="Broken", photo=[{"file_id": "F", "file_size": 9}])),
        "a place": orjson.dumps(update(location={"latitude": 41.1, "longitude": -8.6})),
        "an edit": orjson.dumps(update("edited_message", text="Where is it?", edit_date=1_780_315_150)),
        "blocked": orjson.dumps(
            {"update_id": 901, "my_chat_member": {**CHANGED, "new_chat_member": {"status": "kicked"}}}
        ),
    },
    batch=None,
    unknown=orjson.dumps({"update_id": 902, "poll": {"id": "5"}}),
    address="telegram:7",
    send_path="/sendMessage",
    timeout="answer_seconds",
    provider=provider,
    without={
        "batch": "Telegram posts one update at a time",
        "statuses": "Telegram tells a bot nothing of what became of a message",
    },
)
