"""How long what can wait rests."""

import pytest

from inbox.leisure import LONG, RUSH, SHORT, Leisure
from storage.rush import Rush


@pytest.mark.parametrize(
    ("rate", "times"),
    [
        pytest.param(0.0, SHORT, id="no hooks: soon"),
        pytest.param(RUSH, LONG, id="a rush: next to nothing is taken from them"),
        pytest.param(5 * RUSH, LONG, id="more than a rush is a rush"),
        pytest.param(RUSH / 2, SHORT + (LONG - SHORT) / 4, id="half of one: in between"),
    ],
)
def test_the_rest_after_a_page_follows_the_hooks_since_the_last(rate: float, times: float) -> None:
    now, rush = 0.0, Rush()
    leisure = Leisure(rush, seconds=lambda: now)
    now = 0.99
    began = leisure.begin()
    now, rush.hooks = 1.0, int(rate)
    assert leisure.after(began) == pytest.approx(0.01 * times)


def test_a_rush_that_is_over_is_forgotten_after_one_page() -> None:
    now, rush = 0.0, Rush()
    leisure = Leisure(rush, seconds=lambda: now)
    now, rush.hooks = 1.0, int(RUSH)
    leisure.after(leisure.begin())
    began = leisure.begin()
    now = 1.5
    assert leisure.after(began) == pytest.approx(0.5 * SHORT)
