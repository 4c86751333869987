"""Sums of money as people write them, to minor units."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from babel.numbers import get_currency_precision

from storage.importing_orders import MOST

CURRENCY: Final = re.compile(r"[A-Z]{3}")
SIGNS: Final = {"€": "EUR", "£": "GBP", "$": "USD", "R$": "BRL"}
SPACES: Final = str.maketrans("", "", " \u00a0\u202f'\u2019")


class Unclear(Exception):
    """A sum that cannot be read, or could be two."""


def currency_of(written: str) -> str:
    """Tell a currency's ISO 4217 code from itself or its sign; raises Unclear."""
    tidy = written.strip().upper()
    code = SIGNS.get(tidy, tidy)
    if code and not CURRENCY.fullmatch(code):
        raise Unclear(f"{written!r} is no currency like EUR.")
    return code


@lru_cache(maxsize=16384)
def minor(written: str, currency: str) -> int:
    """Read a sum in major units, with a point or a comma, as minor units of *currency*; raises Unclear."""
    tidy = written.translate(SPACES)
    for sign, code in SIGNS.items():
        if sign in tidy and currency in ("", code):
            tidy = tidy.replace(sign, "")
    tidy = tidy.removesuffix(currency).removeprefix(currency) if currency else tidy
    places = get_currency_precision(currency or "EUR")
    whole = _with_point(tidy, places, written)
    try:
        exact = Decimal(whole).scaleb(places)
    except InvalidOperation as error:
        raise Unclear(f"{written!r} is no sum of money.") from error
    if exact != exact.to_integral_value():
        raise Unclear(f"{written!r} has more decimals than {currency or 'EUR'} has.")
    if abs(exact) > MOST:
        raise Unclear(f"{written!r} is more than can be kept.")
    return int(exact)


def _with_point(tidy: str, places: int, written: str) -> str:
    """Write the sum with a point before its decimals and nothing between its thousands."""
    if not re.fullmatch(r"-?[0-9][0-9.,]*", tidy):
        raise Unclear(f"{written!r} is no sum of money.")
    mark = max(".,", key=tidy.rfind)
    other = "," if mark == "." else "."
    parts = tidy.split(mark)
    if len(parts) == 1:
        return tidy
    grouped = r"-?[0-9]{1,3}" + rf"(\{other}[0-9]{{3}})*" if other in tidy else r"-?[0-9]+"
    if len(parts) > 2:
        if other in tidy or not all(len(one) == 3 for one in parts[1:]):
            raise Unclear(f"{written!r} is no sum of money.")
        return "".join(parts)
    if not re.fullmatch(grouped, parts[0]):
        raise Unclear(f"{written!r} is no sum of money.")
    if len(parts[1]) == 3 and places != 3 and other not in tidy and len(parts[0].lstrip("-")) <= 3:
        raise Unclear(f"{written!r} may be thousands or decimals. Write it with two decimals.")
    return f"{parts[0].replace(other, '')}.{parts[1] or '0'}"
