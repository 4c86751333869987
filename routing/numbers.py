"""What a phone number tells about where its owner may be."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, timezone
from phonenumbers.tzdata import TIMEZONE_DATA

from routing.regions import STATES

PLACED = {PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
TERRITORIES = {"AS", "GU", "MP", "PR", "VI"}  # countries of ISO 3166-1, yet under federal US law
STATE_CODES = {state.name: code for code, state in STATES.items()} | {"Washington State": "WA"}

_WHOLE = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A phone number's place: *place* is ISO 3166 (FR, US-FL), US alone where the state is unknown.

    *zones* are all it may be in, none where it proves nothing; *by_area* says that they come from
    its leading digits, which a moved or ported phone keeps.
    """

    place: str = ""
    zones: tuple[str, ...] = ()
    by_area: bool = False


@lru_cache(maxsize=1 << 14)
def number(address: str) -> Number | None:
    """Read the number in an address like ``tel:+34600123456``; None where there is none."""
    parsed = _parsed(address)
    if parsed is None:
        return None
    kind = phonenumbers.number_type(parsed)
    return Number(
        place=_place(parsed),
        zones=_zones(parsed, kind),
        by_area=phonenumbers.is_number_type_geographical(kind, parsed.country_code or 0),
    )


@lru_cache(maxsize=1 << 14)
def place(address: str) -> str:
    """Read only the place of the number in an address, which costs a tenth; empty where there is none."""
    digits = address.rpartition(":")[2]
    if _WHOLE.fullmatch(digits) and len(alone := _regions(digits)) == 1:
        return alone[0] if alone[0].isalpha() else ""  # +800 and the like have a number for a region
    parsed = _parsed(address)
    return "" if parsed is None else _place(parsed)


def _regions(digits: str) -> tuple[str, ...]:
    """List the regions that share a number's calling code: with one alone its digits tell nothing more."""
    for size in (1, 2, 3):
        if regions := phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[1 : 1 + size])):
            return tuple(regions)
    return ()


def _parsed(address: str) -> PhoneNumber | None:
    digits = address.rpartition(":")[2]
    if not digits.startswith("+"):
        return None
    try:
        return phonenumbers.parse(digits)
    except phonenumbers.NumberParseException:
        return None


@lru_cache(maxsize=1)
def weights() -> Mapping[str, int]:
    """Count the number ranges of each zone: of zones with the same clock the best known has most."""
    return Counter(name for names in TIMEZONE_DATA.values() for name in names)


def _zones(parsed: PhoneNumber, kind: int) -> tuple[str, ...]:
    """Give the candidate zones of a number that stands for a place; toll-free and the like do not.

    The likeliest is first: of a country's mobile numbers the data name its main zone (+346 is Madrid).
    """
    if kind not in PLACED:
        return ()
    found = timezone.time_zones_for_number(parsed)
    likely = timezone.time_zones_for_geographical_number(parsed) if len(found) > 1 else ()
    return tuple(
        name for name in sorted(found, key=lambda one: one not in likely) if name != timezone.UNKNOWN_TIMEZONE
    )


def _place(parsed: PhoneNumber) -> str:
    """Tell the country, and in the US the state; an unassigned +1 number is held for American."""
    country = phonenumbers.region_code_for_number(parsed)
    if country is None or not country.isalpha():
        return "US" if parsed.country_code == 1 else ""
    if country in TERRITORIES:
        return f"US-{country}"
    if country != "US":
        return country
    from phonenumbers import geocoder  # here: it holds 98 MiB, which a house without such numbers is spared

    text = geocoder.description_for_number(parsed, "en")
    tail = text.rpartition(", ")[2]
    code = tail if tail in STATES else STATE_CODES.get(tail, "")
    return f"US-{code}" if code else "US"
