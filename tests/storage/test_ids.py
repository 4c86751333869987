"""Keys grow and are given once, one by one or many at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ids import MOST, NODES, Ids


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
    assert ids.next() > 2**62 + 2
    with pytest.raises(ValueError, match="too many"):
        ids.many(MOST + 1)


@given(
    st.lists(st.integers(0, NODES - 1), min_size=2, max_size=4, unique=True),
    st.integers(2**62, 2**62 + 2**23),
    st.integers(1, 40),
)
def test_nodes_that_go_on_after_one_key_of_the_future_make_no_key_twice(
    numbers: list[int], key: int, count: int
) -> None:
    """A node's clock was an hour ahead: all others go on behind its keys, each in a part of its own."""
    nodes = [Ids() for _ in numbers]
    for node, number in zip(nodes, numbers, strict=True):
        node.node = number
        node.after(key)
    made = [[node.next() for _ in range(count)] for node in nodes]
    assert all(keys == sorted(keys) and keys[0] > key for keys in made)
    assert len({key for keys in made for key in keys}) == count * len(nodes)


def test_a_node_makes_ten_thousand_keys_in_one_moment_that_are_no_other_s() -> None:
    first, second = Ids(), Ids()
    first.node, second.node = 3, 4
    first.after(2**62)
    second.after(2**62)
    keys = {first.next() for _ in range(10_000)} | {second.next() for _ in range(10_000)}
    assert len(keys) == 20_000
