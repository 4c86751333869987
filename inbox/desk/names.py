"""How people, addresses, languages and birthdays are written for agents."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from urllib.parse import unquote

import phonenumbers
from babel import Locale, UnknownLocaleError

import bots


def shown_address(address: str) -> str:
    """Write an address for people: +44 7700 900142, WhatsApp +351 912 345 678, Visitor 3f2a91."""
    if place := place_of(address):
        return place
    scheme, _, rest = address.partition(":")
    match scheme:
        case "tel":
            return _shown_number(rest)
        case "mailto":
            return rest
        case "web":
            return f"Visitor {rest.lstrip('-_')[:6]}"
        case "post":
            return unquote(rest).replace("|", ", ")
        case _:
            return f"{_labels().get(scheme, scheme.capitalize())} {_shown_number(rest)}" if rest else address


def place_of(address: str) -> str:
    """Say where words at this address stand, where that matters: in public, as under a post; else nothing."""
    return next((place for begins, place in _places().items() if address.startswith(begins)), "")


def _shown_number(number: str) -> str:
    """Write a number in groups; what is none stays as it is."""
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@cache
def _labels() -> Mapping[str, str]:
    """Name the schemes of addresses as the channels that have them are called."""
    specs = [bots.find(kind).SPEC for kind in bots.kinds()]
    return {spec.scheme: spec.label for spec in specs}


@cache
def _places() -> Mapping[str, str]:
    """List the beginnings of addresses that are shown as places."""
    specs = [bots.find(kind).SPEC for kind in bots.kinds()]
    return {begins: f"{spec.label} {place}" for spec in specs for begins, place in spec.places.items()}


def shown_language(code: str) -> str:
    """Name a language in the agents' own: Portuguese for pt; the code where it is unknown."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def shown_birthday(month: int | None, day: int | None, year: int | None) -> str:
    """Write a birthday: 4 March, or 4 March 1990; empty where it is not known."""
    if month is None or day is None:
        return ""
    told = f"{day} {date(2000, month, 1):%B}"
    return f"{told} {year}" if year is not None else told


def shown_name(name: str, address: str) -> str:
    """Return the customer's name, or their address where they gave none."""
    return name.strip() or shown_address(address)
