"""Dispatches as Discord's gateway tells them, written after its own table of fields."""

import hmac
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from bots.channel import Hook, MediaOut, MessageOut
from bots.sealing import sealed
from tests.providers.discord.state import BOT, TOKEN, person

SECRET = "the-house-s-own-secret-key"
USER, CHANNEL, NUMBER = "82198898841029460", "319674150115610528", "334385199974967042"
SUPPORT, SERVER = "278325129692446722", "41771983423143937"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANA = person(USER, "Ana")
Json = dict[str, Any]
__all__ = ["ANA", "BOT", "CHANNEL", "NOW", "NUMBER", "SECRET", "SERVER", "SUPPORT", "TOKEN", "USER"]


def message(content: str = "Hello", **parts: Any) -> Json:
    return {
        "id": NUMBER,
        "type": 0,
        "channel_id": CHANNEL,
        "author": ANA,
        "content": content,
        "timestamp": "2026-03-01T11:59:58.299000+00:00",
        "edited_timestamp": None,
        "attachments": [],
        "embeds": [],
        "mentions": [],
        **parts,
    }


def in_support(content: str = "Hello", **parts: Any) -> Json:
    return message(content, **{"channel_id": SUPPORT, "guild_id": SERVER, **parts})


def body(kind: str, data: Any) -> bytes:
    return orjson.dumps({"t": kind, "d": data})


def hook(raw: bytes, at: datetime = NOW, name: str = "discord") -> Hook:
    key = hmac.digest(SECRET.encode(), b"discord seal", sha256)
    return sealed(key, name, raw, at)


def told(kind: str, data: Any) -> Hook:
    return hook(body(kind, data))


def out(text: str = "Hello", **changes: Any) -> MessageOut:
    plain = MessageOut(
        key="reply:1:1", address=f"discord:{USER}", text=text, owed_at=datetime.now(UTC), by_agent=True
    )
    return replace(plain, **changes)


def medium(path: Path, **changes: Any) -> MediaOut:
    url = "https://inbox.example/a"
    plain = MediaOut(name="a.txt", content_type="text/plain", size=3, path=path, url=url)
    return replace(plain, **changes)
