"""Sentences in an agent's language: tables of words by key, chosen and filled in."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.numbers import format_decimal

LANGUAGES: Final = ("en", "pt", "es")
OWN_NAMES: Final = ("English", "Português", "Español")
LOCALES: Final = {"en": "en_GB", "pt": "pt_PT", "es": "es_ES"}
DAY: Final = {"en": "EEE d MMM", "pt": "EEE d MMM", "es": "EEE d MMM"}
WHOLE: Final = {"en": "d MMM y", "pt": "d MMM 'de' y", "es": "d MMM y"}
WEEKDAY: Final = {"en": "EEE", "pt": "EEEEEE", "es": "EEE"}
"""How babel writes days: Tue 24 Nov, 14 Mar 2026, Tue; Portuguese weekdays are short only where asked."""
Table = Mapping[str, tuple[str, str, str]]
"""Sentences by key, one in each of `LANGUAGES`, in that order."""


def nearest(tag: str) -> str:
    """Choose the language of ours that a tag means: pt for pt-PT and pt_BR, en for what we do not speak."""
    primary = tag.replace("_", "-").partition("-")[0].lower()
    return primary if primary in LANGUAGES else LANGUAGES[0]


def said(table: Table, language: str, key: str, **values: object) -> str:
    """Write a sentence; raises KeyError for a key that the table has not."""
    return table[key][LANGUAGES.index(nearest(language))].format(**values)


def locale(language: str) -> Locale:
    """Choose the locale in which dates and numbers of a language are written."""
    return Locale.parse(LOCALES[nearest(language)])


def day(on: date, language: str) -> str:
    """Write a day of this year: Tue 24 Nov."""
    return _date(on, DAY, language)


def whole_day(on: date, language: str) -> str:
    """Write a day of any year: 14 Mar 2026."""
    return _date(on, WHOLE, language)


def weekday(on: date, language: str) -> str:
    """Write a day's name, short: Tue."""
    return _date(on, WEEKDAY, language)


def short_day(on: date, language: str) -> str:
    """Write a day beside its weekday: 24 Nov."""
    return str(format_date(on, "d MMM", locale=locale(language)))


def number(value: int, language: str) -> str:
    """Write a count: 1,204."""
    return str(format_decimal(value, locale=locale(language)))


def city(zone: str, language: str) -> str:
    """Name the city of a zone: Lisbon, Lisboa; a zone that has none as it is called."""
    if "/" not in zone:
        return zone
    try:
        return str(get_timezone_location(zone, locale=locale(language), return_city=True))
    except LookupError:
        return zone.rpartition("/")[2].replace("_", " ")


def _date(on: date, patterns: Mapping[str, str], language: str) -> str:
    return str(format_date(on, patterns[nearest(language)], locale=locale(language)))
