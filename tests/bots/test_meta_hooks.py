"""Meta's signatures, its question at subscription, and JSON that is nearly JSON."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from hmac import digest
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.channel import Hook
from bots.errors import BadSignature, Malformed
from bots.meta_hooks import challenge, check, entries, is_signed

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "signature_vectors.json"
ROWS = [
    row
    for row in (json.loads(VECTORS.read_text()) if VECTORS.is_file() else [])
    if row["scheme"] == "meta_x_hub_signature_256"
]
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET, OLD, VERIFY = b"app secret", b"old secret", b"verify me"


def posted(body: bytes, secret: bytes = SECRET, **headers: str) -> Hook:
    signature = "sha256=" + digest(secret, body, "sha256").hex()
    said = {"x-hub-signature-256": signature, **{name.replace("_", "-"): it for name, it in headers.items()}}
    url = "https://inbox.example/hooks/whatsapp"
    return Hook(method="POST", url=url, headers=said, body=body, received_at=NOW)


def asked(**query: str) -> Hook:
    url = f"https://inbox.example/hooks/whatsapp?{urlencode({f'hub.{k}': v for k, v in query.items()})}"
    return Hook(method="GET", url=url, headers={}, body=b"", received_at=NOW)


@pytest.mark.skipif(not VECTORS.is_file(), reason="the vectors are not beside the project")
def test_there_are_as_many_vectors_as_we_know_of() -> None:
    assert len(ROWS) == 4


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_signature_is_judged_as_its_vector_says(row: dict[str, Any]) -> None:
    headers = {"x-hub-signature-256": row["headers"]["X-Hub-Signature-256"]}
    hook = Hook(method="POST", url="", headers=headers, body=row["body"].encode(), received_at=NOW)
    assert is_signed(hook, [row["secret"].encode()]) is row["valid"]


def test_either_of_two_secrets_signs_and_no_third() -> None:
    for secret in (SECRET, OLD):
        check(posted(b"{}", secret), [SECRET, OLD], VERIFY)
    with pytest.raises(BadSignature):
        check(posted(b"{}", b"another"), [SECRET, OLD], VERIFY)


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", "sha256", "sha1=" + "0" * 40, "sha256=" + "0" * 64, "sha256=é", "\udc80"],
    ids=["none", "empty", "a word", "SHA-1", "zeros", "no ASCII", "half a character"],
)
def test_another_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        entries(posted(b'{"entry":[]}', x_hub_signature_256=signature), [SECRET], VERIFY)


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(BadSignature):
        check(posted(b"{}", b""), [b""], VERIFY)


def test_the_challenge_is_answered_as_it_came() -> None:
    reading = challenge(asked(mode="subscribe", verify_token=VERIFY.decode(), challenge="115<820"), VERIFY)
    assert (reading.response.status, reading.response.body) == (200, "115<820")
    assert reading.response.content_type == "text/plain"


@pytest.mark.parametrize(
    ("query", "token"),
    [
        pytest.param({"mode": "subscribe", "verify_token": "wrong"}, VERIFY, id="another token"),
        pytest.param({"mode": "subscribe"}, VERIFY, id="no token"),
        pytest.param({"mode": "subscribe", "verify_token": ""}, b"", id="none is set"),
        pytest.param({"mode": "unsubscribe", "verify_token": "verify me"}, VERIFY, id="another mode"),
        pytest.param({}, VERIFY, id="nothing asked"),
    ],
)
def test_no_other_question_is_answered(query: dict[str, str], token: bytes) -> None:
    with pytest.raises(BadSignature):
        check(asked(**query, challenge="1"), [SECRET], token)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{", b'{"entry":{}}', b'{"object":"page"}', b"\xff",
     b'{"entry":' + b"[" * 100_000, b'{"entry":' + b"[" * 990 + b'"\\u0000"' + b"]" * 990 + b"}"],
    ids=["empty", "null", "list", "half", "no list", "no entry", "no UTF-8", "deep", "deep and NUL"],
)  # fmt: skip
def test_what_is_not_metas_envelope_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        entries(posted(body), [SECRET], VERIFY)


def test_every_entry_is_given_and_what_is_no_object_left_out() -> None:
    body = b'{"object":"page","entry":[{"id":"1"},7,null,{"id":"2"}]}'
    assert entries(posted(body), [SECRET], VERIFY) == ("page", [{"id": "1"}, {"id": "2"}])


def test_half_an_emoji_and_a_nul_cost_no_message() -> None:
    body = b'{"entry":[{"a":"\\ud83db\\u0000c"},{"\\u0000":["\\ud83d\\ude00"]}]}'
    assert entries(posted(body), [SECRET], VERIFY)[1] == [{"a": "\ufffdb\ufffdc"}, {"\ufffd": ["😀"]}]


@given(st.binary(max_size=60))
def test_no_body_raises_anything_but_our_errors(body: bytes) -> None:
    with suppress(Malformed):
        entries(posted(body), [SECRET], VERIFY)
