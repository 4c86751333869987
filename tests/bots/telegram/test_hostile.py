"""Hooks that are forged, broken or hostile."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bots.channel import MessageIn
from bots.errors import BadSignature, Malformed
from bots.telegram.reading import read
from tests.bots.telegram.updates import CHAT, NOW, SECRET, hook, message, only, reading, update


@pytest.mark.parametrize("secret", [None, "", "other", SECRET + "x", SECRET[:-1], "é", "\udcff"])
def test_a_hook_without_our_secret_is_not_telegrams(secret: str | None) -> None:
    with pytest.raises(BadSignature):
        read(hook(update(text="x"), secret), SECRET)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"[" * 100_000, "nested too deeply|not JSON"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
        ({}, "no update_id"),
        ({"update_id": 1, "message": {}}, "message has no chat"),
        ({"update_id": 1, "message": {"chat": CHAT}}, "message has no message_id"),
        ({"update_id": 1, "message": "hello"}, "not of the documented type"),
        ({"update_id": 1, "callback_query": {"id": "1"}}, "callback_query has no from"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_not_an_update_says_what_is_missing(body: Any, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        reading(body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb'"a\ud800b"', "a\ufffdb"),
        (rb'"a\udc00\ud83d\ude00"', "a\ufffd😀"),
        (rb'"a\u0000b"', "a\ufffdb"),
        (b'"a\x00b"', "a\ufffdb"),
        (b'"a\xff\xfeb"', "a\ufffd\ufffdb"),
        ('"\u202eright to left\u202c"'.encode(), "\u202eright to left\u202c"),
        ('"🏳️‍🌈👩‍👩‍👧"'.encode(), "🏳️‍🌈👩‍👩‍👧"),
        (b'"' + b"x" * 100_000 + b'"', "x" * 100_000),
    ],
    ids=["lone high", "lone low", "escaped NUL", "raw NUL", "not UTF-8", "right to left", "emoji", "100 kB"],
)
def test_a_hostile_text_is_made_harmless_and_the_rest_survives(body: bytes, text: str) -> None:
    raw = json.dumps(update(text="@")).encode().replace(b'"@"', body)
    said = only(raw)
    assert isinstance(said, MessageIn)
    assert said.text == text
    assert said.raw["message"]["text"] == text
    said.text.encode()


@pytest.mark.parametrize("date", [None, 0, 10**18, -(10**18), "soon"])
def test_an_absurd_date_is_the_moment_of_the_hook(date: Any) -> None:
    said = only({"update_id": 1, "message": message(text="x") | {"date": date}})
    assert isinstance(said, MessageIn)
    assert said.sent_at == NOW


def test_reading_is_pure() -> None:
    one = hook(update(text="x"))
    assert read(one, SECRET) == read(replace(one, received_at=datetime.now(UTC)), SECRET)
