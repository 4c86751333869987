"""Hooks as Meta makes them, signed, and the values in them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bots.channel import Event, Hook, MessageIn, Reading
from bots.whatsapp.reading import read
from tests.providers.meta import signed

SECRET, VERIFY, NUMBER_ID = "app secret of tests", "verify token of tests", "106540352242922"
URL = "https://inbox.example/hooks/whatsapp"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CUSTOMER, USER_ID = "34600123456", "ES.13491208655302741918"
ADDRESS, ALSO = f"whatsapp:+{CUSTOMER}", f"whatsapp:{USER_ID}"
Json = dict[str, Any]


def hook(value: Any, secret: str = SECRET) -> Hook:
    body, headers = signed(value, secret)
    lower = {name.lower(): text for name, text in headers.items()}
    return Hook(method="POST", url=URL, headers=lower, body=body, received_at=NOW)


def sign(body: bytes) -> Hook:
    """Sign any bytes, as the contract's promises want it."""
    from hmac import digest

    mac = "sha256=" + digest(SECRET.encode(), body, "sha256").hex()
    return Hook(method="POST", url=URL, headers={"x-hub-signature-256": mac}, body=body, received_at=NOW)


def forge(good: Hook) -> Hook:
    return replace(good, body=good.body + b" ")


def page(*values: Json, field: str = "messages") -> Json:
    """Wrap each value in an entry of its own."""
    entries = [{"id": "1", "changes": [{"value": value, "field": field}]} for value in values]
    return {"object": "whatsapp_business_account", "entry": entries}


def value(**parts: Any) -> Json:
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "34911222333", "phone_number_id": NUMBER_ID},
        "contacts": [{"profile": {"name": "Lucía"}, "wa_id": CUSTOMER, "user_id": USER_ID}],
        **parts,
    }


def said(kind: str = "text", name: str = "wamid.1", **parts: Any) -> Json:
    if kind == "text" and "text" not in parts:
        parts["text"] = {"body": "Hola"}
    about = {"from": CUSTOMER, "from_user_id": USER_ID, "id": name, "timestamp": "1772366400"}
    return {**about, "type": kind, **parts}


def reading(whole: Any) -> Reading:
    return read(hook(whole), [SECRET.encode()], VERIFY.encode(), NUMBER_ID)


def events(*messages: Json, **parts: Any) -> tuple[Event, ...]:
    return reading(page(value(messages=list(messages), **parts))).events


def only(*messages: Json, **parts: Any) -> MessageIn:
    (event,) = events(*messages, **parts)
    assert isinstance(event, MessageIn)
    return event


def dumped(whole: Any) -> bytes:
    return json.dumps(whole).encode()
