"""How many parts a text takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.sms.segments import count


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "per_part", "left", "culprit"),
    [
        ("", "GSM-7", 0, 1, 160, 160, ""),
        ("Hello", "GSM-7", 5, 1, 160, 155, ""),
        ("a" * 160, "GSM-7", 160, 1, 160, 0, ""),
        ("a" * 161, "GSM-7", 161, 2, 153, 145, ""),
        ("a" * 306, "GSM-7", 306, 2, 153, 0, ""),
        ("a" * 307, "GSM-7", 307, 3, 153, 152, ""),
        ("€" * 80, "GSM-7", 160, 1, 160, 0, ""),
        ("a" * 152 + "€" * 5, "GSM-7", 162, 2, 153, 143, ""),
        ("olá", "UCS-2", 3, 1, 70, 67, "á"),
        ("It’s 👋", "UCS-2", 7, 1, 70, 63, "’"),
        ("á" * 70, "UCS-2", 70, 1, 70, 0, "á"),
        ("á" * 71, "UCS-2", 71, 2, 67, 63, "á"),
        ("á" * 66 + "👋" * 3, "UCS-2", 72, 2, 67, 61, "á"),
        ("Mañana à la carte {ñ}", "GSM-7", 23, 1, 160, 137, ""),
        ("`", "UCS-2", 1, 1, 70, 69, "`"),
    ],
)
def test_a_text_has_its_size(
    text: str, encoding: str, units: int, parts: int, per_part: int, left: int, culprit: str
) -> None:
    size = count(text)
    assert (size.encoding, size.units, size.parts, size.per_part, size.left, size.culprit) == (
        encoding, units, parts, per_part, left, culprit,
    )  # fmt: skip


@given(st.text(max_size=400))
def test_parts_hold_the_units_and_one_more_unit_changes_them_by_one_at_most(text: str) -> None:
    size = count(text)
    assert size.units + size.left <= size.parts * size.per_part
    assert 0 <= size.left <= size.per_part
    if not size.culprit:
        after = count(text + "a")
        assert after.parts - size.parts in (0, 1)
        assert (after.parts == size.parts) is (size.left > 0)
