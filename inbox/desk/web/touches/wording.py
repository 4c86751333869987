"""The wording: each text in each language as a customer reads it, with a sample and with its fallbacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from bots.marks import plain
from bots.sms.segments import count as count_segments
from config.one_text import OneText
from config.telling import Money
from config.wording import Missing, Wording
from inbox.desk.names import shown_language
from inbox.desk.web.site import Visit
from inbox.desk.web.touches.ground import ground, shown
from routing.touch import Touch

SAMPLE: Final[Mapping[str, Any]] = {
    "name": "Marta Figueiredo",
    "order": "10455",
    "goods": "two blue bowls",
    "total": Money(minor=4250, currency="EUR"),
    "day": datetime(2026, 11, 20, 12, tzinfo=UTC),
    "years": 3,
    "agent": "Tiago Ramos",
    "link": "https://example.com/p/7f3a",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One text rendered; *sms* says how many SMS it takes, *dear* which character makes each one short."""

    text: str
    missing: str = ""
    sms: int = 0
    dear: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """One text of one language: for which channels, with a sample, and with nothing known."""

    label: str
    language: str
    code: str
    kind: str
    sample: Shown
    bare: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsOf:
    """All texts of one kind of touch, and the languages it has none in."""

    key: str
    name: str
    texts: Sequence[TextView]
    missing: Sequence[str]


async def wording(visit: Visit) -> web.StreamResponse:
    """Show all texts."""
    stands = await ground(visit)
    words = stands.rules.wording
    tongues = sorted({text.language for text in words.texts.values()} | {words.language})
    made = [touch for touch in stands.rules.touches.values() if touch.key in stands.once]
    every = [*visit.app.first_word.book.every, *made]
    return await shown(
        visit,
        "wording",
        "wording",
        stands,
        words=[words_of(stands.rules.wording_of(touch.key), touch, tongues) for touch in every],
        own=shown_language(words.language),
    )


def words_of(words: Wording, touch: Touch, tongues: Sequence[str]) -> WordsOf:
    """Render the texts of one kind of touch."""
    names = {touch.wording, touch.belated} - {""}
    mine = sorted(
        (text for text in words.texts.values() if text.name in names),
        key=lambda text: (text.name != touch.wording, text.language, text.kind),
    )
    here = {text.language for text in mine}
    return WordsOf(
        key=touch.key,
        name=touch.name,
        texts=[_view(words, touch, text) for text in mine],
        missing=[shown_language(tongue) for tongue in tongues if tongue not in here],
    )


def _view(words: Wording, touch: Touch, text: OneText) -> TextView:
    return TextView(
        label=text.label,
        language=shown_language(text.language),
        code=text.language,
        kind=text.kind or "any channel",
        sample=_shown(words, touch, text, SAMPLE),
        bare=_shown(words, touch, text, {}),
    )


def _shown(words: Wording, touch: Touch, text: OneText, values: Mapping[str, Any]) -> Shown:
    """Render one text as its channel carries it; one for any channel as an SMS."""
    alone = replace(touch, wording=text.name, belated="")
    only = replace(words, texts={label: one for label, one in words.texts.items() if _beside(one, text)})
    try:
        told = only.render(alone, text.language, values, kind=text.kind or "sms")
    except Missing as missing:
        return Shown(text="", missing=missing.variable)
    if not text.kind and f"{text.label}.sms".lower() in words.texts:
        return Shown(text=told.text)
    size = count_segments(plain(told.text))
    return Shown(text=plain(told.text), sms=size.parts, dear=size.culprit)


def _beside(one: OneText, text: OneText) -> bool:
    """Leave the other texts of its name out, so that this very one is found."""
    return one.name != text.name or one == text
