"""Slack's markup to words in the house's marks and back; what a customer wrote is never markup."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bots.marks import Kind, Span, marked, plain

NAME_LENGTH = 60
_ENTITY = re.compile(r"<([^<>\n]+)>")
_STYLES: Mapping[str, Kind] = {"bold": "bold", "italic": "italic", "strike": "struck", "code": "code"}
_SHORTCODE = re.compile(r":([a-z0-9_+\-]+):(?::skin-tone-([2-6]):)?")
_TONES = {"2": "\U0001f3fb", "3": "\U0001f3fc", "4": "\U0001f3fd", "5": "\U0001f3fe", "6": "\U0001f3ff"}
# The names people type most; in `blocks` Slack gives the character itself, so this is the fallback.
_EMOJI = {
    "smile": "😄", "slightly_smiling_face": "🙂", "grinning": "😀", "smiley": "😃", "joy": "😂",
    "wink": "😉", "blush": "😊", "heart_eyes": "😍", "thinking_face": "🤔", "cry": "😢", "sob": "😭",
    "disappointed": "😞", "angry": "😠", "sunglasses": "😎", "sweat_smile": "😅", "laughing": "😆",
    "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "wave": "👋", "clap": "👏",
    "pray": "🙏", "ok_hand": "👌", "muscle": "💪", "raised_hands": "🙌", "point_right": "👉",
    "heart": "❤️", "broken_heart": "💔", "tada": "🎉", "birthday": "🎂", "gift": "🎁", "fire": "🔥",
    "star": "⭐", "sparkles": "✨", "rocket": "🚀", "eyes": "👀", "warning": "⚠️", "x": "❌",
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "hourglass": "⌛", "phone": "☎️",
    "email": "📧", "package": "📦", "truck": "🚚", "house": "🏠", "sunny": "☀️", "rose": "🌹",
}  # fmt: skip

Names = Callable[[str], str]


def escape(text: str) -> str:
    """Escape the three characters that Slack reads as markup (docs: formatting, escaping text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def literal(text: str) -> str:
    """Keep mrkdwn from styling a quote: a zero-width space after each character that could begin it."""
    return "".join(f"{sign}\u200b" if sign in "*_~`:@#" else sign for sign in text)


def name(text: str) -> str:
    """Make a name safe in mrkdwn: one line, no markup, at most 60 characters, never empty."""
    bare = " ".join(re.sub(r"[*_~`<>&:|@#!\x00-\x1f]", " ", text).split())
    return bare[:NAME_LENGTH].strip() or "somebody"


def clock(instant: datetime, form: str = "{time}") -> str:
    """Write an instant so that each reader sees it in their own zone."""
    fallback = f"{instant.astimezone(UTC):%H:%M} UTC"
    return f"<!date^{int(instant.timestamp())}^{form}|{fallback}>"


def shortened(text: str, limit: int) -> str:
    """Put *text* on one line of at most *limit* characters, without the house's marks."""
    line = " ".join(plain(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def from_markup(text: str, names: Names) -> str:
    """Turn mrkdwn, as in a message's `text`, into words in the house's marks, which are Slack's own."""

    def entity(found: re.Match[str]) -> str:
        return _entity(found.group(1), names)

    return unescape(_SHORTCODE.sub(_emoji, _ENTITY.sub(entity, text))).strip()


def _entity(inside: str, names: Names) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return names(target[1:])
    if target.startswith("#"):
        return f"#{label}" if label else "a Slack channel"
    if target.startswith("!"):
        return label or "@" + target[1:].partition("^")[0]
    return _link(target, label)


def _link(target: str, label: str) -> str:
    bare = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (bare, target) or label == re.sub(r"^https?://", "", bare):
        return bare
    return f"{label} ({bare})"


def emoji(name: str) -> str:
    """Write a reaction's name, like `+1` or `+1::skin-tone-3`, as its character; empty if we know none."""
    bare = name.partition("::")[0]
    return _EMOJI.get(bare, "")


def _emoji(found: re.Match[str]) -> str:
    character = _EMOJI.get(found.group(1))
    return found.group(0) if character is None else character + _TONES.get(found.group(2) or "", "")


def from_blocks(blocks: Sequence[Mapping[str, Any]], names: Names) -> str | None:
    """Turn what the message box sent (`rich_text`) into words with marks; None if it is not that."""
    if not blocks or any(block.get("type") != "rich_text" for block in blocks):
        return None
    parts = [_part(part, names) for block in blocks for part in block.get("elements", ())]
    return "\n".join(part for part in parts if part).strip()


def _part(part: Mapping[str, Any], names: Names) -> str:
    elements = part.get("elements", ())
    match part.get("type"):
        case "rich_text_list":
            return _list(part, names)
        case "rich_text_quote":
            return "\n".join(f"> {line}" for line in _inline(elements, names).splitlines())
        case "rich_text_preformatted":
            said = "".join(_element(element, names) for element in elements)
            return marked(said, [Span(kind="block", start=0, end=len(said))])
        case _:
            return _inline(elements, names).removesuffix("\n")


def _list(part: Mapping[str, Any], names: Names) -> str:
    ordered, indent, offset = part.get("style") == "ordered", part.get("indent", 0), part.get("offset", 0)
    lines = []
    for number, element in enumerate(part.get("elements", ()), start=1 + offset):
        sign = f"{number}." if ordered else "-"
        lines.append("  " * indent + f"{sign} {_inline(element.get('elements', ()), names)}")
    return "\n".join(lines)


def _inline(elements: Sequence[Mapping[str, Any]], names: Names) -> str:
    said, spans = "", list[Span]()
    for element in elements:
        piece = _element(element, names)
        style = element.get("style") or {}
        kinds = [kind for name, kind in _STYLES.items() if isinstance(style, Mapping) and style.get(name)]
        spans += [Span(kind=kind, start=len(said), end=len(said) + len(piece)) for kind in kinds]
        said += piece
    return marked(said, spans)


def _element(element: Mapping[str, Any], names: Names) -> str:
    match element.get("type"):
        case "text":
            return str(element.get("text", ""))
        case "emoji":
            return _character(element)
        case "link":
            return _link(str(element.get("url", "")), str(element.get("text", "")))
        case "user":
            return names(str(element.get("user_id", "")))
        case "channel":
            return "a Slack channel"
        case "broadcast":
            return f"@{element.get('range', 'channel')}"
        case "date":
            return str(element.get("fallback", ""))
        case _:
            return ""


def _character(element: Mapping[str, Any]) -> str:
    """Slack writes an emoji's code points as hexadecimal numbers joined by hyphens."""
    try:
        return "".join(chr(int(point, 16)) for point in str(element["unicode"]).split("-"))
    except (KeyError, ValueError, OverflowError):
        shortcode = f":{element.get('name', '')}:"
        return _SHORTCODE.sub(_emoji, shortcode)
