"""Words as they are compared: case and accents ignored, in any script.

Accents are the marks that writers leave out: those of Latin, Greek and Cyrillic letters and the vowel
points of Hebrew and Arabic, by their canonical combining class (Unicode Standard, chapter 4.3). Marks
that make another letter stay: vowel signs of India and Southeast Asia, the voicing of kana.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

PLAIN: Final = re.compile(r"[a-z0-9]+")
# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han. Each letter is a word there.
UNSPACED: Final = re.compile("[฀-໿က-႟ក-៿ぁ-ヿ㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]")
STROKES: Final = str.maketrans("øłđħıŧ", "oldhit")  # accents to their readers, letters to Unicode


@lru_cache(maxsize=1 << 10)
def folded(text: str) -> str:
    """Give a text as its words between single spaces, one at each end; "" for a text without words.

    A phrase is in a text if ``folded(phrase) in folded(text)``; a word is never part of a longer one.
    Pictures are words too.
    """
    if text.isascii():
        words = PLAIN.findall(text.lower())
    else:
        words = [word for piece in text.split() for word in _words(piece)]
    return f" {' '.join(words)} " if words else ""


@lru_cache(maxsize=1 << 14)
def _words(piece: str) -> tuple[str, ...]:
    """Give the words of what stands between two spaces; most pieces have been seen before."""
    if piece.isascii():
        return tuple(PLAIN.findall(piece.lower()))
    bare = (one for one in unicodedata.normalize("NFKD", piece).casefold() if not _is_accent(one))
    spaced: list[str] = []
    for one in unicodedata.normalize("NFC", "".join(bare)).translate(STROKES):
        kind = unicodedata.category(one)
        if kind[0] == "M":
            spaced.append(one if spaced and spaced[-1] != " " else "")
        elif kind == "So" or UNSPACED.match(one):
            spaced += (" ", one)
        elif kind[0] in "LN":
            if spaced and UNSPACED.match(spaced[-1] or " "):
                spaced.append(" ")
            spaced.append(one)
        elif kind != "Cf":
            spaced.append(" ")
    return tuple("".join(spaced).split())


def _is_accent(one: str) -> bool:
    place = unicodedata.combining(one)
    return place >= 200 or 10 <= place <= 36 or "\ufe00" <= one <= "\ufe0f"  # how a picture is drawn
