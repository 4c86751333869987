"""Phone numbers to E.164, rightly and quickly.

`phonenumbers` takes some 25 µs to read and check a number. What is plainly the mobile or fixed number of
one country, by the library's own patterns, is told by one made of them; all else is left to the library.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat
from phonenumbers.phonemetadata import PhoneNumberDesc

FILLING = str.maketrans("", "", " -.()/\u00a0\u202f\u2011\u2013")
PREFIX = 4
BEGINNING = re.compile(r"\+[1-9][0-9]{2}")
NATIONAL = re.compile(r"[1-9][0-9]{4,14}")

Matches = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers of one country that need no second look: *code* is 34 for Spain.

    *digits* are a pattern of those that are mobile or fixed for certain, without the country's code.
    """

    code: str
    digits: str
    dials_abroad: Matches


def e164(written: str, region: str) -> str:
    """Write a number as +34600123456; "" where it is none. *region* is where one without + is from."""
    if written[:1] == "+":
        if _plain(written[:PREFIX])(written):
            return written
        tidy = written.translate(FILLING)
        if _plain(tidy[:PREFIX])(tidy):
            return tidy
    elif region and (number := _national(written, region)):
        return number
    return _slowly(written, region)


@lru_cache(maxsize=4096)
def _plain(prefix: str) -> Matches:
    """Make what tells whole numbers that begin with + and three digits: none where it would not be sure."""
    if BEGINNING.fullmatch(prefix):
        for size in range(1, PREFIX):
            plan = _plan_of_code(prefix[1 : 1 + size])
            if plan is not None:
                return re.compile(rf"\+{plan.code}{plan.digits}").fullmatch
    return _never


def _national(written: str, region: str) -> str:
    tidy = written.translate(FILLING)
    if not NATIONAL.fullmatch(tidy):
        return ""
    plan = _plan_of_region(region)
    if plan is None or plan.dials_abroad(tidy) or not re.fullmatch(plan.digits, tidy):
        return ""
    return f"+{plan.code}{tidy}"


def _never(_: str) -> object:
    return None


@lru_cache(maxsize=4096)
def _slowly(written: str, region: str) -> str:
    try:
        number = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=1024)
def _plan_of_code(code: str) -> Plan | None:
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    return _plan_of_region(regions[0]) if regions else None


@lru_cache(maxsize=512)
def _plan_of_region(region: str) -> Plan | None:
    """Make the plan of a country; none where its numbers are rewritten or shared by leading digits."""
    known = PhoneMetadata.metadata_for_region(region, None)
    code = phonenumbers.country_code_for_region(region)
    first = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ("",))[0] == region
    if known is None or not first or known.leading_digits or known.national_prefix_transform_rule:
        return None
    general = known.general_desc
    if general is None:
        return None
    kinds = filter(None, (_kind(general, desc) for desc in (known.mobile, known.fixed_line)))
    prefix = known.national_prefix_for_parsing
    return Plan(
        code=str(code),
        digits=f"(?!{prefix or '(?!)'})(?:{'|'.join(kinds) or '(?!)'})",
        dials_abroad=re.compile(known.international_prefix).match if known.international_prefix else _never,
    )


def _kind(general: PhoneNumberDesc, desc: PhoneNumberDesc | None) -> str:
    """Make the pattern of one kind of numbers, by their lengths and digits; "" where there is none."""
    if desc is None or not desc.national_number_pattern:
        return ""
    sizes = set(desc.possible_length or general.possible_length) & set(general.possible_length)
    lengths = "|".join(f"[0-9]{{{size}}}" for size in sorted(sizes)) or "(?!)"
    both = (lengths, general.national_number_pattern, desc.national_number_pattern)
    return "(?:{}(?:{}))".format("".join(f"(?=(?:{one})\\Z)" for one in both[:2]), both[2])
