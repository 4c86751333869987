"""What a channel can do, as a person reads it: one line an ability, from its spec."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bots.channel import AttachmentKind, Spec

NO: Final = "-"
UNITS: Final = {"characters": "characters", "utf16": "UTF-16 units", "bytes": "bytes"}
FILES: Final[tuple[AttachmentKind, ...]] = ("image", "audio", "voice", "video", "document", "sticker")


def abilities(spec: Spec) -> Mapping[str, str]:
    """Name every ability of a channel with its measure; a dash where it has it not."""
    return {
        "kind": spec.kind,
        "addresses": f"{spec.scheme}:",
        "writes": _yes(spec.writes),
        "calls": _yes(spec.calls),
        "text": f"{spec.text_limit:,} {UNITS[spec.text_unit]}" if spec.writes else NO,
        "formatting": _yes(spec.formats),
        "subject": _yes(spec.threads),
        "files at once": str(spec.media_per_message) if spec.media_sizes else NO,
        "with words": f"{spec.caption_limit:,}" if spec.caption_limit else NO,
        **{kind: _size(spec.media_sizes.get(kind)) for kind in FILES},
        "messages a second": f"{spec.rate:g}",
        "and to one": f"{spec.rate_per_address:g}" if spec.rate_per_address else NO,
        "most in a day": f"{spec.a_day:,}" if spec.a_day else NO,
        "window": _span(spec.window),
        "for agents": _span(max(spec.window, spec.human_window or spec.window) if spec.window else None),
        "templates": _templates(spec),
        "edits": _yes(spec.edits),
        "takes back": _yes(spec.deletes),
        "reactions": _reactions(spec),
        "arrived marks": _yes(spec.receipts),
        "read marks": _yes(spec.reads),
        "shows typing": _yes(spec.typing),
        "shows reading": _yes(spec.marks_read),
        "looks up": _yes(spec.looks_up),
    }


def _yes(has: bool) -> str:
    return "yes" if has else NO


def _size(size: int | None) -> str:
    if size is None:
        return NO
    unit, name = (1_000_000, "MB") if size >= 1_000_000 else (1_000, "kB")
    return f"{round(size / unit, 1):g} {name}"


def _span(time: timedelta | None) -> str:
    if time is None:
        return "always"
    hours = round(time.total_seconds() / 3600)
    return f"{hours // 24} days" if hours % 24 == 0 and hours > 24 else f"{hours} h"


def _templates(spec: Spec) -> str:
    if spec.templates is None:
        return NO
    names = {name for each in spec.templates.values() for name in each}
    return f"{len(names)} in {len(spec.templates)} languages" if names else "none yet"


def _reactions(spec: Spec) -> str:
    return f"{len(spec.reactions)} emoji" if spec.reactions else NO
