"""The memory of what was answered."""

from bots.answered import Answered


def test_the_newest_are_remembered_and_no_more() -> None:
    answered = Answered(most=2)
    for name in ("a", "b", "b", "c"):
        answered.add(name)
    assert [name in answered for name in ("a", "b", "c", "d")] == [False, True, True, False]
