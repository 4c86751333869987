"""The place of a number is the library's own, also where its calling code alone tells it."""

from random import Random

import phonenumbers
import pytest

from routing import numbers

CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@pytest.mark.parametrize("code", CODES)
def test_a_place_is_what_the_whole_number_says(code: int) -> None:
    random = Random(code)
    for size in (3, 5, 6, 7, 8, 9, 10, 11, 12, 13):
        address = f"tel:+{code}{random.randrange(10**size):0{size}d}"
        read = numbers.number(address)
        assert numbers.place(address) == ("" if read is None else read.place), address


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("tel:+351910000001", "PT"),
        ("whatsapp:+34600123456", "ES"),
        ("tel:+80012345678", ""),
        ("tel:+12025550123", "US-DC"),
        ("tel:+442071838750", "GB"),
        ("tel:+2101234567", ""),
        ("telegram:42", ""),
        ("tel:+351", ""),
    ],
)
def test_a_place_is_told_where_there_is_one(address: str, place: str) -> None:
    assert numbers.place(address) == place
