"""Updates as Telegram writes them, made by hand from the field tables of the Bot API."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bots.channel import Event, Hook, MessageOut, Reading
from bots.telegram.reading import SECRET_HEADER, read

Json = dict[str, Any]
SECRET = "s3cret_-"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SAID = datetime(2026, 6, 1, 11, 59, tzinfo=UTC)
ANA: Json = {
    "id": 7,
    "is_bot": False,
    "first_name": "Ana",
    "last_name": "Lima",
    "username": "ana",
    "language_code": "pt",
}
CHAT: Json = {"id": 7, "type": "private", "first_name": "Ana", "last_name": "Lima"}


def message(**content: Any) -> Json:
    return {"message_id": 15, "from": ANA, "chat": CHAT, "date": int(SAID.timestamp()), **content}


def update(kind: str = "message", /, **content: Any) -> Json:
    return {"update_id": 900, kind: message(**content)}


def hook(body: Any, secret: str | None = SECRET) -> Hook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json"} | ({} if secret is None else {SECRET_HEADER: secret})
    return Hook(
        method="POST", url="https://inbox.test/hooks/telegram", headers=headers, body=raw, received_at=NOW
    )


def reading(body: Any) -> Reading:
    return read(hook(body), [SECRET])


def only(body: Any) -> Event:
    events = reading(body).events
    assert len(events) == 1, events
    return events[0]


def out(text: str = "Hello", **more: Any) -> MessageOut:
    return replace(MessageOut(key="k1", address="telegram:7", text=text, owed_at=NOW), **more)
