"""One of several secrets was used: which one, no clock can tell."""

from collections.abc import Iterable
from hmac import compare_digest


def is_one_of(given: bytes, wanted: Iterable[bytes]) -> bool:
    """Whether *given* is one of *wanted*; every one is compared, each in constant time."""
    found = False
    for one in wanted:
        found |= compare_digest(one, given)
    return found
