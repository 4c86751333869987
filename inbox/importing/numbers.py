"""Phone numbers to E.164, rightly and quickly.

`phonenumbers` takes some 25 µs to read and check a number. What is plainly the mobile or fixed number of
one country, by the library's own patterns, is told by two of them; all else is left to the library.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat
from phonenumbers.phonemetadata import PhoneNumberDesc

FILLING = str.maketrans("", "", " -.()/\u00a0\u202f\u2011\u2013")
INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
NATIONAL = re.compile(r"[1-9][0-9]{4,14}")
LONGEST_CODE = 3

Matches = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Kind:
    """The numbers of one kind, mobile or fixed: their lengths and their pattern."""

    lengths: Collection[int]
    matches: Matches


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers of one country that need no second look: *code* is 34 for Spain."""

    code: str
    kinds: tuple[Kind, ...]
    prefixed: Matches
    dials_abroad: Matches

    def has(self, digits: str) -> bool:
        """Say whether *digits*, without the country's code, are a mobile or fixed number for certain."""
        if self.prefixed(digits):
            return False
        size = len(digits)
        return any(size in kind.lengths and kind.matches(digits) for kind in self.kinds)


def e164(written: str, region: str) -> str:
    """Write a number as +34600123456; "" where it is none. *region* is where one without + is from."""
    tidy = written.translate(FILLING)
    if INTERNATIONAL.fullmatch(tidy):
        for size in range(1, LONGEST_CODE + 1):
            plan = _plan_of_code(tidy[1 : 1 + size])
            if plan is not None:
                if plan.has(tidy[1 + size :]):
                    return tidy
                break
    elif region and NATIONAL.fullmatch(tidy):
        plan = _plan_of_region(region)
        if plan is not None and not plan.dials_abroad(tidy) and plan.has(tidy):
            return f"+{plan.code}{tidy}"
    return _slowly(written, region)


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
    kinds = (_kind(general, desc) for desc in (known.mobile, known.fixed_line))
    return Plan(
        code=str(code),
        kinds=tuple(kind for kind in kinds if kind is not None),
        prefixed=_begins(known.national_prefix_for_parsing),
        dials_abroad=_begins(known.international_prefix),
    )


def _kind(general: PhoneNumberDesc, desc: PhoneNumberDesc | None) -> Kind | None:
    if desc is None or not desc.national_number_pattern:
        return None
    lengths = set(desc.possible_length or general.possible_length) & set(general.possible_length)
    both = f"(?=(?:{general.national_number_pattern})$)(?:{desc.national_number_pattern})$"
    return Kind(lengths=frozenset(lengths), matches=re.compile(both).match)


def _begins(pattern: str | None) -> Matches:
    if not pattern:
        return lambda _: None
    return re.compile(pattern).match
