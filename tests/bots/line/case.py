"""LINE on trial."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bots.channel import Hook
from bots.line.signature import HEADER
from tests.bots.contract import Case
from tests.bots.line.hooks import OLD_SECRET, SECRET, TOKEN, USER, body, event, hook, message
from tests.providers.faults import Faults
from tests.providers.line import LineLookAlike


@dataclass(frozen=True, slots=True)
class Running:
    """The look-alike."""

    line: LineLookAlike

    @property
    def section(self) -> dict[str, Any]:
        return {"api_url": self.line.base_url, "data_url": self.line.base_url}

    @property
    def faults(self) -> Faults:
        return self.line.faults

    def texts(self) -> Sequence[str]:
        return self.line.texts()

    def opts_out(self) -> None:
        raise AssertionError("LINE does not tell a sender")


@asynccontextmanager
async def provider() -> AsyncIterator[Running]:
    line = LineLookAlike(secret=SECRET, token=TOKEN)
    await line.start()
    try:
        yield Running(line)
    finally:
        await line.stop()


def forge(signed: Hook) -> Hook:
    return replace(signed, headers={**signed.headers, HEADER: signed.headers[HEADER][::-1]})


PICTURE = message("image", contentProvider={"type": "line"}, imageSet={"id": "E0", "index": 1, "total": 2})
CASE = Case(
    kind="line",
    section={"channel_secret": SECRET, "old_channel_secret": OLD_SECRET, "access_token": TOKEN},
    secrets=[SECRET, OLD_SECRET, TOKEN],
    sign=hook,
    forge=forge,
    real={
        "a text": body(message(text="Hello, world")),
        "a picture": body(PICTURE),
        "a file": body(message("file", fileName="contacts.csv", fileSize=2978)),
        "a place": body(message("location", title="Home", address="Tokyo", latitude=35.6, longitude=139.7)),
        "a sticker": body(message("sticker", packageId="1", stickerId="2", keywords=["Love"])),
        "a button": body(event("postback", postback={"data": "a=1", "params": {"date": "2026-03-01"}})),
        "blocked": body(event("unfollow")),
        "added": body(event("follow", follow={"isUnblocked": True})),
        "taken back": body(event("unsend", unsend={"messageId": "468789577898262530"})),
    },
    batch=(
        body(
            message(id="1", text="one"),
            event("beacon", beacon={"hwid": "d41d8cd98f", "type": "enter"}),
            message(id="2", text="two"),
            event("follow", follow={"isUnblocked": False}),
        ),
        ["1", "2", "follow:01FZ74A0TDDPYRVKNK77XKC3ZR"],
    ),
    unknown=body(event("undefined", undefinedField={"1": 1})),
    address=f"line:{USER}",
    send_path="/message/push",
    provider=provider,
    without={
        "statuses": "LINE tells nothing of what became of a message",
        "opt out": "LINE answers 200 for somebody who blocked the account; only an unfollow event says so",
    },
)
