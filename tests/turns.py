"""In which turn the tests run: those with processes of their own first, for they are long and mostly wait."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")

WITH_PROCESSES: Final = (
    "tests/torture/",
    "tests/road/",
    "tests/inbox/test_run.py",
    "tests/attack/test_api.py",
)


def in_turn(items: Sequence[Item], name: Callable[[Item], str], workers: int) -> list[Item]:
    """Give the same tests in another order: who waits, at the heads of the first two workers' shares.

    xdist gives each of *workers* a share as long as the others', in their order. So two of them mostly
    wait at the beginning while the others work, and no long test is left for the end.
    """
    waiting = [one for one in items if name(one).startswith(WITH_PROCESSES)]
    others = [one for one in items if not name(one).startswith(WITH_PROCESSES)]
    if workers < 2:
        return [*waiting, *others]
    first, second = waiting[::2], waiting[1::2]
    rest = len(items) // workers - len(first)  # of the first worker's share
    if rest < 0:
        return [*waiting, *others]
    return [*first, *others[:rest], *second, *others[rest:]]
