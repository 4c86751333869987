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
        read(hook(update(text="x"), secret), [SECRET])


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
    assert read(one, [SECRET]) == read(replace(one, received_at=datetime.now(UTC)), [SECRET])


STRANGE = {
    "a place of words": {"location": {"latitude": "x", "longitude": "<b>"}},
    "a place that is a list": {"location": {"latitude": [1], "longitude": 2}},
    "a place beyond the poles": {"location": {"latitude": 91, "longitude": 2}},
    "a place that is not a number": {"location": {"latitude": float("nan"), "longitude": 2}},
    "a name that is a number": {"text": "a", "from": {"id": 5, "first_name": 7, "language_code": 9}},
    "a file's name that is a list": {"document": {"file_id": "f", "file_name": ["x"]}},
    "a file's size that is no number": {"document": {"file_id": "f", "file_size": "big"}},
    "a file larger than a number": {"document": {"file_id": "f", "file_size": 10**30}},
    "an album that is a number": {"text": "a", "media_group_id": 5},
    "a customer who is an object": {"text": "a", "chat": {"id": {"a": 1}, "type": "private"}},
}


@pytest.mark.parametrize("fields", STRANGE.values(), ids=STRANGE.keys())
def test_a_field_of_another_type_is_malformed_and_goes_no_further(fields: dict[str, Any]) -> None:
    message = {"message_id": 1, "date": 1_700_000_000, "chat": {"id": 5, "type": "private"}} | fields
    body = json.dumps({"update_id": 1, "message": message}).encode()
    with pytest.raises(Malformed, match="not of the documented type"):
        read(hook(body), [SECRET])
