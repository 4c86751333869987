"""JSON bodies as plain values, whatever strangers put into them."""

import json
from datetime import UTC, datetime
from math import nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.errors import Malformed
from bots.json_body import angle, moment, size, table, table_of_body, tables, text

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (rb'{"a": "x"}', {"a": "x"}),
        (rb'{"a": "x\u0000y", "\u0000": 1}', {"a": "x\ufffdy", "\ufffd": 1}),
        (rb'{"a": "\ud83d"}', {"a": "\ufffd"}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b'{"a": 36893488147419103232}', {"a": 2**65}),
        (b'{"a": "line\nbreak"}', {"a": "line\nbreak"}),
    ],
    ids=["plain", "NUL", "half a character", "no UTF-8", "a large number", "a bare control character"],
)
def test_a_body_is_read_and_made_harmless(raw: bytes, expected: Any) -> None:
    assert table_of_body(raw) == expected


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"null", b"1", b"\xff", b'{"a":' * 100_000])
def test_what_is_no_object_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        table_of_body(raw)


@given(VALUES)
def test_any_object_is_read_without_a_half_character(value: Any) -> None:
    read = table_of_body(json.dumps({"value": value}).encode())
    json.dumps(read, ensure_ascii=False).encode("utf-8")


@given(VALUES)
def test_a_field_of_another_type_is_as_none(value: Any) -> None:
    assert isinstance(text(value), str)
    assert isinstance(table(value), dict)
    assert all(isinstance(one, dict) for one in tables(value))
    assert size(value) is None or 0 <= value < 2**63
    assert angle(value, 90) is None or abs(value) <= 90
    assert moment(value, NOW).tzinfo is not None


def test_a_number_that_is_a_yes_is_no_number() -> None:
    assert (size(True), angle(True, 90), moment(True, NOW)) == (None, None, NOW)
    assert angle(nan, 90) is None


def test_milliseconds_are_a_time() -> None:
    assert moment(1_772_366_400_000, datetime.now(UTC)) == NOW
