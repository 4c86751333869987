"""How people, addresses, languages and birthdays are written for agents."""

from datetime import date

import phonenumbers
from babel import Locale, UnknownLocaleError


def shown_address(address: str) -> str:
    """Write an address for people: +44 7700 900142, Visitor 3f2a91, telegram 42."""
    scheme, _, rest = address.partition(":")
    match scheme:
        case "tel":
            try:
                number = phonenumbers.parse(rest)
            except phonenumbers.NumberParseException:
                return rest
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        case "web":
            return f"Visitor {rest.lstrip('-_')[:6]}"
        case _:
            return f"{scheme.capitalize()} {rest}" if rest else address


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
