"""Cutting what we say into what a channel carries, in order, without breaking a word, an emoji or a link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from bots.channel import Spec
from bots.marks import marked, plain, spans
from bots.spans import links

if TYPE_CHECKING:
    from re import Pattern

SPACES: Final = (" ", "\n", "\t", "\u3000")
LOOK_AHEAD: Final = 64
"""Characters of one emoji: what is longer is cut like anything else."""
TRIES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What goes into one call: text, and the keys of the files that go with it."""

    text: str = ""
    files: tuple[int, ...] = ()


def length(text: str, unit: str) -> int:
    """Measure *text* in a channel's unit: characters, utf16 or bytes."""
    if unit == "utf16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text.encode("utf-8", "surrogatepass")) if unit == "bytes" else len(text)


def sent_length(text: str, spec: Spec) -> int:
    """Measure what the channel sends of *text*, in its unit: without the marks, where it shows none."""
    return length(text if spec.formats else plain(text), spec.text_unit)


def parts_of(text: str, files: Sequence[int], spec: Spec) -> list[Part]:
    """Plan the calls of one message: text before files, together where the channel can."""
    texts = split(text, spec.text_limit, spec.text_unit, formats=spec.formats) if text else []
    together = max(spec.media_per_message, 1)
    groups = [tuple(files[at : at + together]) for at in range(0, len(files), together)]
    carries = together > 1 or (spec.caption_limit and sent_length(text, spec) <= spec.caption_limit)
    if texts and groups and carries:
        *before, last = texts
        first, *after = groups
        return [
            *(Part(text=part) for part in before),
            Part(text=last, files=first),
            *(Part(files=group) for group in after),
        ]
    return [*(Part(text=part) for part in texts), *(Part(files=group) for group in groups)]


def split(text: str, limit: int, unit: str = "characters", *, formats: bool = True) -> list[str]:
    """Cut *text* at paragraphs, lines, spaces, and only then within a word; nothing visible is lost.

    What is bold across a cut is bold in both parts. Marks count where the channel *formats*, else not.
    """
    if length(text if formats else plain(text), unit) <= limit:
        return [text] if text else []
    cutter = _Cutter(text, limit, unit, formats=formats)
    parts, start = [], 0
    while start < len(cutter.text):
        end = cutter.end(start)
        if part := cutter.part(start, end):
            parts.append(part)
        start = end
        while start < len(cutter.text) and cutter.text[start].isspace():
            start += 1
    return parts


class _Cutter:
    """One text on its way into parts: places are those of its plain *text*."""

    def __init__(self, text: str, limit: int, unit: str, *, formats: bool) -> None:
        self.text, self.spans = spans(text)
        self.links = list(links(self.text))
        self.limit, self.unit, self.formats = limit, unit, formats

    def sent(self, part: str) -> int:
        """Measure what is sent of a part."""
        return length(part if self.formats else plain(part), self.unit)

    def part(self, start: int, end: int) -> str:
        """Write the text from *start* to *end* with its marks; without them where they make it too long."""
        words = self.text[start:end].rstrip()
        made = self.marked(start, start + len(words))
        return made if self.sent(made) <= self.limit else words

    def marked(self, start: int, end: int) -> str:
        """Write the text from *start* to *end* with marks for what of the spans lies there."""
        inside = [
            replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)
            for span in self.spans
            if span.start < end and span.end > start
        ]
        return marked(self.text[start:end], inside)

    def end(self, start: int) -> int:
        """Say where the part that begins at *start* ends."""
        reach = self.reach(start)
        if reach == len(self.text) or self.text[reach].isspace():
            return reach
        half = start + (reach - start) // 2
        for mark in ("\n\n", "\n"):
            if (at := self.text.rfind(mark, start, reach)) > half:
                return at
        if (at := max(self.text.rfind(space, start, reach) for space in SPACES)) > start:
            return at
        return self.within_a_word(start, reach)

    def reach(self, start: int) -> int:
        """Find the farthest end within the limit; at least one character goes along."""
        low, high = start + 1, min(len(self.text), start + self.limit)
        while low < high:
            middle = (low + high + 1) // 2
            if self.sent(self.marked(start, middle)) <= self.limit:
                low = middle
            else:
                high = middle - 1
        return low

    def within_a_word(self, start: int, reach: int) -> int:
        """Cut before a link that fits a part, else after a whole emoji, and where no sign becomes a mark."""
        for begin, end in self.links:
            if begin < reach < end and start < begin and self.sent(self.text[begin:end]) <= self.limit:
                return begin
        cut = whole(self.text, start, reach)
        for _ in range(TRIES):
            if cut <= start + 1 or plain(self.marked(start, cut)) == self.text[start:cut]:
                return cut
            cut = whole(self.text, start, cut - 1)
        return whole(self.text, start, reach)


def whole(text: str, start: int, end: int) -> int:
    """Say where the last whole character as people see it, from *start*, ends at or before *end*.

    Flags, families, skin tones, keycaps and accents are one each (UAX 29's grapheme clusters).
    """
    window = text[start : end + LOOK_AHEAD]
    last = 0
    for match in _clusters().finditer(window):
        if match.end() > end - start:
            break
        last = match.end()
    return start + last if last else end


@cache
def _clusters() -> "Pattern[str]":
    import regex  # type: ignore[import-untyped]  # only a text that is too long is looked at so

    clusters: Pattern[str] = regex.compile(r"\X")
    return clusters
