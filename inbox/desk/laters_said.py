"""What is said of messages to be sent later, and of answers over another channel, in a log or a thread."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from inbox.desk.promised import Piece, written

MADE: Final = "later_made"
REFUSED: Final = "later_refused"
STOPPED: Final = "later_stopped"
KINDS: Final = (MADE, "later_changed", "later_cancelled", STOPPED, REFUSED, "sent_elsewhere", "tagged")


def pieces(kind: str, who: str, data: Mapping[str, Any]) -> Sequence[Piece]:
    """Say what befell it; *who* did it."""
    text, at, why = f"“{data.get('text', '')}”", _instant(data), str(data.get("why", "")).rstrip(". ")
    match kind:
        case "later_made":
            return f"{who} wrote {text}; it is sent ", at, "."
        case "later_changed":
            return f"{who} changed what is sent ", at, f": {text}."
        case "later_cancelled":
            return f"{who} cancelled what was to be sent ", at, f": {text}."
        case "later_stopped":
            return f"Not sent, for {why}: what {data.get('by')} wrote for ", at, f", {text}."
        case "later_refused":
            return "What was to be sent ", at, f" was not, {data.get('by')}: {text}. {why}."
        case "sent_elsewhere":
            return (f"{who} answered over {data.get('channel')}.",)
        case _:
            return (_tagged(who, data),)


def said(kind: str, who: str, data: Mapping[str, Any], zone: tzinfo = UTC) -> str:
    """Say it in plain words, with the time in *zone*."""
    return "".join(one if isinstance(one, str) else written(one, zone) for one in pieces(kind, who, data))


def _tagged(who: str, data: Mapping[str, Any]) -> str:
    on, off = (", ".join(map(str, data.get(name) or ())) for name in ("tags", "without"))
    parts = [f"tagged this {on}"] if on else []
    parts += [f"took the tag{'s' if ', ' in off else ''} {off} off"] if off else []
    return f"{who} {' and '.join(parts)}."


def _instant(data: Mapping[str, Any]) -> Piece:
    try:
        return datetime.fromisoformat(str(data.get("at")))
    except ValueError:
        return "at a time that is not known"
