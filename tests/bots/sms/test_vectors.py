"""Signatures, sizes and payloads collected by others; they stand beside the project or are skipped."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bots.channel import Hook, MessageIn, Receipt
from bots.sms.reading import read
from bots.sms.segments import count

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors"
TOKEN = "12345"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors are not beside the project")


def rows(name: str) -> Any:
    return json.loads((VECTORS / name).read_text()) if VECTORS.is_dir() else []


SIZES = rows("sms_segment_vectors.json")
PAYLOADS = [row for row in rows("fixtures_other.json") if row["channel"] == "twilio"]


def test_there_are_as_many_vectors_as_we_know_of() -> None:
    assert len(PAYLOADS) == 47
    assert len(SIZES["vectors"]) + len(SIZES["vectors_gocommon"]) == 110


@pytest.mark.parametrize("row", SIZES["vectors"] if SIZES else [], ids=lambda row: row["name"])
def test_a_text_takes_as_many_parts_as_its_vector_says(row: dict[str, Any]) -> None:
    size = count(row["body"])
    bits = 7 if size.encoding == "GSM-7" else 16
    assert (size.encoding, size.parts, size.units * bits) == (
        row["encoding"],
        row["segments"],
        row["message_size_bits"],
    )


@pytest.mark.parametrize("row", SIZES["vectors_gocommon"] if SIZES else [], ids=lambda row: row["body"][-12:])
def test_a_text_takes_as_many_parts_as_another_counter_says(row: dict[str, Any]) -> None:
    assert count(row["body"]).parts == row["segments"]


def said_by(params: dict[str, Any]) -> Any:
    flat = {
        name: value if isinstance(value, str) else f"{name}-of-the-factory" for name, value in params.items()
    }
    url = "https://inbox.example/hooks/sms"
    signature = RequestValidator(TOKEN).compute_signature(url, flat)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    body = urlencode(flat).encode()
    reading = read(Hook(method="POST", url=url, headers=headers, body=body, received_at=NOW), TOKEN.encode())
    return flat, reading


CASES = [
    pytest.param(params, id=f"{number}-{name}")
    for number, row in enumerate(PAYLOADS)
    for name, params in row["payload"].items()
]


@pytest.mark.parametrize("params", CASES)
def test_a_payload_is_read_without_loss(params: dict[str, Any]) -> None:
    flat, reading = said_by(params)
    if flat.get("MessageStatus") == "queued":
        assert reading.events == ()
        assert reading.skipped == ("status queued",)
        return
    (event,) = reading.events
    if "MessageStatus" in flat:
        assert isinstance(event, Receipt)
        assert event.external_id == flat["MessageSid"]
        assert event.code == flat.get("ErrorCode", "")
        assert bool(event.reason) is (event.status == "failed")
        return
    assert isinstance(event, MessageIn)
    assert event.external_id == flat["SmsSid"]
    assert event.address.removeprefix("tel:") == flat["From"]
    assert event.text == flat.get("Body", "").replace("\0", "")
    assert event.sender_name == flat.get("ProfileName", "")
    assert [a.ref for a in event.attachments if a.ref] == [
        flat[name] for name in flat if name.startswith("MediaUrl")
    ]
    assert any(a.kind == "location" for a in event.attachments) is ("Latitude" in flat)
    assert set(event.raw) == set(flat)
