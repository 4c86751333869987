"""One letter as a PDF: fonts embedded, text as text, nothing that a printer could not print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fpdf import FPDF

from bots.errors import Refused
from bots.letters.fonts import FAMILY, add_fonts, printable
from bots.letters.layout import LAYOUTS, Layout
from bots.letters.pictures import Picture
from bots.letters.settings import Settings
from bots.letters.words import paragraphs
from bots.marks import plain

POINT: Final = 25.4 / 72
GREY: Final = 90
ADDRESS: Final = 10.5
SMALL: Final = 8.0
TINY: Final = 6.5
LINE: Final = 1.35
TOP: Final = 25.0
BOTTOM: Final = 27.0
HEAD: Final = 15.0
CAPTION: Final = 8.0
WIDEST_STEP: Final = 27.3 / 6
"""Millimetres from line to line of an address: six lines fill the address zone of DIN 5008."""
PAPERS: Final = {"a4": "A4", "letter": "Letter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one letter says: *text* bears the house's marks, *language* is the date's."""

    lines: Sequence[str]
    text: str
    subject: str
    dated: datetime
    language: str
    pictures: Sequence[Picture] = ()


def rendered(letter: Letter, settings: Settings) -> bytes:
    """Draw a letter; raises Refused where it cannot be printed.

    One of several pages is drawn twice: how many there are is known only at the end of the first time.
    """
    drawn = _drawn(letter, settings, 0)
    if drawn.pages_count > 1:
        drawn = _drawn(letter, settings, drawn.pages_count)
    return bytes(drawn.output())


class Sheet(FPDF):
    """The pages: the first has our foot and fold marks, all bear numbers where there are several."""

    def __init__(self, settings: Settings, layout: Layout, pages: int) -> None:
        """Take paper, margins and font; *pages* is 0 where it is not known yet."""
        super().__init__(unit="mm", format=PAPERS[settings.paper])
        self.settings, self.layout, self.pages_in_all = settings, layout, pages
        add_fonts(self)
        self.alias_nb_pages(None)  # type: ignore[arg-type] # as its documentation says
        self.c_margin = 0.0  # text begins where the address does
        self.set_margins(layout.left, TOP, layout.right)
        self.set_auto_page_break(auto=True, margin=BOTTOM)

    def say(
        self, x: float, y: float, words: str, size: float, *, style: str = "", right: bool = False
    ) -> float:
        """Write one line with its upper edge at *y*, ending at *x* where *right*; gives its width."""
        words = printable(self, words)
        self.set_font(FAMILY, style, size)
        width = self.get_string_width(words)
        self.text(x - width if right else x, y + size * POINT * 0.8, words)
        return float(width)

    def footer(self) -> None:
        """Draw what stands below the text."""
        self.set_text_color(GREY)
        foot = self.h - BOTTOM + 7
        if self.page_no() == 1:
            for number, line in enumerate(self.settings.footer):
                self.say(self.layout.left, foot + number * 3.4, line, SMALL - 1)
            if self.settings.fold_marks:
                self._mark_folds()
        if self.pages_in_all > 1:
            self.say(
                self.w - self.layout.right, foot, f"{self.page_no()} / {self.pages_in_all}", SMALL, right=True
            )
        self.set_text_color(0)

    def _mark_folds(self) -> None:
        self.set_draw_color(GREY)
        self.set_line_width(0.15)
        for fold in self.layout.folds:
            self.line(5.0, fold, 9.0, fold)


def _drawn(letter: Letter, settings: Settings, pages: int) -> Sheet:
    layout = LAYOUTS[settings.window]
    sheet = Sheet(settings, layout, pages)
    sheet.set_title(printable(sheet, letter.subject or settings.sender[0]))
    sheet.set_creation_date(letter.dated)
    sheet.set_lang(letter.language)
    sheet.add_page()
    _place_head(sheet)
    _place_address(sheet, letter.lines)
    _write_date(sheet, letter)
    _write_text(sheet, letter)
    for picture in letter.pictures:
        _place_picture(sheet, picture)
    return sheet


