"""Signatures and payloads collected by others; they stand beside the project or are skipped."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from bots.channel import ConsentChanged, Deleted, Hook, MessageIn
from bots.errors import BadSignature, Malformed
from bots.line.channel import Line
from bots.line.content import STICKERS
from bots.line.settings import Settings
from tests.bots.line.case import CASE
from tests.bots.line.hooks import NOW, hook

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors are not beside the project")


def rows(name: str) -> Any:
    return json.loads((VECTORS / name).read_text()) if VECTORS.is_dir() else []


SIGNATURES = [row for row in rows("signature_vectors.json") if row["scheme"] == "line_hmac_sha256_base64"]
ROWS = [row for row in rows("fixtures_other.json") if row["channel"] == "line"]


def bodies(row: dict[str, Any]) -> list[dict[str, Any]]:
    """List the hooks of a row: it is one, or holds several by name."""
    payload = row["payload"]
    return [payload] if "events" in payload else list(payload.values())


HOOKS = [(f"{number}-{row['name'][-40:]}", body) for number, row in enumerate(ROWS) for body in bodies(row)]
PAYLOADS = [pytest.param(body, id=name) for name, body in HOOKS if "events" in body]
NO_HOOKS = [pytest.param(body, id=name) for name, body in HOOKS if "events" not in body]
"""What a peer's own job is called with in its tests: no hook of LINE's (see the folder's README)."""


def test_there_are_as_many_vectors_as_we_know_of() -> None:
    assert (len(SIGNATURES), len(ROWS), len(NO_HOOKS)) == (2, 41, 4)


@pytest.mark.parametrize("row", SIGNATURES, ids=lambda row: row["name"])
def test_a_signature_is_judged_as_its_vector_says(row: dict[str, Any]) -> None:
    settings = Settings.model_validate({**CASE.section, "channel_secret": row["secret"]})
    signed = Hook(
        method="POST",
        url="https://inbox.example/hooks/line",
        headers={name.lower(): value for name, value in row["headers"].items()},
        body=row["body"].encode(),
        received_at=NOW,
    )
    if row["valid"]:
        Line(settings, "line").check(signed)
    else:
        with pytest.raises(BadSignature):
            Line(settings, "line").check(signed)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_read_without_loss(payload: dict[str, Any]) -> None:
    reading = CASE.open().read(hook(orjson.dumps(payload)))
    found = list(reading.events)
    for event in payload["events"]:
        if event["type"] in ("message", "postback", "follow", "unfollow", "unsend"):
            holds_all_of(event, found.pop(0))
        else:
            assert event["type"] in reading.skipped
    assert found == []
    assert len(reading.events) + len(reading.skipped) == len(payload["events"])


def holds_all_of(event: dict[str, Any], found: Any) -> None:
    source = event["source"]
    chat = source.get("groupId") or source.get("roomId") or source["userId"]
    assert found.address == f"line:{chat}"
    assert int(found.sent_at.timestamp() * 1000 + 0.5) == event["timestamp"]
    match event["type"]:
        case "message":
            assert isinstance(found, MessageIn)
            assert found.external_id == event["message"]["id"]
            assert found.raw == event
            holds_content(event["message"], found)
        case "postback":
            assert event["postback"]["data"] in found.text
            assert all(chosen in found.text for chosen in event["postback"].get("params", {}).values())
        case "unsend":
            assert isinstance(found, Deleted)
            assert found.external_id == event["unsend"]["messageId"]
        case kind:
            assert isinstance(found, ConsentChanged)
            assert found.word == {"follow": "start", "unfollow": "stop"}[kind]


def holds_content(message: dict[str, Any], found: MessageIn) -> None:
    assert found.text == message.get("text", "")
    assert found.group == message.get("imageSet", {}).get("id", "")
    if message["type"] == "text":
        assert found.attachments == ()
        return
    (one,) = found.attachments
    match message["type"]:
        case "sticker":
            assert one.ref == STICKERS.format(message["stickerId"])
            assert one.name == ", ".join(message.get("keywords", []))
        case "location":
            assert (one.latitude, one.longitude) == (message["latitude"], message["longitude"])
            assert message["title"] in one.name
            assert message["address"] in one.name
        case "file":
            assert (one.ref, one.name, one.size) == (message["id"], message["fileName"], message["fileSize"])
        case kind:
            outside = message["contentProvider"].get("originalContentUrl")
            assert (one.kind, one.ref) == (kind, outside or message["id"])


@pytest.mark.parametrize("payload", NO_HOOKS)
def test_what_is_no_hook_is_malformed(payload: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        CASE.open().read(hook(orjson.dumps(payload)))
