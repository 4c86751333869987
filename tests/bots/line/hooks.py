"""Hooks as LINE sends them, written after its own table of fields."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bots.channel import Hook, MediaOut, MessageOut
from bots.line.signature import HEADER, signed

SECRET = "line-channel-secret-of-the-tests"
OLD_SECRET = "line-channel-secret-of-before"
TOKEN = "line-access-token-of-the-tests"
USER = "U" + "a" * 32
GROUP = "C" + "c" * 32
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AT = 1_772_366_399_000
Json = dict[str, Any]


def event(kind: str = "message", **parts: Any) -> Json:
    return {
        "type": kind,
        "mode": "active",
        "timestamp": AT,
        "source": {"type": "user", "userId": USER},
        "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "token-1",
        **parts,
    }


def message(kind: str = "text", /, id: str = "468789577898262530", **parts: Any) -> Json:
    return event(message={"id": id, "type": kind, **parts})


def body(*events: Any) -> bytes:
    return orjson.dumps({"destination": "U" + "b" * 32, "events": list(events)})


def hook(raw: bytes, secret: str = SECRET, at: datetime = NOW) -> Hook:
    headers: Mapping[str, str] = {
        "content-type": "application/json",
        HEADER: signed(secret.encode(), raw),
    }
    url = "https://inbox.example/hooks/line"
    return Hook(method="POST", url=url, headers=headers, body=raw, received_at=at)


def out(text: str = "Hello", **changes: Any) -> MessageOut:
    plain = MessageOut(key="reply:1:1", address=f"line:{USER}", text=text, owed_at=NOW)
    return replace(plain, **changes)


def medium(
    content_type: str = "image/jpeg", url: str = "https://inbox.example/a", **changes: Any
) -> MediaOut:
    plain = MediaOut(name="a", content_type=content_type, size=1000, path=Path("/nowhere"), url=url)
    return replace(plain, **changes)
