"""Twilio's signature, by the vectors that others collected and by its own library."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bots.channel import Hook
from bots.errors import BadSignature
from bots.twilio_forms import open_hook
from bots.twilio_signature import is_body_hash, signed

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "signature_vectors.json"
TOKEN = "12345"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ROWS = json.loads(VECTORS.read_text()) if VECTORS.is_file() else []
SIGNATURES = [row for row in ROWS if row["scheme"] == "twilio_x_twilio_signature"]
HASHES = [row for row in ROWS if row["scheme"] == "twilio_body_sha256"]
beside = pytest.mark.skipif(not VECTORS.is_file(), reason="the vectors are not beside the project")


def hook_of(row: dict[str, Any]) -> Hook:
    body = row.get("body") or urlencode(row["params"], doseq=True)
    headers = {"content-type": row.get("content_type", "application/x-www-form-urlencoded")}
    if row["signature"] is not None:
        headers["x-twilio-signature"] = row["signature"]
    return Hook(method="POST", url=row["url"], headers=headers, body=body.encode(), received_at=NOW)


@beside
@pytest.mark.parametrize("row", SIGNATURES, ids=lambda row: row["name"])
def test_a_signature_is_judged_as_its_vector_says(row: dict[str, Any]) -> None:
    if row["valid"]:
        assert open_hook(hook_of(row), row["secret"].encode())
    else:
        with pytest.raises(BadSignature):
            open_hook(hook_of(row), row["secret"].encode())


@beside
def test_there_are_as_many_vectors_as_we_know_of() -> None:
    assert (len(SIGNATURES), len(HASHES)) == (18, 2)


@beside
@pytest.mark.parametrize("row", HASHES, ids=lambda row: row["name"])
def test_a_body_hash_is_judged_as_its_vector_says(row: dict[str, Any]) -> None:
    assert is_body_hash(row["body"].encode(), row["sha256"]) is row["valid"]


def test_our_signature_is_the_sdks() -> None:
    pairs = [("Body", "héllo 👋"), ("A", ""), ("Body", "again"), ("Body", "again")]
    merged = {"Body": "againhéllo 👋"}
    ours = signed(b"12345", "https://x.example/a?b=c", [("Body", "againhéllo 👋")])
    assert ours == RequestValidator(TOKEN).compute_signature("https://x.example/a?b=c", merged)
    assert signed(b"k", "u", pairs) == signed(b"k", "u", sorted(set(pairs)))
