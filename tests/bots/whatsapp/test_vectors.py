"""Payloads collected by others; they stand beside the project or are skipped."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bots.channel import Called, ConsentChanged, Deleted, Echoed, Edited, MessageIn, Reacted, Reading, Receipt
from bots.whatsapp.reading import read
from tests.bots.whatsapp.hooks import SECRET, VERIFY, Json, hook

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors" / "fixtures_other.json"
pytestmark = pytest.mark.skipif(not VECTORS.is_file(), reason="the vectors are not beside the project")
ROWS = json.loads(VECTORS.read_text()) if VECTORS.is_file() else []
KINDS = {"whatsapp_cloud", "whatsapp_360dialog"}
QUIET = {"request_welcome", "customer_identity_changed", "ephemeral"}


def payloads(channel: str) -> list[Any]:
    rows = [row for row in ROWS if row["channel"] == channel]
    return [
        pytest.param(part, id=f"{number}-{name}")
        for number, row in enumerate(rows)
        for name, part in wholes(row["payload"])
    ]


def wholes(payload: Json) -> Iterator[tuple[str, Json]]:
    """Yield each hook of a row: it is one itself, or has several by name; values alone are wrapped."""
    if "entry" in payload:
        yield "whole", payload
        return
    for name, part in payload.items():
        if isinstance(part, dict) and "entry" in part:
            yield name, part
        elif isinstance(part, dict) and ("messages" in part or "statuses" in part):
            yield name, {"object": "x", "entry": [{"changes": [{"value": part, "field": "messages"}]}]}


def changes(payload: Json) -> list[Json]:
    return [change for entry in payload["entry"] for change in entry.get("changes", [])]


def number_of(payload: Json) -> str:
    numbers = [c.get("value", {}).get("metadata", {}).get("phone_number_id") for c in changes(payload)]
    return next((one for one in numbers if isinstance(one, str)), "1")


def read_whole(payload: Json) -> Reading:
    return read(hook(payload), [SECRET.encode()], VERIFY.encode(), number_of(payload))


CLOUD, DIALOG = payloads("whatsapp_cloud"), payloads("whatsapp_360dialog")


def test_there_are_as_many_payloads_as_we_know_of() -> None:
    rows = [row["channel"] for row in ROWS]
    assert (rows.count("whatsapp_cloud"), rows.count("whatsapp_360dialog")) == (108, 36)
    assert (len(CLOUD), len(DIALOG)) == (130, 44)
    assert [row["name"] for row in ROWS if row["channel"] in KINDS and not list(wholes(row["payload"]))] == []


@pytest.mark.parametrize("payload", [*CLOUD, *DIALOG])
def test_a_payload_is_read_without_loss(payload: Json) -> None:
    found = read_whole(payload)
    events = list(found.events)
    for change in changes(payload):
        value = change.get("value") or {}
        for name, compare in COMPARED.items():
            for item in value.get(name, []):
                compare(item, value, events)
        if not any(value.get(name) for name in COMPARED):
            assert found.skipped
    assert not [one for one in events if not isinstance(one, ConsentChanged)]


def place(number: str | None, user_id: str | None) -> str:
    if number and number.isdigit():
        return f"whatsapp:+{number}"
    return f"whatsapp:{user_id or number}"


def compare_message(item: Json, value: Json, events: list[Any]) -> None:
    """Compare the next event with what the payload itself holds."""
    kind = item.get("type")
    if kind in QUIET or item.get("system", {}).get("type") in QUIET:
        return
    if kind == "reaction" and "message_id" not in item["reaction"]:
        return  # to what, the payload does not say
    event = events.pop(0)
    if kind == "system":
        assert event.address == place(item["system"]["wa_id"], None)
        assert place(item["from"], None) in event.also
        assert item["system"]["body"] in event.text
        return
    assert event.address == place(item.get("from"), item.get("from_user_id"))
    assert event.sent_at.timestamp() == int(item["timestamp"])
    match kind:
        case "reaction":
            assert isinstance(event, Reacted)
            reaction = item["reaction"]
            assert (event.external_id, event.emoji) == (reaction["message_id"], reaction.get("emoji", ""))
        case "edit":
            assert isinstance(event, Edited)
            assert event.external_id == item["edit"]["original_message_id"]
            assert event.text == words_of(item["edit"]["message"])
        case "revoke":
            assert isinstance(event, Deleted)
            assert event.external_id == item["revoke"]["original_message_id"]
        case _:
            assert isinstance(event, MessageIn)
            compare_words(item, value, event)


def compare_words(item: Json, value: Json, event: MessageIn) -> None:
    assert event.external_id == item.get("id", event.external_id) != ""
    assert event.reply_to == item.get("context", {}).get("id", "")
    people = [p for p in value.get("contacts", []) if p.get("wa_id") == item.get("from")]
    if people:
        assert event.sender_name == people[0]["profile"]["name"]
    if item.get("from_user_id") and item.get("from"):
        assert event.also == (f"whatsapp:{item['from_user_id']}",)
    expected = words_of(item)
    if expected is not None:
        assert event.text == expected
    for leaf in leaves(item.get(str(item.get("type")), {})):
        assert leaf in "\n".join(
            [event.text, *(f"{a.ref} {a.name} {a.content_type}" for a in event.attachments)]
        )


def words_of(item: Json) -> str | None:
    """Give the words that a message holds as such; None where they must be made."""
    kind = item.get("type", "")
    part: Any = item.get(kind)
    match kind:
        case "text":
            return str(part["body"])
        case "button":
            return str(part["text"])
        case "image" | "video" | "audio" | "document" | "sticker":
            return str(part.get("caption", ""))
        case _:
            return None


TECHNICAL = {
    "sha256", "url", "wa_id", "type", "catalog_id", "payload", "id", "first_name", "last_name",
    "response_source", "flow_token",
}  # fmt: skip


def leaves(value: Any) -> Iterator[str]:
    """Yield each text of a payload that people are to see."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, dict) and "$ruby" not in value:
        for name, one in value.items():
            if name == "response_json":
                yield from leaves(json.loads(one))
            elif name not in TECHNICAL:
                yield from leaves(one)