def _place_head(sheet: Sheet) -> None:
    """Put our name at the top left, with our address where no window shows it, the rest at the right."""
    settings, layout = sheet.settings, sheet.layout
    sheet.say(layout.left, HEAD, settings.sender[0], 15.0, style="B")
    if layout.back is None:
        for number, line in enumerate(settings.sender[1:]):
            sheet.say(layout.left, HEAD + 7.5 + number * 4.4, line, 9.0)
    sheet.set_text_color(GREY)
    for number, line in enumerate(settings.letterhead):
        sheet.say(layout.head[0], layout.head[1] + number * 4.6, line, 9.0)
    sheet.set_text_color(0)


def _place_address(sheet: Sheet, lines: Sequence[str]) -> None:
    layout = sheet.layout
    left, top, height = layout.address
    room = layout.window[0] + layout.window[2] - left
    if layout.back is not None:
        sheet.set_text_color(GREY)
        width = sheet.say(
            left, layout.back, _fitting(sheet, " · ".join(sheet.settings.sender), TINY, room), TINY
        )
        sheet.set_draw_color(GREY)
        sheet.set_line_width(0.1)
        sheet.line(left, layout.back + 3.2, left + width, layout.back + 3.2)
        sheet.set_text_color(0)
    step = min(WIDEST_STEP, height / len(lines))
    if layout.centred:
        top += (height - step * len(lines)) / 2
    for number, line in enumerate(lines):
        sheet.say(left, top + number * step, _fitting(sheet, line, ADDRESS, room), ADDRESS)


def _fitting(sheet: Sheet, words: str, size: float, room: float) -> str:
    """Give *words* back; raises Refused where they are wider than the window."""
    sheet.set_font(FAMILY, "", size)
    if sheet.get_string_width(printable(sheet, words)) > room:
        raise Refused(f"This line is wider than the envelope's window: {words}", code="address")
    return words


def _write_date(sheet: Sheet, letter: Letter) -> None:
    day = letter.dated.astimezone(ZoneInfo(sheet.settings.zone)).date()
    words = format_date(day, "long", locale=letter.language.replace("-", "_"))
    place = f"{sheet.settings.place}, " if sheet.settings.place else ""
    size = sheet.settings.font_size
    sheet.say(sheet.w - sheet.layout.right, sheet.layout.text, place + words, size, right=True)
    sheet.set_y(sheet.layout.text + size * POINT * LINE * 2)


def _write_text(sheet: Sheet, letter: Letter) -> None:
    if not letter.pictures and not printable(sheet, plain(letter.text)).strip():
        raise Refused(
            "There is nothing to print: a letter does without emoji. Write some words.", code="font"
        )
    size = sheet.settings.font_size
    step = size * POINT * LINE
    with sheet.text_columns(text_align="L", line_height=LINE) as columns:
        if letter.subject:
            with columns.paragraph(bottom_margin=step) as paragraph:
                sheet.set_font(FAMILY, "B", size)
                paragraph.write(printable(sheet, letter.subject))
        for runs in paragraphs(letter.text):
            if not any(words.strip() for words, _ in runs):
                columns.ln(step * 0.7)
                continue
            with columns.paragraph() as paragraph:
                for words, style in runs:
                    sheet.set_font(FAMILY, style, size)
                    paragraph.write(printable(sheet, words))
    sheet.set_font(FAMILY, "", size)


def _place_picture(sheet: Sheet, picture: Picture) -> None:
    """Give a picture a page of its own, as large as it prints well."""
    sheet.add_page()
    room = sheet.w - sheet.layout.left - sheet.layout.right, sheet.h - TOP - BOTTOM - CAPTION
    width, height = picture.within(*room)
    left = sheet.layout.left + (room[0] - width) / 2
    sheet.image(BytesIO(picture.content), x=left, y=TOP, w=width, h=height)
    sheet.set_text_color(GREY)
    sheet.say(left, TOP + height + 2, picture.name, SMALL)
    sheet.set_text_color(0)
