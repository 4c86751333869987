"""The payloads of Messenger and Instagram that others collected, each in Meta's envelope."""

import json
from pathlib import Path
from typing import Any

from bots.channel import Deleted, Echoed, MessageIn, Receipt
from tests.bots.contract import Case
from tests.bots.meta_page_hooks import sign

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"
ABSENT = "the vectors are not beside the project"


def rows(kind: str) -> list[dict[str, Any]]:
    """List the payloads of one channel, without those that are no hook of Meta's; empty where absent."""
    if not VECTORS.is_dir():
        return []
    found = json.loads((VECTORS / "fixtures_other.json").read_text())
    return [row for row in found if row["channel"] == kind]


def enveloped(payload: Any) -> dict[str, Any]:
    """Put factory values in, and the envelope around a bare event or a list of entries."""
    value = filled(payload)
    if "params" in value:
        value = {"messaging": [value["params"] | {"sender": {"id": "sender_id of the factory"}}]}
    if "entry" in value:
        return dict(value)
    held = value["messaging"]
    entries = held if isinstance(held, list) and "messaging" in held[0] else [{"messaging": held}]
    return {"entry": entries}


def filled(value: Any) -> Any:
    """Put a text for each value that a factory would give."""
    match value:
        case {"$ruby": name}:
            return f"{name} of the factory"
        case dict():
            return {key: filled(held) for key, held in value.items()}
        case list():
            return [filled(held) for held in value]
        case _:
            return value


def items(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """List the items of `messaging`, in either form."""
    found = []
    for entry in whole["entry"]:
        held = entry.get("messaging", [])
        found += held if isinstance(held, list) else [held]
        found += [change["value"] for change in entry.get("changes", [])]
    return found


def files(message: dict[str, Any]) -> list[str]:
    """List the addresses of the files that a message holds, its story included."""
    found = []
    for one in message.get("attachments", []):
        held = one.get("payload", {})
        found += [held[name] for name in ("url", "story_media_url") if name in held]
    story = message.get("reply_to", {}).get("story")
    return [*found, story["url"]] if story else found


def read_without_loss(case: Case, payload: dict[str, Any]) -> None:
    """Claim that a *payload* of somebody else's tests is read to all that it holds."""
    whole = enveloped(payload)
    reading = case.open(account_id="").read(sign(json.dumps(whole).encode()))
    found = list(reading.events)
    for item in items(whole):
        if not item["sender"]:
            assert reading.skipped == ("message that tells nothing",)
            continue
        told = found.pop(0)
        customer = item["recipient" if "is_echo" in item.get("message", {}) else "sender"]["id"]
        assert getattr(told, "address", "") == f"{case.kind}:{customer}"
        message = item.get("message", {})
        match told:
            case MessageIn() | Echoed():
                assert told.text.startswith(message.get("text", ""))
                assert told.text or told.attachments
                assert told.external_id == message.get("mid", told.external_id)
                assert [file.ref for file in told.attachments] == files(message)
                title = next((one["payload"].get("title", "") for one in message.get("attachments", [])), "")
                assert title in told.text
                answered = message.get("reply_to", {}).get("mid", "")
                assert getattr(told, "reply_to", "") == answered
            case Deleted():
                assert message["is_deleted"]
                assert told.external_id == message["mid"]
            case Receipt():
                mark = item.get("read") or item["delivery"]
                assert told.external_id == mark.get("mid", "")
                assert (told.up_to is not None) == ("watermark" in mark)
            case _:
                raise AssertionError(told)
    assert found == []
    for entry in whole["entry"]:
        assert reading.skipped.count("standby") == len(entry.get("standby", []))
