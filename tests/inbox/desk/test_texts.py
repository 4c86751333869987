"""Cutting texts: within the limit, in order, nothing visible lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.desk.texts import length, parts_of, split
from tests.inbox.house import SPEC

CUTS = [
    pytest.param("one two three", 7, ["one two", "three"], id="at a space"),
    pytest.param("a.\n\ntwo three four", 12, ["a.\n\ntwo", "three four"], id="not at an early paragraph"),
    pytest.param("first part.\n\nsecond", 14, ["first part.", "second"], id="at a paragraph"),
    pytest.param("see https://x.example/a/b", 22, ["see", "https://x.example/a/b"], id="a link stays whole"),
    pytest.param("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5], id="a word too long is cut"),
    pytest.param("fits", 10, ["fits"], id="what fits stays whole"),
    pytest.param("👩‍👩‍👧 family", 6, ["👩‍👩‍👧", "family"], id="a joined emoji stays whole"),
]


@pytest.mark.parametrize(("text", "limit", "parts"), CUTS)
def test_text_is_cut_where_a_reader_would(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit) == parts


@given(
    st.text(min_size=1, max_size=300), st.integers(12, 60), st.sampled_from(["characters", "utf16", "bytes"])
)
def test_every_part_fits_and_no_letter_is_lost(text: str, limit: int, unit: str) -> None:
    parts = split(text, limit, unit)
    assert all(length(part, unit) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


PLANS = [
    pytest.param("hi", [], [("hi", ())], id="text alone"),
    pytest.param("hi", [1, 2], [("hi", (1,)), ("", (2,))], id="a caption goes with the first file"),
    pytest.param("x" * 50, [1], [("x" * 50, ()), ("", (1,))], id="too long for a caption: text first"),
    pytest.param("", [1, 2], [("", (1,)), ("", (2,))], id="files alone"),
]


@pytest.mark.parametrize(("text", "files", "parts"), PLANS)
def test_text_and_files_are_planned_in_order(
    text: str, files: list[int], parts: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [(part.text, part.files) for part in parts_of(text, files, SPEC)] == parts
