"""Events as Slack signs and sends them."""

import hmac
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from bots.channel import Hook
from tests.bots.contract import NOW

SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_TOKEN = "xoxb-look-alike-customers"
TEAM, THEIRS, USER, CHANNEL, BOT = "T0OURS", "T0THEIRS", "U0ANA", "C0SHARED", "U0BOT"
TS = "1772366340.000100"
SECTION = {
    "bot_token": BOT_TOKEN,
    "signing_secret": SIGNING,
    "secret_key": "a-house-key-of-32-characters-here",
    "api_url": "http://127.0.0.1:1/api/",
}


def hook_of(
    body: bytes, *, at: datetime = NOW, secret: str = SIGNING, content_type: str = "application/json"
) -> Hook:
    stamp = str(int(at.timestamp()))
    mac = hmac.digest(secret.encode(), b"v0:" + stamp.encode() + b":" + body, "sha256").hex()
    headers = {
        "content-type": content_type,
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={mac}",
    }
    return Hook(
        method="POST", url="https://x.example/hooks/slackconnect", headers=headers, body=body, received_at=NOW
    )


def forged(hook: Hook) -> Hook:
    return replace(hook, body=hook.body + b" ")


def envelope(event: dict[str, Any], **changes: Any) -> bytes:
    whole = {
        "token": "x", "team_id": TEAM, "api_app_id": "A1", "type": "event_callback", "event": event,
        "event_id": "Ev1", "event_time": 1772366340, "is_ext_shared_channel": True,
        "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
    }  # fmt: skip
    return json.dumps(whole | changes).encode()


def written(text: str = "Olá", **changes: Any) -> dict[str, Any]:
    event = {
        "type": "message", "channel": CHANNEL, "channel_type": "channel", "user": USER, "text": text,
        "ts": TS, "team": THEIRS, "user_team": THEIRS, "source_team": THEIRS, "event_ts": TS,
    }  # fmt: skip
    return event | changes


def changed(text: str, before: str, **changes: Any) -> dict[str, Any]:
    said = {"type": "message", "user": USER, "ts": TS, "user_team": THEIRS}
    return {
        "type": "message", "subtype": "message_changed", "channel": CHANNEL, "event_ts": "1772366400.000200",
        "message": said | {"text": text, "edited": {"user": USER, "ts": "1772366400.000000"}} | changes,
        "previous_message": said | {"text": before},
    }  # fmt: skip


def deleted(**changes: Any) -> dict[str, Any]:
    said = {"type": "message", "user": USER, "ts": TS, "user_team": THEIRS, "text": "Olá"}
    return {
        "type": "message", "subtype": "message_deleted", "channel": CHANNEL, "deleted_ts": TS,
        "event_ts": "1772366400.000200", "previous_message": said | changes,
    }  # fmt: skip


def reacted(name: str = "+1", kind: str = "reaction_added", **changes: Any) -> dict[str, Any]:
    item = {"type": "message", "channel": CHANNEL, "ts": TS}
    return {
        "type": kind, "user": USER, "reaction": name, "item": item, "item_user": BOT,
        "event_ts": "1772366400.000200",
    } | changes  # fmt: skip
