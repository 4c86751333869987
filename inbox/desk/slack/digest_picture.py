"""The picture of a week of touches: bars by day, what went out and what is to come, with numbers."""

import io
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from inbox.desk.slack import phrases
from inbox.desk.slack.touch_words import say
from inbox.touches.digest import Bars, Digest

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SIZE: Final = (1200, 560)
LEFT, TOP, RIGHT, FLOOR = 48, 120, 1152, 470
INK, SOFT, LINE, OUT, COMING = "#1c1b18", "#57534a", "#d6d1c4", "#1d4c8f", "#dbe6f5"


def picture(digest: Digest, language: str) -> bytes:
    """Draw it as a PNG, in *language*; colours differ in lightness too, and every bar has its number."""
    from PIL import Image, ImageDraw  # three MiB, for one picture a week

    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.text((LEFT, 26), say(language, "by_day"), fill=INK, font=_font(36))
    _legend(draw, language)
    bars = (*digest.out, *digest.coming)
    most = max((number for _, number in bars), default=0) or 1
    width = (RIGHT - LEFT) / len(bars)
    for at, (day, number) in enumerate(bars):
        gone = at < len(digest.out)
        middle = LEFT + width * (at + 0.5)
        top = FLOOR - (FLOOR - TOP - 40) * number / most
        box = (middle - width * 0.32, top, middle + width * 0.32, FLOOR)
        if number:
            draw.rectangle(box, fill=OUT if gone else COMING, outline=OUT, width=3)
        _middle(draw, middle, top - 34, phrases.number(number, language), 26, INK)
        _middle(draw, middle, FLOOR + 14, phrases.weekday(day, language), 26, INK)
        first = at in (0, len(digest.out)) or day.day == 1
        under = phrases.short_day(day, language) if first else f"{day.day}"
        _middle(draw, middle, FLOOR + 46, under, 22, SOFT)
    draw.line((LEFT, FLOOR, RIGHT, FLOOR), fill=INK, width=2)
    middle = LEFT + width * len(digest.out)
    draw.line((middle, TOP - 10, middle, FLOOR + 70), fill=LINE, width=3)
    kept = io.BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def alt(digest: Digest, language: str) -> str:
    """Say what the picture shows, number by number."""
    return say(language, "bars", out=_said(digest.out, language), coming=_said(digest.coming, language))


def _said(bars: Bars, language: str) -> str:
    return ", ".join(f"{phrases.day(day, language)} {phrases.number(count, language)}" for day, count in bars)


def _legend(draw: "ImageDraw", language: str) -> None:
    x: float = LEFT
    for fill, key in ((OUT, "went_out"), (COMING, "to_come")):
        text = say(language, key)
        draw.rectangle((x, 82, x + 26, 108), fill=fill, outline=OUT, width=3)
        draw.text((x + 36, 80), text, fill=INK, font=_font(26))
        x += 36 + draw.textlength(text, font=_font(26)) + 36


def _middle(draw: "ImageDraw", x: float, y: float, text: str, size: int, fill: str) -> None:
    font = _font(size)
    draw.text((x - draw.textlength(text, font=font) / 2, y), text, fill=fill, font=font)


@cache
def _font(size: int) -> Any:
    """Read Fira Sans, as letters are written in: what comes with PIL has no á."""
    from fontpkg_fira_sans import ROOT  # type: ignore[import-untyped]
    from PIL import ImageFont

    return ImageFont.truetype(ROOT / "files" / "FiraSans-Regular.ttf", size)
