"""Hooks as a script signs them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from bots.channel import Hook
from tests.bots.contract import NOW
from tests.providers.http.server import ADDRESS, SECRET

SECTION = {"secret": SECRET, "url": "http://127.0.0.1:1/send", "scheme": "pigeon", "text_limit": 300}
AT = "2026-03-01T11:59:00Z"
MESSAGE = {"type": "message", "address": ADDRESS, "external_id": "m1", "text": "Olá", "sent_at": AT}


def hook_of(body: bytes, *, secret: str = SECRET, at: datetime = NOW, received: datetime = NOW) -> Hook:
    """Sign with the published library where the body is text, by hand where it is not."""
    text = body.decode("utf-8", "replace")
    if text.encode() == body:
        signature = Webhook(secret).sign("evt_1", at, text)
    else:
        signature = by_hand(secret, at, body)
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }
    return Hook(
        method="POST", url="https://x.example/hooks/http", headers=headers, body=body, received_at=received
    )


def by_hand(secret: str, at: datetime, body: bytes) -> str:
    import base64
    import hmac

    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, f"evt_1.{int(at.timestamp())}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(mac).decode()}"


def batch(*events: Mapping[str, Any]) -> bytes:
    return json.dumps({"events": list(events)}).encode()


def forged(hook: Hook) -> Hook:
    return replace(hook, body=hook.body + b" ")
