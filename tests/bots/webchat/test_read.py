"""A visitor's page is read whole, and nobody else's."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.channel import Hook, MessageIn, Reading, Receipt, Typing
from bots.errors import BadSignature, Malformed, Throttled
from bots.webchat import Settings, WebChat, open_channel
from bots.webchat.identity import UploadedFile

NOW = datetime(2026, 11, 24, 14, 38, tzinfo=UTC)
URL = "https://chat.oliva.example/hooks/webchat"
KEY = "0d9e1f60-5f2a-4a57-9f6c-0f1f2f3f4f5f"


def chat(secret: str = "a secret of the application") -> WebChat:
    settings = Settings.model_validate(
        {"secret_key": secret, "identity_secret": "shared with the site", "sites": ["https://shop.example"]}
    )
    return open_channel(settings, "webchat")


def hook(body: Any, *, token: str, **headers: str) -> Hook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Hook(
        method="POST",
        url=URL,
        headers={"authorization": f"Bearer {token}"} | headers,
        body=raw,
        received_at=NOW,
    )


def read(*events: Any, visitor: str = "v", **headers: str) -> Reading:
    web = chat()
    return web.read(hook({"events": events}, token=web.identities.issue(visitor, NOW), **headers))


def message(**more: Any) -> dict[str, Any]:
    return {"kind": "message", "id": KEY, "text": "Hello"} | more


TEXTS = {
    "plain": ("Do you ship to Orkney?", "Do you ship to Orkney?"),
    "emoji only": ("🙂👩‍👩‍👧‍👦", "🙂👩‍👩‍👧‍👦"),
    "right to left with marks": ("مرحباً \u200f10519\u202b", "مرحباً \u200f10519\u202b"),
    "a NUL is dropped": ("a\0b", "ab"),
    "markup stays text": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "a lone high surrogate becomes U+FFFD": ("a\ud83db", "a\ufffdb"),
    "a lone low surrogate becomes U+FFFD": ("\ude42", "\ufffd"),
    "100 kB": ("ü" * 50_000, "ü" * 50_000),
}


@pytest.mark.parametrize(("said", "kept"), TEXTS.values(), ids=TEXTS.keys())
def test_a_message_is_read_as_it_was_said(said: str, kept: str) -> None:
    (event,) = read(message(text=said)).events
    assert event == MessageIn(
        address="web:v", external_id=f"v:{KEY}", text=kept, sent_at=NOW, sender_name="", language=""
    )


def test_every_event_of_a_call_is_read_and_strange_ones_are_skipped() -> None:
    reading = read(
        {"kind": "name", "name": "Lucía"},
        message(language="es-ES", reply_to="reply:7:1"),
        {"kind": "delivered", "ids": ["reply:7:1"]},
        {"kind": "read", "upto": "reply:7:1"},
        {"kind": "typing"},
        {"kind": "dance"},
        {"kind": 3},
        message(text="  "),
    )
    said, delivered, seen, typing = reading.events
    assert isinstance(said, MessageIn)
    assert (said.sender_name, said.language, said.reply_to) == ("Lucía", "es-ES", "v:reply:7:1")
    assert delivered == Receipt(external_id="v:reply:7:1", status="delivered", sent_at=NOW, address="web:v")
    assert isinstance(seen, Receipt)
    assert seen.status == "read"
    assert typing == Typing(address="web:v", sent_at=NOW)
    assert reading.skipped == ("unknown kind", "unknown kind", "empty message")
    assert reading.response.status == 200


async def test_a_receipt_can_only_name_what_was_sent_to_its_own_visitor() -> None:
    (receipt,) = read({"kind": "read", "ids": ["reply:7:1"]}, visitor="mallory").events
    assert isinstance(receipt, Receipt)
    assert receipt.external_id == "mallory:reply:7:1"


def test_the_same_message_sent_twice_has_one_identity() -> None:
    assert read(message()).events == read(message()).events


STRANGERS = {
    "no token": "",
    "not a token": "x",
    "another installation's token": chat("another secret altogether").identities.issue("v", NOW),
    "a token of before": chat().identities.issue("v", NOW - timedelta(days=401)),
    "a token of after": chat().identities.issue("v", NOW + timedelta(days=2)),
    "a token with another's name": chat().identities.issue("v", NOW).replace("W", "X", 1),
    "a file's reference for a token": chat().identities.sign_file(
        "v", UploadedFile(name="a", content_type="b", size=1, path="c")
    ),
    "letters no token has": "é\udc80",
}


@pytest.mark.parametrize("token", STRANGERS.values(), ids=STRANGERS.keys())
def test_a_stranger_is_refused(token: str) -> None:
    with pytest.raises(BadSignature):
        chat().read(hook({"events": [message()]}, token=token))


ORIGINS = {
    "our own": ("https://chat.oliva.example", True),
    "on the list": ("https://shop.example", True),
    "another": ("https://evil.example", False),
    "another scheme": ("http://shop.example", False),
    "another port": ("https://shop.example:8443", False),
    "a longer name": ("https://shop.example.evil.example", False),
    "nowhere": ("null", False),
    "the host it was asked under": ("http://127.0.0.1:8080", True),
}


@pytest.mark.parametrize(("origin", "allowed"), ORIGINS.values(), ids=ORIGINS.keys())
def test_only_pages_of_allowed_sites_may_speak(origin: str, allowed: bool) -> None:
    if allowed:
        assert read(message(), origin=origin, host="127.0.0.1:8080").events
        return
    with pytest.raises(BadSignature, match="origin"):
        read(message(), origin=origin, host="127.0.0.1:8080")


BROKEN = {
    "not JSON": b"{",
    "not UTF-8": b"\xff",
    "too deep": b'{"events":' + b"[" * 50_000,
    "no object": b"[]",
    "no events": b"{}",
    "events of another kind": {"events": "message"},
    "an event that is none": {"events": ["message"]},
    "no id": {"events": [{"kind": "message", "text": "a"}]},
    "an id with a colon": {"events": [message(id="v2:" + KEY)]},
    "a text that is none": {"events": [message(text=["a"])]},
    "files that are none": {"events": [message(files="a")]},
    "eleven files": {"events": [message(files=["a"] * 11)]},
    "a receipt for nothing": {"events": [{"kind": "read", "ids": [""]}]},
    "too many events": {"events": [{"kind": "typing"}] * 101},
    "too many receipts": {"events": [{"kind": "read", "ids": ["a"] * 501}]},
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_read_is_malformed(body: Any) -> None:
    web = chat()
    with pytest.raises(Malformed):
        web.read(hook(body, token=web.identities.issue("v", NOW)))


def test_a_file_goes_with_its_own_visitor_only() -> None:
    web = chat()
    file = UploadedFile(name="cup.jpg", content_type="image/jpeg", size=9, path="/media/1")
    mine, theirs = (web.identities.sign_file(visitor, file) for visitor in ("v", "w"))
    token = web.identities.issue("v", NOW)
    (event,) = web.read(hook({"events": [message(text="", files=[mine])]}, token=token)).events
    assert isinstance(event, MessageIn)
    assert [(one.kind, one.ref, one.name, one.size) for one in event.attachments] == [
        ("image", "/media/1", "cup.jpg", 9)
    ]
    for forged in (theirs, mine + "x", token):
        with pytest.raises(BadSignature):
            web.read(hook({"events": [message(files=[forged])]}, token=token))


def test_a_visitor_who_sends_too_much_is_slowed_and_others_are_not() -> None:
    web = chat()
    hasty, calm = (web.identities.issue(visitor, NOW) for visitor in ("v", "w"))
    many = {"events": [{"kind": "typing"}] * 100}
    for _ in range(3):
        web.read(hook(many, token=hasty))
    with pytest.raises(Throttled) as slowed:
        web.read(hook(many, token=hasty))
    assert slowed.value.retry_after == 20
    assert web.read(hook(many, token=calm)).events
    later = replace(hook(many, token=hasty), received_at=NOW + timedelta(seconds=20))
    assert len(web.read(later).events) == 100


def test_large_words_count_as_many() -> None:
    web = chat()
    token = web.identities.issue("v", NOW)
    large = {"events": [message(text="x" * 900_000)]}
    for _ in range(3):
        web.read(hook(large, token=token))
    with pytest.raises(Throttled):
        web.read(hook(large, token=token))
