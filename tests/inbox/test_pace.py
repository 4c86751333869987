"""How many calls fit into a second."""

import pytest

from inbox.pace import Pace


class Seconds:
    """A clock in seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


RATES = [
    pytest.param(0.5, 10, 5, id="one in two seconds"),
    pytest.param(1, 10, 10, id="one a second"),
    pytest.param(30, 10, 300, id="thirty a second"),
    pytest.param(1_000, 1, 1_000, id="a thousand a second"),
]


@pytest.mark.parametrize(("rate", "seconds", "expected"), RATES)
def test_no_more_calls_are_made_than_the_rate_allows(rate: float, seconds: int, expected: int) -> None:
    clock = Seconds()
    pace = Pace(rate, None, clock)
    end, made, first = clock.now + seconds, 0, 0
    while clock.now < end - 1e-6:
        for _ in range(pace.free()):
            pace.used(made)
            made += 1
            first += clock.now < 101
        clock.now += max(pace.wait(), 0.005)
    assert expected * 0.95 - 1 <= made <= expected * 1.1 + 1
    assert first <= rate * 1.1 + 1, "nor in the first second"


def test_a_long_rest_is_not_made_up_for() -> None:
    clock = Seconds()
    pace = Pace(30, None, clock)
    clock.now += 3_600
    assert pace.free() <= 4


def test_a_conversation_rests_after_its_call_and_others_do_not() -> None:
    clock = Seconds()
    pace = Pace(30, 1, clock)
    pace.used(7)
    assert list(pace.resting()) == [7]
    clock.now += 1.01
    assert pace.resting() == {}


def test_a_quiet_conversation_may_have_its_burst_and_pays_for_it_after() -> None:
    clock = Seconds()
    pace = Pace(1_000, 1 / 6, clock, burst=3)
    for _ in range(2):
        pace.used(7)
        assert pace.resting() == {}
    pace.used(7)
    assert pace.resting() == {7: pytest.approx(6)}
    clock.now += 6.01
    assert pace.resting() == {}
    pace.used(7)
    assert pace.resting() == {7: pytest.approx(6, abs=0.02)}
