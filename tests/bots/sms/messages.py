"""Messages to send, and a channel that waits for nobody."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bots.channel import MediaOut, MessageOut
from bots.sms.channel import SmsChannel
from bots.sms.settings import Settings

TO = "+34600123456"


def out(text: str = "Hello", **changes: Any) -> MessageOut:
    plain = MessageOut(key="k1", address=f"tel:{TO}", text=text, owed_at=datetime.now(UTC))
    return replace(plain, **changes)


def picture(size: int = 1000, number: int = 1) -> tuple[MediaOut, ...]:
    one = MediaOut(
        name="a.jpg",
        content_type="image/jpeg",
        size=size,
        path=Path("/nowhere"),
        url="https://inbox.example/a.jpg?s=1",
    )
    return (one,) * number


async def keep_nothing(_: object) -> None:
    raise AssertionError("an SMS channel polls nothing")


def impatient(settings: Settings) -> SmsChannel:
    return SmsChannel(settings.model_copy(update={"timeout": 0.2}), "sms")
