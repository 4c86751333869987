"""Who is left out, and what the difference between the groups says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.comparing import left_out, lift

# Method 10 in table II of R. G. Newcombe, Statistics in Medicine 17 (1998), examples (a) to (h).
NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0000),
    (10, 10, 0, 10, 0.6075, 1.0000),
]
groups = st.tuples(st.integers(0, 5000), st.floats(0, 1)).map(lambda pair: (pair[0], int(pair[0] * pair[1])))


@pytest.mark.parametrize(("a", "m", "b", "n", "low", "high"), NEWCOMBE, ids="abcdefgh")
def test_the_interval_is_the_published_one(a: int, m: int, b: int, n: int, low: float, high: float) -> None:
    found = lift(m, a, n, b)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_a_difference_is_told_in_every_way() -> None:
    found = lift(9000, 540, 1000, 40)
    assert (found.touched, found.control) == (0.06, 0.04)
    assert found.absolute == pytest.approx(0.02)
    assert found.relative == pytest.approx(0.5)
    assert found.incremental == pytest.approx(180)
    assert found.verdict == "better"


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((1000, 100, 1000, 50), "better"),
        ((1000, 50, 1000, 100), "worse"),
        ((1000, 51, 1000, 50), "unclear"),
        ((0, 0, 10, 5), "unclear"),
        ((10, 5, 0, 0), "unclear"),
        ((0, 0, 0, 0), "unclear"),
    ],
)
def test_the_verdict_waits_for_an_interval_without_zero(counts: tuple[int, ...], verdict: str) -> None:
    assert lift(*counts).verdict == verdict


def test_nothing_is_said_relative_to_nobody() -> None:
    assert lift(10, 5, 10, 0).relative is None
    assert lift(10, 5, 0, 0).incremental == 0


@pytest.mark.parametrize("counts", [(10, 11, 10, 0), (10, 0, 10, 11), (10, -1, 10, 0)])
def test_more_buyers_than_people_are_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="buyers must be"):
        lift(*counts)


@given(groups, groups)
def test_the_interval_holds_the_difference_and_turns_with_the_groups(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found, turned = lift(*one, *other), lift(*other, *one)
    assert -1 <= found.low <= found.absolute <= found.high <= 1
    assert found.low == pytest.approx(-turned.high)
    assert found.high == pytest.approx(-turned.low)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_the_share_left_out_is_the_share_asked_for(share: float) -> None:
    left = sum(left_out("sea", person, "birthday", share) for person in range(20_000))
    assert left / 20_000 == pytest.approx(share, abs=0.01)


def test_nobody_and_everybody_can_be_left_out() -> None:
    assert not any(left_out("sea", person, "birthday", 0.0) for person in range(1000))
    assert all(left_out("sea", person, "birthday", 1.0) for person in range(1000))


def test_kinds_and_accounts_leave_out_different_people() -> None:
    def group(salt: str, kind: str) -> set[int]:
        return {person for person in range(10_000) if left_out(salt, person, kind, 0.1)}

    birthday = group("sea", "birthday")
    assert birthday == group("sea", "birthday")
    for other in (group("sea", "delivered"), group("sand", "birthday")):
        assert len(birthday & other) == pytest.approx(100, abs=50)


@given(st.integers(), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_leaves_out_the_same_people_and_more(person: int, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert left_out("sea", person, "birthday", less) <= left_out("sea", person, "birthday", more)
