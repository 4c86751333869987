"""The customer's page as HTML, and what keeps it theirs: no script, no cache, no trace."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web
from babel import Locale
from babel.dates import format_date, get_month_names, get_timezone_location
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from inbox.assets import Assets
from inbox.chat.words import LANGUAGES
from inbox.preferences.words import LOCALES, words
from inbox.style.sheets import sheets

HERE: Final = Path(__file__).parent
UNDER: Final = "/preferences/static"
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Pages:
    """Makes the pages of one house."""

    def __init__(self, business: str) -> None:
        """Read templates and sheets once."""
        self.assets = Assets(HERE / "static", UNDER, headers={"Cross-Origin-Resource-Policy": "same-origin"})
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            static=self.assets.link, style=sheets().link, languages=LANGUAGES, business=business
        )

    def page(self, template: str, language: str, /, *, status: int = 200, **values: Any) -> web.Response:
        """Answer with a *template* in *language*."""
        html = self._environment.get_template(template).render(
            language=language, words=words(language), **values
        )
        return web.Response(text=html, content_type="text/html", status=status, headers=HEADERS)


class Clock:
    """Writes instants for one customer: their language, their zone."""

    def __init__(self, language: str, zone: str) -> None:
        """Know the reader."""
        self.locale = Locale.parse(LOCALES[language])
        self.zone = ZoneInfo(zone)

    @property
    def place(self) -> str:
        """Name the zone: Lisbon."""
        return str(get_timezone_location(self.zone, locale=self.locale, return_city=True))

    @property
    def months(self) -> list[tuple[str, str]]:
        """List the months for a choice: their number and name."""
        names = get_month_names("wide", context="stand-alone", locale=self.locale)
        return [(str(number), names[number]) for number in range(1, 13)]

    def day(self, at: datetime) -> str:
        """1 December 2026."""
        return format_date(at.astimezone(self.zone).date(), "long", locale=self.locale)

    def month(self, at: datetime) -> str:
        """Give the month and year: March 2024."""
        skeleton = {"en": "MMMM y", "es": "MMMM 'de' y", "pt": "MMMM 'de' y"}[self.locale.language]
        return format_date(at.astimezone(self.zone).date(), skeleton, locale=self.locale)

    def clock(self, at: datetime) -> str:
        """14:44."""
        return f"{at.astimezone(self.zone):%H:%M}"
