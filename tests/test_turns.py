"""The order of the tests loses none."""

import pytest

from tests.turns import in_turn

ROAD = [f"tests/road/test_day.py::{number}" for number in range(5)]
OTHERS = [f"tests/bots/test_marks.py::{number}" for number in range(25)]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 16])
@pytest.mark.parametrize(
    "names", [[*OTHERS, *ROAD], ROAD, OTHERS, []], ids=["both", "road", "others", "none"]
)
def test_every_test_has_a_turn_and_one_alone(names: list[str], workers: int) -> None:
    assert sorted(in_turn(names, str, workers)) == sorted(names)


@pytest.mark.parametrize("workers", [2, 3, 4])
def test_two_workers_begin_with_those_that_wait(workers: int) -> None:
    turns = in_turn([*OTHERS, *ROAD], str, workers)
    share = len(turns) // workers
    assert turns[:3] == ROAD[::2]
    assert turns[share : share + 2] == ROAD[1::2]