def compare_status(item: Json, value: Json, events: list[Any]) -> None:
    if item.get("type") == "call" or item["status"] == "deleted":
        return
    event = events.pop(0)
    assert isinstance(event, Receipt)
    assert event.external_id == item["id"]
    assert event.status == {"played": "read"}.get(item["status"], item["status"])
    assert event.code == str((item.get("errors") or [{"code": ""}])[0]["code"])
    assert bool(event.reason) is (event.status == "failed")


def compare_echo(item: Json, value: Json, events: list[Any]) -> None:
    if item["type"] == "revoke":
        return
    event = events.pop(0)
    assert isinstance(event, Echoed)
    assert event.address == place(item["to"], item.get("to_user_id"))
    assert event.external_id == item["id"]
    assert event.text == words_of(item["edit"]["message"] if item["type"] == "edit" else item)


def compare_wish(item: Json, value: Json, events: list[Any]) -> None:
    event = events.pop(0)
    assert isinstance(event, ConsentChanged)
    assert event.marketing
    assert event.address == place(item["wa_id"], None)
    assert event.word == {"resume": "start", "signup": "join", "stop": "stop"}[item["value"]]


def compare_call(item: Json, value: Json, events: list[Any]) -> None:
    if item["event"] != "terminate":
        return
    event = events.pop(0)
    assert isinstance(event, Called)
    assert (event.external_id, event.lasted.total_seconds()) == (item["id"], item["duration"])
    assert event.address == place(item["to"], None)


COMPARED = {
    "messages": compare_message,
    "message_echoes": compare_echo,
    "statuses": compare_status,
    "user_preferences": compare_wish,
    "calls": compare_call,
}
