"""The house's marks as Telegram's entities, and back; both count UTF-16 units (bots/api#messageentity)."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final

from bots.marks import Kind, Span, marked, runs

Json = dict[str, Any]

ENTITIES: Final[dict[Kind, str]] = {
    "bold": "bold",
    "italic": "italic",
    "struck": "strikethrough",
    "code": "code",
    "block": "pre",
}
_KINDS: Final = {name: kind for kind, name in ENTITIES.items()}


def formatted(text: str) -> tuple[str, list[Json]]:
    """Take the marks out of *text*: the words, and entities as Telegram documents them.

    Code in bold is code alone, for Telegram allows nothing else over it.
    """
    pieces: list[str] = []
    made: list[Json] = []
    last: dict[Kind, Json] = {}
    at = 0
    for words, kinds in runs(text):
        size = units(words)
        for kind in [one for one in kinds if one in ("code", "block")] or kinds:
            known = last.get(kind)
            if known is not None and known["offset"] + known["length"] == at:
                known["length"] += size
            else:
                last[kind] = {"type": ENTITIES[kind], "offset": at, "length": size}
                made.append(last[kind])
        pieces.append(words)
        at += size
    return "".join(pieces), made


def units(text: str) -> int:
    """Count the UTF-16 units of *text*."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def with_marks(text: str, entities: Sequence[Json]) -> str:
    """Put marks and the addresses of hidden links into what a customer wrote."""
    starts = [0, *accumulate(2 if letter > "\uffff" else 1 for letter in text)]

    def ends(entity: Json) -> tuple[int, int]:
        begin, length = entity["offset"], entity["length"]
        return bisect_left(starts, begin, hi=len(text)), bisect_left(starts, begin + length, hi=len(text))

    added = sorted(
        (end, f" ({entity['url']})")
        for entity in entities
        if entity.get("type") == "text_link" and entity.get("url")
        for begin, end in [ends(entity)]
        if text[begin:end].strip() != entity["url"]
    )
    places = [place for place, _ in added]
    sizes = [0, *accumulate(len(words) for _, words in added)]
    spans = [
        Span(
            kind=_KINDS[entity["type"]],
            start=begin + sizes[bisect_right(places, begin)],
            end=end + sizes[bisect_left(places, end)],
        )
        for entity in entities
        if entity.get("type") in _KINDS
        for begin, end in [ends(entity)]
        if begin < end
    ]
    pieces, at = [], 0
    for place, words in added:
        pieces += [text[at:place], words]
        at = place
    return marked("".join([*pieces, text[at:]]), spans)
