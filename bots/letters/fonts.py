"""The letters' font, embedded: Fira Sans (OFL-1.1), which has Latin, Cyrillic and Greek."""

import re
import unicodedata
from typing import Final

from fontpkg_fira_sans import ROOT  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.fonts import TTFFont

from bots.errors import Refused

FAMILY: Final = "Letter"
STYLES: Final = {"": "Regular", "B": "Bold", "I": "Italic", "BI": "BoldItalic"}
PICTURES: Final = frozenset({"So", "Sk", "Cf", "Cs", "Mn", "Me"})
"""Kinds of signs that a letter does without: emoji, and what joins and colours them."""
MOST_SHOWN: Final = 10
GONE: Final = "\x00"
"""Stands where a sign was left out."""
LOOSE: Final = re.compile(r" ?\x00+(?=[\s!?.,;:)]|$)")
"""The space before an emoji at the end of something goes with it."""


def add_fonts(pdf: FPDF) -> None:
    """Make the font known to *pdf*; only the signs that are used are put into the file."""
    for style, name in STYLES.items():
        pdf.add_font(FAMILY, style, ROOT / "files" / f"FiraSans-{name}.ttf")


def printable(pdf: FPDF, text: str) -> str:
    """Leave out emoji that the font does not have; raises Refused where letters would be missing."""
    font = pdf.fonts[FAMILY.lower()]
    known = font.cmap if isinstance(font, TTFFont) else {}
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", "    "))
    kept, missing = [], []
    for sign in text:
        kind = unicodedata.category(sign)
        if sign == "\n" or (ord(sign) in known and kind != "Cf"):
            kept.append(sign)
        elif kind == "Zs":
            kept.append(" ")
        elif kind in PICTURES or not sign.isprintable():
            kept.append(GONE)
        else:
            missing.append(sign)
    if missing:
        shown = " ".join(dict.fromkeys(missing[:MOST_SHOWN]))
        raise Refused(
            f"Letters are printed in Latin, Cyrillic or Greek; these cannot be: {shown}", code="font"
        )
    return LOOSE.sub("", "".join(kept)).replace(GONE, "")
