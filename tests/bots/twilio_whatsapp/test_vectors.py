"""Payloads collected by others; they stand beside the project or are skipped."""

import json
from pathlib import Path
from typing import Any

import pytest

from bots.channel import MessageIn, Receipt
from bots.twilio_whatsapp.reading import read
from tests.bots.twilio_hooks import TOKEN, posted

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors" / "fixtures_other.json"
pytestmark = pytest.mark.skipif(not VECTORS.is_file(), reason="the vectors are not beside the project")
ROWS = json.loads(VECTORS.read_text()) if VECTORS.is_file() else []
PAYLOADS = [
    pytest.param(params, id=f"{number}-{name}")
    for number, row in enumerate(one for one in ROWS if one["channel"] == "twilio")
    for name, params in row["payload"].items()
]


def prefixed(value: str) -> str:
    return value if value.startswith("whatsapp:") else f"whatsapp:{value}"


def test_there_are_as_many_of_whatsapp_as_we_know_of() -> None:
    assert len(PAYLOADS) == 53
    assert sum("whatsapp:" in json.dumps(one.values[0]) for one in PAYLOADS) == 18


@pytest.mark.parametrize("params", PAYLOADS)
def test_a_payload_is_read_without_loss(params: dict[str, Any]) -> None:
    flat = {name: one if isinstance(one, str) else f"{name}-of-the-factory" for name, one in params.items()}
    reading = read(posted(flat), TOKEN)
    if flat.get("MessageStatus") == "queued":
        assert (reading.events, reading.skipped) == ((), ("status queued",))
        return
    (event,) = reading.events
    if "MessageStatus" in flat:
        assert isinstance(event, Receipt)
        assert (event.external_id, event.code) == (flat["MessageSid"], flat.get("ErrorCode", ""))
        return
    assert isinstance(event, MessageIn)
    assert event.external_id == flat["SmsSid"]
    assert event.address == prefixed(flat["From"])
    known = {prefixed(flat["From"])} | ({prefixed(i)} if (i := flat.get("ExternalUserId")) else set())
    assert {event.address, *event.also} == known
    assert event.text == flat.get("Body", "").replace("\0", "")
    assert event.sender_name == flat.get("ProfileName", "")
    assert [a.ref for a in event.attachments if a.ref] == [
        flat[name] for name in flat if name.startswith("MediaUrl")
    ]
    assert any(a.kind == "location" for a in event.attachments) is ("Latitude" in flat)
    assert set(event.raw) == set(flat)
