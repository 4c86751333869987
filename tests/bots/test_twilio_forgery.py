"""Hooks that are forged or lack something."""

from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bots.channel import Hook
from bots.errors import (
    BadSignature,
    Malformed,
)
from bots.sms.reading import read
from bots.twilio_signature import signed
from tests.bots.twilio_hooks import MESSAGE, TOKEN, URL, hook, jsoned, posted


@pytest.mark.parametrize(
    "body", [b"{", b"1", b'["a"]', b"\xff", b"[" * 100_000], ids=lambda body: str(body[:4])
)
def test_json_that_is_none_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(jsoned(body), TOKEN)


@pytest.mark.parametrize(
    ("lacks", "named"),
    [(["MessageSid"], "MessageSid"), (["From"], "From"), (["MessageSid", "From"], "MessageSid and From")],
)
def test_a_message_that_lacks_something_is_malformed_and_says_what(lacks: list[str], named: str) -> None:
    form = {name: value for name, value in MESSAGE.items() if name not in lacks}
    with pytest.raises(Malformed, match=f"lacks {named}\\."):
        read(posted(form), TOKEN)


def test_a_status_without_its_message_is_malformed() -> None:
    with pytest.raises(Malformed, match="MessageSid"):
        read(posted({"MessageStatus": "sent"}), TOKEN)


def test_an_empty_form_is_malformed_once_its_signature_holds() -> None:
    with pytest.raises(Malformed):
        read(posted({}), TOKEN)


def test_a_form_of_a_thousand_fields_is_malformed() -> None:
    with pytest.raises(Malformed, match="fields"):
        read(hook(b"&".join(b"a=b" for _ in range(1000)), "x"), TOKEN)


@pytest.mark.parametrize(
    "forged",
    [
        hook(urlencode(MESSAGE).encode(), ""),
        hook(urlencode(MESSAGE).encode(), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        hook(urlencode(MESSAGE).encode(), "ünïcode"),
        hook(urlencode(MESSAGE).encode(), signed(b"another token", URL, list(MESSAGE.items()))),
        hook(urlencode(MESSAGE | {"Body": "Hi"}).encode(), signed(TOKEN, URL, list(MESSAGE.items()))),
        hook(urlencode(MESSAGE).encode(), signed(TOKEN, URL + "2", list(MESSAGE.items()))),
        hook(urlencode(MESSAGE).encode(), signed(TOKEN, URL)),
        hook(b'{"MessageSid": "x"}', signed(TOKEN, URL), headers={"content-type": "application/json"}),
        hook(urlencode(MESSAGE).encode(), "", headers={}),
    ],
    ids=[
        "empty",
        "wrong",
        "not ASCII",
        "another token",
        "changed",
        "another URL",
        "URL only",
        "JSON",
        "missing",
    ],
)
def test_a_forged_hook_is_a_bad_signature(forged: Hook) -> None:
    with pytest.raises(BadSignature):
        read(forged, TOKEN)


def test_a_json_body_of_another_hash_is_a_bad_signature() -> None:
    true = jsoned(b"{}")
    with pytest.raises(BadSignature):
        read(hook(b'{"a": 1}', "", url=true.url, headers=true.headers), TOKEN)


@pytest.mark.parametrize(
    ("at_us", "signed_for"),
    [
        (URL, "https://inbox.example:443/hooks/sms"),
        ("https://inbox.example:443/hooks/sms", URL),
        ("http://inbox.example/hooks/sms", "http://inbox.example:80/hooks/sms"),
        ("https://inbox.example:8443/hooks/sms", "https://inbox.example:8443/hooks/sms"),
        ("https://[2001:db8::1]/hooks/sms", "https://[2001:db8::1]:443/hooks/sms"),
        ("https://inbox.example/hooks/sms?a=it's", "https://inbox.example/hooks/sms?a=it%27s"),
    ],
)
def test_the_signature_holds_with_and_without_the_default_port(at_us: str, signed_for: str) -> None:
    signature = signed(TOKEN, signed_for, list(MESSAGE.items()))
    assert read(hook(urlencode(MESSAGE).encode(), signature, url=at_us), TOKEN).events


def test_our_signature_is_the_sdks_for_what_we_send_each_other() -> None:
    validator = RequestValidator(TOKEN.decode())
    assert validator.validate(URL, MESSAGE, signed(TOKEN, URL, list(MESSAGE.items())))
    assert read(hook(urlencode(MESSAGE).encode(), validator.compute_signature(URL, MESSAGE)), TOKEN).events
