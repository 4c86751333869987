"""Signatures and payloads collected by others; they stand beside the project or are skipped."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from bots.channel import Hook, MessageIn
from bots.errors import BadSignature, Malformed
from tests.bots.discord.case import CASE
from tests.bots.discord.hooks import NOW, hook, told
from tests.bots.discord.test_interactions import LOOK_ALIKE, called

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors are not beside the project")


def rows(name: str) -> Any:
    return json.loads((VECTORS / name).read_text()) if VECTORS.is_dir() else []


SIGNATURES = [row for row in rows("signature_vectors.json") if row["scheme"] == "discord_ed25519"]
ROWS = [row for row in rows("fixtures_other.json") if row["channel"] == "discord"]
MESSAGES = [
    row
    for row in ROWS
    if row["name"].startswith(("message.mdx: Example Message", "message.mdx: Example Cross"))
]
APPLICATION = [row for row in ROWS if row["name"].startswith("webhook-events.mdx")]
FRAMES = [row for row in ROWS if "op" in row["payload"]]
OTHERS = [row for row in ROWS if row not in MESSAGES and row not in APPLICATION and row not in FRAMES]


def short(row: dict[str, Any]) -> str:
    return str(row["name"])[-40:]


def test_there_are_as_many_vectors_as_we_know_of() -> None:
    assert (len(SIGNATURES), len(ROWS)) == (2, 57)
    assert (len(MESSAGES), len(APPLICATION), len(FRAMES), len(OTHERS)) == (2, 11, 17, 27)


def _stamped(headers: dict[str, str]) -> datetime:
    """When the vector was signed, where it says so."""
    told = {name.lower(): value for name, value in headers.items()}.get("x-signature-timestamp", "")
    return datetime.fromtimestamp(int(told), UTC) if told.isdigit() else NOW


@pytest.mark.parametrize("row", SIGNATURES, ids=lambda row: row["name"])
def test_a_signature_is_judged_as_its_vector_says(row: dict[str, Any]) -> None:
    signed = Hook(
        method="POST",
        url="https://inbox.example/hooks/discord",
        headers={name.lower(): value for name, value in row["headers"].items()},
        body=row["body"].encode(),
        received_at=_stamped(row["headers"]),
    )
    channel = CASE.open(public_key=row["public_key"])
    if row["valid"]:
        assert channel.read(signed).response.body == '{"type":1}'
    else:
        with pytest.raises(BadSignature):
            channel.read(signed)


@pytest.mark.parametrize("row", MESSAGES, ids=short)
def test_a_message_is_read_without_loss(row: dict[str, Any]) -> None:
    payload = row["payload"]
    (said,) = CASE.open().read(told("MESSAGE_CREATE", payload)).events
    assert isinstance(said, MessageIn)
    assert said.external_id == f"{payload['channel_id']}:{payload['id']}"
    assert said.address == f"discord:{payload['author']['id']}"
    assert (said.sender_name, said.sent_at.isoformat()) == (
        payload["author"]["username"],
        payload["timestamp"],
    )
    named = {f"<#{one['id']}>": f"#{one['name']}" for one in payload.get("mention_channels", [])}
    text = payload["content"]
    for number, name in named.items():
        text = text.replace(number, name)
    assert said.text == text
    assert len(said.attachments) == len(payload["attachments"])
    assert said.raw == payload


@pytest.mark.parametrize("row", APPLICATION, ids=short)
def test_an_event_of_the_application_is_passed_over_by_its_name(row: dict[str, Any]) -> None:
    reading = CASE.open(public_key=LOOK_ALIKE.public_key).read(called(row["payload"]))
    assert (reading.events, reading.skipped) == ((), (row["payload"]["event"]["type"],))
    assert reading.response.status == 204


@pytest.mark.parametrize("row", FRAMES, ids=short)
def test_a_frame_without_an_event_of_a_customer_s_says_nothing(row: dict[str, Any]) -> None:
    raw = orjson.dumps(row["payload"])
    if row["payload"].get("t"):
        assert CASE.open().read(hook(raw)).skipped == ("GATEWAY_EVENT_NAME",)
        return
    with pytest.raises(Malformed):
        CASE.open().read(hook(raw))


@pytest.mark.parametrize("row", OTHERS, ids=short)
def test_what_is_no_dispatch_is_malformed_and_as_a_message_is_passed_over(row: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        CASE.open().read(hook(orjson.dumps(row["payload"])))
    reading = CASE.open().read(told("MESSAGE_CREATE", row["payload"]))
    assert (reading.events, len(reading.skipped)) == ((), 1)
