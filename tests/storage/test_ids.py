"""Keys grow and are given once, one by one or many at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ids import MOST, Ids


@given(st.lists(st.integers(0, 50), max_size=30))
def test_keys_of_a_block_and_single_ones_grow_together(counts: list[int]) -> None:
    ids, given_out = Ids(), [0]
    for count in counts:
        given_out += ids.many(count)
        given_out.append(ids.next())
    assert given_out == sorted(set(given_out))
    assert max(given_out) < 2**63


def test_a_block_begins_where_another_process_s_single_keys_do_not() -> None:
    low = (1 << 22) - 1
    assert all(
        Ids().next() & low < 1 << 20 and 1 << 21 <= Ids().many(3)[0] & low <= low - MOST for _ in range(100)
    )


def test_a_block_comes_after_what_was_there_though_the_clock_stepped_back() -> None:
    ids = Ids()
    ids.after(2**62)
    assert list(ids.many(2)) == [2**62 + 1, 2**62 + 2]
    assert ids.next() == 2**62 + 3
    with pytest.raises(ValueError, match="too many"):
        ids.many(MOST + 1)
