"""What a message looks like to its visitor, as plain values for the page and for its script."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from inbox.style.formatting import told
from storage.chat import ChatMessage
from storage.rows import AttachmentRow
from storage.statuses import DELIVERED, READ

Link = Callable[[int], str]
Shown = dict[str, Any]


def shown(message: ChatMessage, visitor: str, link: Link) -> Shown:
    """Tell one message; ids are texts, for JavaScript cannot count that far."""
    seen = "read" if message.seen else "delivered" if message.status in (DELIVERED, READ) else "sent"
    return {
        "id": str(message.id),
        "key": message.external_id.removeprefix(f"{visitor}:") if message.mine else "",
        "mine": message.mine,
        "who": message.agent_name,
        "automatic": not message.mine and not message.agent_name,
        "text": message.text,
        "runs": told(message.text),
        "at": _told(message.at),
        "edited": _told(message.edited_at),
        "deleted": _told(message.deleted_at),
        "seen": seen,
        "receipts": list(message.keys),
        "files": [_file(one, link) for one in message.files],
    }


def answering(messages: Sequence[ChatMessage]) -> Shown:
    """Say which of us wrote last and whether they are there."""
    for message in reversed(messages):
        if message.agent_name:
            return {"name": message.agent_name, "here": message.agent_here}
    return {"name": "", "here": False}


def initials(name: str) -> str:
    """Make at most two letters of a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()


def _file(row: AttachmentRow, link: Link) -> Shown:
    here = row.state == "kept" and bool(row.path)
    return {
        "name": row.name,
        "kind": row.kind,
        "size": row.size or 0,
        "state": row.state,
        "url": link(row.id) if here else "",
        "small": f"{link(row.id)}&small=1" if here and row.kind == "image" else "",
        "key": str(row.id),
    }


def _told(instant: datetime | None) -> str:
    return "" if instant is None else instant.isoformat(timespec="milliseconds")
