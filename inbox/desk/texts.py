"""Cutting what we say into what a channel carries, in order, without breaking a word or a link."""

from collections.abc import Sequence
from dataclasses import dataclass

from bots.channel import Spec

JOINERS = ("\u200d", "\ufe0f", "\ufe0e")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What goes into one call: text, and the keys of the files that go with it."""

    text: str = ""
    files: tuple[int, ...] = ()


def length(text: str, unit: str) -> int:
    """Measure *text* in a channel's unit: characters, utf16 or bytes."""
    if unit == "utf16":
        return len(text.encode("utf-16-le")) // 2
    return len(text.encode()) if unit == "bytes" else len(text)


def split(text: str, limit: int, unit: str = "characters") -> list[str]:
    """Cut *text* at paragraphs, lines, spaces, and only then within a word; nothing visible is lost."""
    parts: list[str] = []
    rest = text
    while length(rest, unit) > limit:
        head = _longest(rest, limit, unit)
        cut = _cut(head, rest)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip() if rest[cut].isspace() else rest[cut:]
    return [part for part in [*parts, rest] if part]


def _cut(head: str, rest: str) -> int:
    """Say where to cut: at a paragraph or line in the second half, at any space, else in the word."""
    if rest[len(head)].isspace():
        return len(head)
    for mark in ("\n\n", "\n"):
        if (at := head.rfind(mark)) > len(head) // 2:
            return at
    at = max(head.rfind(" "), head.rfind("\n"))
    return at if at > 0 else len(head)


def _longest(text: str, limit: int, unit: str) -> str:
    """Return the longest start of *text* within *limit* that does not cut an emoji or an accent."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if length(text[:middle], unit) <= limit:
            low = middle
        else:
            high = middle - 1
    end = low
    while end > 1 and end < len(text) and _joins(text[end - 1], text[end]):
        end -= 1
    return text[: end if end > 1 else low]


def _joins(before: str, after: str) -> bool:
    skin = "\U0001f3fb" <= after <= "\U0001f3ff"
    mark = "\u0300" <= after <= "\u036f"
    return after in JOINERS or before == "\u200d" or skin or mark


def parts_of(text: str, files: Sequence[int], spec: Spec) -> list[Part]:
    """Plan the calls of one message: text before files, together where the channel can."""
    texts = split(text, spec.text_limit, spec.text_unit) if text else []
    together = max(spec.media_per_message, 1)
    groups = [tuple(files[at : at + together]) for at in range(0, len(files), together)]
    carries = together > 1 or (spec.caption_limit and length(text, spec.text_unit) <= spec.caption_limit)
    if texts and groups and carries:
        *before, last = texts
        first, *after = groups
        return [
            *(Part(text=part) for part in before),
            Part(text=last, files=first),
            *(Part(files=group) for group in after),
        ]
    return [*(Part(text=part) for part in texts), *(Part(files=group) for group in groups)]
