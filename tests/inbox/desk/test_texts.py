"""Cutting texts: within the limit, in order, nothing visible lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.marks import plain
from bots.spans import links
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


EMOJI = ["👩‍👩‍👧", "🇵🇹", "🇯🇵", "👍🏽", "1️⃣", "👩🏾‍🚀", "❤️", "é", "e\u0301", "नि", "각"]
LINKS = ["https://x.example/a_b", "http://y.example/_q_?a=1", "https://z.example/a*b*c"]
units = st.sampled_from(["characters", "utf16", "bytes"])
pieces = st.one_of(
    st.sampled_from(EMOJI + LINKS),
    st.sampled_from(["*bold words*", "_it_", "`a*b*c`", "```\nx = 1\ny\n```", "*a _b c_ d*", "2*3*4"]),
    st.text("abcdefgh", min_size=1, max_size=20),
    st.sampled_from([" ", "\n", "\n\n", "  "]),
)
texts = st.lists(pieces, max_size=30).map(" ".join)


def visible(text: str) -> str:
    return "".join(text.split())


@given(st.text(min_size=1, max_size=300) | texts, st.integers(12, 60), units, st.booleans())
@settings(max_examples=300)
def test_every_part_fits_as_it_is_sent(text: str, limit: int, unit: str, formats: bool) -> None:
    parts = split(text, limit, unit, formats=formats)
    assert all(length(part if formats else plain(part), unit) <= limit for part in parts)
    assert all(parts)


@given(texts, st.integers(80, 120), units, st.booleans())
@settings(max_examples=300)
def test_the_parts_in_order_are_the_text(text: str, limit: int, unit: str, formats: bool) -> None:
    parts = split(text, limit, unit, formats=formats)
    assert visible("".join(map(plain, parts))) == visible(plain(text))


@given(st.lists(st.sampled_from(EMOJI), min_size=1, max_size=60), st.integers(12, 30))
@settings(max_examples=200)
def test_no_emoji_is_cut(emoji: list[str], limit: int) -> None:
    parts = split("".join(emoji), limit)
    rest = list(emoji)
    for part in parts:
        while part:
            assert part.startswith(rest[0])
            part = part.removeprefix(rest.pop(0))
    assert rest == []


glued = st.lists(st.tuples(st.text("ab(", max_size=60), st.sampled_from(LINKS)).map("".join), max_size=6)


@given(texts | glued.map(" ".join), st.integers(40, 90), st.booleans())
@settings(max_examples=200)
def test_no_link_that_fits_is_cut(text: str, limit: int, formats: bool) -> None:
    whole = [plain(text)[begin:end] for begin, end in links(plain(text))]
    parts = [plain(part) for part in split(text, limit, formats=formats)]
    assert [part[begin:end] for part in parts for begin, end in links(part)] == whole


@given(st.lists(st.text("ab", min_size=1, max_size=20), max_size=40), st.integers(20, 50))
def test_no_word_that_fits_is_cut(words: list[str], limit: int) -> None:
    assert [word for part in split(" ".join(words), limit) for word in part.split()] == words


MARKED = [
    pytest.param("*one two three*", 9, True, ["*one two*", "*three*"], id="bold goes on in the next part"),
    pytest.param("*one two three*", 9, False, ["*one two*", "*three*"], id="marks that are not sent"),
    pytest.param("*one two three*", 8, True, ["*one*", "*two*", "*three*"], id="marks that are sent count"),
    pytest.param("*one two three*", 8, False, ["*one two*", "*three*"], id="and those that are not do not"),
    pytest.param("```a = 1\nb = 2```", 12, True, ["```a = 1```", "```b = 2```"], id="a block goes on"),
    pytest.param("*" + "x" * 12 + "*", 8, True, ["*" + "x" * 6 + "*"] * 2, id="within a word"),
    pytest.param("*fits*", 4, False, ["*fits*"], id="nothing is cut for its marks"),
    pytest.param("see(https://x.org/a/b)", 18, True, ["see(", "https://x.org/a/b)"], id="before a link"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "limit", "formats", "parts"), MARKED)
def test_what_is_marked_stays_marked_in_every_part(
    text: str, limit: int, formats: bool, parts: list[str]
) -> None:
    assert split(text, limit, formats=formats) == parts


@pytest.mark.parametrize(
    "unit", ["a\u0301", "a" + "\u0301" * 5000, "👩\u200d", "\U0001f1e6", "x", "*a ", "`"]
)
def test_what_nobody_would_write_is_cut_as_well(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    assert all(len(part) <= 1600 for part in split(text, 1600))


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
