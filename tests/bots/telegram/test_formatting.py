"""Formatting as Telegram counts it: entities in UTF-16 units, in and out."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.marks import plain
from bots.telegram.formatting import formatted, units, with_marks

words = st.text(st.sampled_from("ab 👩‍👧🇵🇹é\n"), min_size=1, max_size=12)
texts = st.lists(
    words | words.map(str.strip).filter(bool).map(lambda said: f"*{said}*") | st.just("_i `c` 👋_"),
    max_size=8,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "entities", "marked"),
    [
        ("👋 now or never", [("bold", 3, 3)], "👋 *now* or never"),
        ("one two", [("bold", 0, 4), ("italic", 4, 3)], "*one* _two_"),
        ("both", [("bold", 0, 4), ("italic", 0, 4)], "*_both_*"),
        ("gone x = 1", [("strikethrough", 0, 4), ("code", 5, 5)], "~gone~ `x = 1`"),
        ("see\na = *b*\nso", [("pre", 4, 7)], "see\n```a = *b*```\nso"),
        ("half", [("bold", 0, 2)], "half"),
        ("x", [("bold", 5, 9), ("bold", -3, 2), ("bold", 0, 0)], "x"),
        ("a spoiler", [("spoiler", 2, 7), ("mention", 0, 1)], "a spoiler"),
    ],
)
def test_what_a_customer_formatted_bears_marks(
    text: str, entities: list[tuple[str, int, int]], marked: str
) -> None:
    told: list[dict[str, Any]] = [
        {"type": kind, "offset": offset, "length": length} for kind, offset, length in entities
    ]
    assert with_marks(text, told) == marked


def test_a_hidden_link_in_bold_keeps_both() -> None:
    told = [
        {"type": "bold", "offset": 0, "length": 8},
        {"type": "text_link", "offset": 4, "length": 4, "url": "https://a.test/x_y"},
        {"type": "italic", "offset": 9, "length": 3},
    ]
    assert with_marks("see this now", told) == "*see this* (https://a.test/x_y) _now_"


@given(texts)
def test_entities_lie_where_the_words_lie(text: str) -> None:
    said, entities = formatted(text)
    assert said == plain(text)
    coded = said.encode("utf-16-le")
    for one in entities:
        piece = coded[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
        assert piece.strip()
        assert piece in said


def seen(said: str, entities: list[dict[str, Any]]) -> set[tuple[str, int]]:
    coded = said.encode("utf-16-le")
    return {
        (one["type"], at)
        for one in entities
        for at in range(one["offset"], one["offset"] + one["length"])
        if coded[2 * at : 2 * at + 2] not in (b" \0", b"\n\0")
    }


@given(texts)
def test_out_and_in_again_says_the_same(text: str) -> None:
    said, entities = formatted(text)
    again = with_marks(said, entities)
    assert plain(again) == said
    if not re.search("[*_~`]", said):
        assert seen(*formatted(again)) == seen(said, entities)


@given(st.text())
def test_units_are_counted_as_telegram_counts(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2
