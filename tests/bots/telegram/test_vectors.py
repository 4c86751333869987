"""Payloads and signatures of other projects, where they are at hand; nothing of them is kept here."""

import json
from pathlib import Path
from typing import Any

import pytest

from bots.channel import Edited, Hook, MessageIn
from bots.errors import BadSignature
from bots.telegram.reading import read
from tests.bots.telegram.updates import NOW, SECRET, hook

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors"
FILED = ("photo", "document", "voice", "audio", "video", "video_note", "animation", "sticker")
Json = dict[str, Any]

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="../shared/vectors is not here")


def rows(name: str, **chosen: str) -> list[Json]:
    path = VECTORS / name
    found: list[Json] = json.loads(path.read_text()) if path.is_file() else []
    return [row for row in found if all(row.get(key) == value for key, value in chosen.items())]


def updates() -> list[tuple[str, Json]]:
    found = []
    for row in rows("fixtures_other.json", channel="telegram"):
        payload = row["payload"]
        for body in [payload] if "update_id" in payload else payload.values():
            if isinstance(body, dict) and "update_id" in body:
                found.append((row["name"][-60:], body))
    return found


@pytest.mark.parametrize(
    "vector", rows("signature_vectors.json", scheme="telegram_secret_token"), ids=lambda v: v["name"]
)
def test_every_signature_vector_holds(vector: Json) -> None:
    headers = {key.lower(): value for key, value in vector["headers"].items()}
    signed = Hook(method="POST", url="", headers=headers, body=b'{"update_id": 1}', received_at=NOW)
    if vector["valid"]:
        read(signed, [vector["secret"]])
    else:
        with pytest.raises(BadSignature):
            read(signed, [vector["secret"]])


def test_there_are_vectors() -> None:
    assert len(updates()) >= 30
    assert len(rows("signature_vectors.json", scheme="telegram_secret_token")) == 3


@pytest.mark.parametrize("body", [body for _, body in updates()], ids=[name for name, _ in updates()])
def test_every_payload_is_read_without_loss(body: Json) -> None:
    found = read(hook(body), [SECRET])
    (value,) = (value for key, value in body.items() if key != "update_id")
    spoken = value.get("message", {}) if "data" in value else value
    chat = spoken["chat"]
    ours = "business_connection_id" in value and value["from"]["id"] != chat["id"]
    if chat["type"] != "private" or ours:
        assert found.events == ()
        assert len(found.skipped) == 1
        return
    (event,) = found.events
    assert isinstance(event, MessageIn | Edited)
    if "data" in value:
        assert event.address == f"telegram:{value['from']['id']}"
        assert event.external_id == f"cb:{value['id']}"
        assert event.text
        return
    assert event.address == f"telegram:{chat['id']}"
    assert event.external_id.split(":")[:2] == [str(chat["id"]), str(value["message_id"])]
    assert event.text.startswith(value.get("text") or value.get("caption") or "")
    if isinstance(event, MessageIn):
        _nothing_is_lost(event, value)


def _nothing_is_lost(event: MessageIn, value: Json) -> None:
    sender = value["from"]
    assert event.sender_name.startswith(sender.get("first_name") or sender["username"])
    assert event.language == sender.get("language_code", "")
    refs = {attachment.ref for attachment in event.attachments}
    for field in FILED:
        file = value.get(field)
        if file:
            assert (file[-1] if isinstance(file, list) else file).get("file_id", "") in refs
    if place := value.get("location"):
        places = [(attachment.latitude, attachment.longitude) for attachment in event.attachments]
        assert (place["latitude"], place["longitude"]) in places
    if card := value.get("contact"):
        assert card["phone_number"] in event.text
    assert event.raw[next(key for key in event.raw if key != "update_id")] == value
