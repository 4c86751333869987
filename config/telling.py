"""What a value becomes in a text: one line, in the text's language, with nothing smuggled in."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_currency, format_decimal, get_currency_precision

VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "business": "The name that customers see; always known.",
        "name": "The customer's name as they gave it, whole: we never cut one and never guess a gender.",
        "order": "The shop's number of the order.",
        "goods": "What was ordered, in a few words.",
        "total": "What the order came to, as money.",
        "day": "The day of what it follows: the delivery, the first order.",
        "years": "Whole years since the first order.",
        "agent": "The name of the agent who answered last.",
        "link": "An address of ours, like the customer's page of preferences.",
    }
)
LONGEST = 80  # characters; what is longer is no name and no order's number
LONGEST_LINK = 500
HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LINK = re.compile(r"\w://|\bwww\.|[^\W_][\w-]*[^\W_]\.[^\W\d_]{2,}", re.IGNORECASE)
NOT_A_NAME = re.compile(r"@|(\d\D*){4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency."""

    minor: int
    currency: str


Value = str | int | date | Money | None


def told(variable: str, value: Value, locale: Locale, zone: str) -> str:
    """Write a value in *locale*; empty where it is none, or is not what *variable* stands for."""
    match value:
        case None:
            return ""
        case str():
            return _text(variable, value)
        case Money():
            return _money(value, locale)
        case datetime():
            return told(variable, value.astimezone(ZoneInfo(zone)).date(), locale, zone)
        case date():
            return one_line(format_skeleton("MMMMd", value, locale=locale))
        case int():
            return "" if variable == "years" and value < 1 else one_line(format_decimal(value, locale=locale))


@lru_cache(maxsize=64)
def locale_of(language: str, country: str) -> Locale:
    """Find the locale of a language, as it is spoken in *country* if there it is; else English."""
    for tag in (f"{language}-{country}" if country and "-" not in language else language, language):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def one_line(value: str) -> str:
    """Make any white space one plain space, and drop what is not seen but turns lines around."""
    seen = HIDDEN.sub("", value)
    plain = "".join(
        " "
        if (kind := unicodedata.category(each)) in ("Cc", "Zl", "Zp", "Zs")
        else ""
        if kind == "Cs"
        else each
        for each in seen
    )
    return " ".join(plain.split())


def _text(variable: str, value: str) -> str:
    line = one_line(value)
    if variable == "link":
        return line if re.fullmatch(r"https?://\S+", line) and len(line) <= LONGEST_LINK else ""
    if variable == "business":
        return line
    if len(line) > LONGEST or LINK.search(line):
        return ""
    return "" if variable in ("name", "agent") and NOT_A_NAME.search(line) else line


def amount(minor: int, currency: str) -> Decimal:
    """Make an amount of minor units by ISO 4217: 4250 EUR is 42.50, 4250 JPY is 4250."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def _money(money: Money, locale: Locale) -> str:
    if not re.fullmatch("[A-Z]{3}", money.currency):
        return ""
    return one_line(format_currency(amount(money.minor, money.currency), money.currency, locale=locale))
