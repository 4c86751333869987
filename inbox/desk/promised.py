"""What is said of a promise in a log or a thread: one sentence for each thing that befalls it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

KINDS: Final = (
    "promise_made",
    "promise_kept",
    "promise_broken",
    "promise_withdrawn",
    "promise_moved",
)
Piece = str | datetime
"""Words, or an instant that each face writes in its reader's zone."""


def pieces(kind: str, who: str, data: Mapping[str, Any]) -> Sequence[Piece]:
    """Say what befell a promise; *who* did it."""
    text, due, was = f"“{data.get('text', '')}”", _instant(data, "due_at"), _instant(data, "was_due_at")
    owner = str(data.get("owner") or who)
    match kind:
        case "promise_made":
            return f"{who} promised {text} by ", due, f"; {owner} keeps it." if owner != who else "."
        case "promise_kept":
            return (f"{who} kept the promise {text}{', late' if data.get('late') else ''}.",)
        case "promise_broken":
            return f"{who} said that the promise {text} was not kept; it was due ", due, "."
        case "promise_withdrawn":
            return (f"{who} took back the promise {text} before it was due.",)
        case "promise_moved" if data.get("to"):
            return f"The promise {text}, due ", due, f", is now {data['to']}’s to keep."
        case _:
            return f"{who} moved the promise {text} to ", due, "; it was due ", was, "."


def said(kind: str, who: str, data: Mapping[str, Any], zone: tzinfo = UTC) -> str:
    """Say it in plain words, with the times in *zone*."""
    return "".join(one if isinstance(one, str) else written(one, zone) for one in pieces(kind, who, data))


def along(data: Mapping[str, Any]) -> str:
    """Say which promises go along with a conversation that is handed over; empty where none does."""
    texts = data.get("promises") or ()
    if not texts:
        return ""
    return f" (with the promise{'s' if len(texts) > 1 else ''}: {'; '.join(map(str, texts))})"


def written(at: datetime, zone: tzinfo = UTC) -> str:
    """Write an instant: Fri 27 Nov 17:00, with the zone where it is nobody's own."""
    here = at.astimezone(zone)
    return f"{here:%a} {here.day} {here:%b %H:%M}{' UTC' if zone is UTC else ''}"


def _instant(data: Mapping[str, Any], name: str) -> Piece:
    try:
        return datetime.fromisoformat(str(data.get(name)))
    except ValueError:
        return "a time that is not known"
