"""The payloads of Messenger and Instagram that others collected, each in Meta's envelope."""

import json
from pathlib import Path
from typing import Any

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
