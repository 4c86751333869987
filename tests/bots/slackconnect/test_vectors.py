"""Slack's payloads and signatures collected by others; they stand beside the project or are skipped."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bots.channel import Deleted, Edited, Hook, MessageIn, Reacted
from bots.errors import BadSignature
from tests.bots.slackconnect.case import CASE
from tests.bots.slackconnect.hooks import hook_of

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors are not beside the project")
WRITTEN = ("", "file_share", "thread_broadcast", "me_message")


def rows(name: str) -> Any:
    return json.loads((VECTORS / name).read_text()) if VECTORS.is_dir() else []


SIGNATURES = [row for row in rows("signature_vectors.json") if row["scheme"] == "slack_v0"]


def envelopes() -> list[Any]:
    found = []
    for row in rows("fixtures_other.json"):
        body = row["payload"]
        if row["channel"] == "slack" and isinstance(body, dict):
            body = body["payload"] if body.get("type") == "events_api" else body
            if isinstance(body, dict) and body.get("type") == "event_callback":
                found.append(pytest.param(body, id=row["name"]))
    return found


@pytest.mark.parametrize("row", SIGNATURES, ids=lambda row: row["name"])
def test_a_signature_is_judged_as_its_vector_says(row: dict[str, Any]) -> None:
    hook = Hook(
        method="POST",
        url="https://x.example/hooks/slackconnect",
        headers={name.lower(): value for name, value in row["headers"].items()}
        | {"content-type": "application/x-www-form-urlencoded"},
        body=(row["body"] or "").encode(),
        received_at=datetime.fromtimestamp(row["now"], UTC),
    )
    channel = CASE.open(signing_secret=row["secret"])
    if row["valid"]:
        channel.check(hook)
    else:
        with pytest.raises(BadSignature):
            channel.check(hook)


def test_there_are_as_many_vectors_as_we_know_of() -> None:
    assert (len(SIGNATURES), len(envelopes())) == (7, 33)


@pytest.mark.parametrize("whole", envelopes())
def test_an_event_is_read_to_what_it_holds_or_passed_over_and_named(whole: dict[str, Any]) -> None:
    event = whole.get("event") or {}
    reading = CASE.open(colleagues=True).read(hook_of(json.dumps(whole).encode()))
    if not is_a_person_s(event):
        assert reading.events == ()
        assert reading.skipped
        return
    [found] = reading.events
    channel = event.get("channel") or event["item"]["channel"]
    match found:
        case MessageIn():
            assert found.text.replace("@", "") == event["text"].replace("<@", "").replace(">", "")
            assert found.external_id == f"{channel}:{event['ts']}"
            assert f"/{event['user']}/" in found.address
            assert [one.name for one in found.attachments] == [one["name"] for one in event.get("files", [])]
            thread = event.get("thread_ts")
            assert found.reply_to == (f"{channel}:{thread}" if thread else "")
        case Edited():
            ts = event["message"].get("ts") or event["previous_message"]["ts"]
            assert (found.text, found.external_id) == (event["message"]["text"], f"{channel}:{ts}")
        case Deleted():
            assert found.external_id == f"{channel}:{event['deleted_ts']}"
        case Reacted():
            assert (found.external_id, found.emoji) == (f"{channel}:{event['item']['ts']}", "😍")
        case _:
            raise AssertionError(found)


def is_a_person_s(event: dict[str, Any]) -> bool:
    """Whether the payload holds what a person wrote, changed, took back or reacted with."""
    subtype = event.get("subtype", "")
    said = {"message_changed": event.get("message"), "message_deleted": event.get("previous_message")}
    writer = said.get(subtype, event) or {}
    if writer.get("bot_id") or not writer.get("user"):
        return False
    if event["type"] == "reaction_added":
        return True
    return event["type"] in ("message", "app_mention") and subtype in (*WRITTEN, *said)
