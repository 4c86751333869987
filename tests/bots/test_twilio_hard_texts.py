"""Texts and forms that are hard to read."""

import json
from urllib.parse import quote, unquote_plus, urlencode

import pytest

from bots.sms.reading import read
from tests.bots.twilio_hooks import MESSAGE, SID, TOKEN, URL, got, jsoned, message_of, posted, raw_post


def test_a_name_that_comes_twice_is_kept_twice() -> None:
    body = urlencode([*MESSAGE.items(), ("Tag", "b"), ("Tag", "a"), ("Tag", "b")])
    message = message_of(read(raw_post(body, *MESSAGE.items(), ("Tag", "a"), ("Tag", "b")), TOKEN))
    assert message.raw["Tag"] == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("remove%00 null bytes%00", "remove null bytes"),
        ("%ED%A0%BD alone", "��� alone"),
        ("bad %FF byte", "bad � byte"),
        ("\u202bright to left\u202c", "\u202bright to left\u202c"),
        ("%F0%9F%91%8B%F0%9F%91%8B", "👋👋"),
        ("a+b%2Bc%26d%3De", "a b+c&d=e"),
    ],
    ids=["NUL", "a surrogate alone", "not UTF-8", "right to left", "only emoji", "escaped"],
)
def test_a_hard_text_is_made_harmless(body: str, text: str) -> None:
    others = urlencode({"MessageSid": SID, "From": "+34600123456"})
    plain = unquote_plus(body, errors="surrogateescape")
    reading = read(
        raw_post(f"{others}&Body={body}", ("MessageSid", SID), ("From", "+34600123456"), ("Body", plain)),
        TOKEN,
    )
    assert message_of(reading).text == text
    assert message_of(reading).raw["Body"] == text
    json.dumps(message_of(reading).raw, ensure_ascii=False).encode()


def test_a_surrogate_alone_in_json_is_made_harmless() -> None:
    body = b'{"MessageSid": "SM1", "From": "+34600123456", "Body": "a\\ud83d b \\ud83d\\udc4b \\u0000"}'
    assert message_of(read(jsoned(body), TOKEN)).text == "a� b 👋 "


def test_a_hundred_thousand_characters_are_read() -> None:
    text = "ñ👋" * 50_000
    assert message_of(read(posted(MESSAGE | {"Body": text}), TOKEN)).text == text


def test_the_query_of_a_get_may_be_escaped_in_any_way() -> None:
    url = f"{URL}?MessageSid={SID}&From={quote('+34600123456', safe='')}&Body=It's+%C3%B1"
    assert message_of(read(got(url), TOKEN)).text == "It's ñ"
