"""Hooks as Twilio makes them, signed."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bots.channel import Hook, MessageIn, Reading
from bots.twilio_signature import signed

TOKEN = b"a token of tests"


URL = "https://inbox.example/hooks/sms"


NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


SID = "SM" + "1" * 32


MESSAGE = {
    "MessageSid": SID,
    "From": "+34600123456",
    "To": "+15005550006",
    "Body": "Hello",
    "SmsStatus": "received",
}


def hook(body: bytes, signature: str, **changes: Any) -> Hook:
    form = "application/x-www-form-urlencoded; charset=UTF-8"
    headers = {"content-type": form, "x-twilio-signature": signature}
    plain = Hook(method="POST", url=URL, headers=headers, body=body, received_at=NOW)
    return replace(plain, **changes)


def posted(form: dict[str, str], url: str = URL) -> Hook:
    return hook(urlencode(form).encode(), signed(TOKEN, url, list(form.items())), url=url)


def posted_raw(body: bytes) -> Hook:
    """Sign a form's bytes, whatever they are."""
    text = body.decode("utf-8", "surrogateescape")
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    return hook(body, signed(TOKEN, URL, pairs))


def raw_post(body: str, *pairs: tuple[str, str]) -> Hook:
    return hook(body.encode(), signed(TOKEN, URL, pairs))


def got(url: str) -> Hook:
    signature = RequestValidator(TOKEN.decode()).compute_signature(url, {})
    return hook(b"", signature, method="GET", url=url)


def jsoned(body: bytes) -> Hook:
    url = f"{URL}?bodySHA256={sha256(body).hexdigest()}"
    headers = {"content-type": "application/json", "x-twilio-signature": signed(TOKEN, url)}
    return hook(body, "", url=url, headers=headers)


def message_of(reading: Reading) -> MessageIn:
    message = reading.events[0]
    assert isinstance(message, MessageIn)
    return message
