"""Hooks of a Facebook page and of an Instagram account, as Meta sends and signs them."""

import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bots.channel import Hook

SECRET = "the-app-secret"
SECOND = "the-other-secret"
TOKEN = "EAAGlookalike"
VERIFY = "a-word-of-our-own"
APP, OURS, PERSON = "4711", "1234567890", "5678"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AT = datetime(2026, 3, 1, 11, 59, 30, 250_000, tzinfo=UTC)
MILLISECONDS = 1_772_366_370_250


def section(kind: str) -> dict[str, Any]:
    """Give a whole section of the settings."""
    return {
        "app_secret": SECRET,
        "second_secret": SECOND,
        "verify_token": VERIFY,
        "access_token": TOKEN,
        "app_id": APP,
        "account_id": OURS,
        "human_agent": True,
    } | ({"username": "cafe.tidings"} if kind == "instagram" else {})


def sign(body: bytes, secret: str = SECRET) -> Hook:
    """Sign *body* as Meta does."""
    mac = hmac.new(secret.encode(), body, "sha256").hexdigest()
    return Hook(
        method="POST",
        url="https://inbox.example/hooks/meta",
        headers={"content-type": "application/json", "x-hub-signature-256": f"sha256={mac}"},
        body=body,
        received_at=NOW,
    )


def forge(hook: Hook) -> Hook:
    """Spoil the signature."""
    given = hook.headers["x-hub-signature-256"]
    return replace(
        hook, headers={**hook.headers, "x-hub-signature-256": given[:-1] + chr(ord(given[-1]) ^ 1)}
    )


def item(what: dict[str, Any], *, sender: str = PERSON, recipient: str = OURS, **more: Any) -> dict[str, Any]:
    """Make one item of `messaging`."""
    about = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": MILLISECONDS}
    return about | what | more


def message(text: str = "", mid: str = "m_1", **more: Any) -> dict[str, Any]:
    """Make the item of a message."""
    return item({"message": {"mid": mid, **({"text": text} if text else {}), **more}})


def attached(kind: str, payload: Any = None, **more: Any) -> dict[str, Any]:
    """Make the item of a message with one attachment."""
    return message(attachments=[{"type": kind, "payload": payload, **more}])


def body(kind: str, *items: dict[str, Any], ours: str = OURS) -> bytes:
    """Make a body with one entry of *items*; *kind* is the channel's."""
    return whole(kind, {"id": ours, "time": MILLISECONDS, "messaging": list(items)})


def changed(kind: str, *changes: dict[str, Any], ours: str = OURS) -> bytes:
    """Make a body with one entry of *changes*."""
    return whole(kind, {"id": ours, "time": MILLISECONDS, "changes": list(changes)})


def whole(kind: str, *entries: dict[str, Any]) -> bytes:
    """Make a body of *entries*."""
    named = "page" if kind == "messenger" else kind
    return json.dumps({"object": named, "entry": list(entries)}).encode()


def page_comment(verb: str = "add", **more: Any) -> dict[str, Any]:
    """Make the change of a comment under a page's post."""
    value = {
        "item": "comment",
        "verb": verb,
        "comment_id": "88_1",
        "post_id": f"{OURS}_88",
        "parent_id": f"{OURS}_88",
        "from": {"id": PERSON, "name": "Ana Pérez"},
        "message": "How much is it?",
        "created_time": 1_772_366_370,
        "post": {"id": f"{OURS}_88", "permalink_url": "https://www.facebook.com/cafe/posts/88"},
    }
    return {"field": "feed", "value": value | more}


def instagram_comment(field: str = "comments", **more: Any) -> dict[str, Any]:
    """Make the change of a comment under an Instagram post."""
    value = {
        "id": "17865",
        "text": "¿Cuánto cuesta?",
        "from": {"id": PERSON, "username": "ana.p"},
        "media": {"id": "18050", "media_product_type": "FEED"},
    }
    return {"field": field, "value": value | more}
