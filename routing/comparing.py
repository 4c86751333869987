"""Whether touches do any good: who is left out, and what the difference is."""

import hashlib
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final, Literal

Z: Final = NormalDist().inv_cdf(0.975)
"""The two-sided 95 % quantile of the normal distribution, 1.96."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """What a touch changed: shares of buyers, 0 to 1, touched less left out.

    *low* and *high* bound *absolute* at 95 %. *relative* is None where nobody bought untouched.
    *incremental* is how many of the touched bought because of it. The verdict is "unclear" while
    the interval crosses or touches zero.
    """

    touched: float
    control: float
    absolute: float
    relative: float | None
    low: float
    high: float
    verdict: Literal["better", "worse", "unclear"]
    incremental: float


def left_out(salt: str, person_id: int, kind: str, share: float) -> bool:
    """Tell whether a person is in the *share* (0 to 1) left out of touches of one kind, always the same.

    Of two shares the larger leaves out everybody whom the smaller does.
    """
    if share <= 0:
        return False
    drawn = hashlib.blake2b(f"{salt}\x00{kind}\x00{person_id}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < share * 2**64


def lift(touched_n: int, touched_buyers: int, control_n: int, control_buyers: int) -> Lift:
    """Compare buyers among the touched and those left out.

    The interval is Newcombe's hybrid of two Wilson score intervals without continuity correction
    (method 10 in R. G. Newcombe, Statistics in Medicine 17, 1998, 873–890); with nobody in a group it
    is -1 to 1. ValueError where there are more buyers than people, or fewer than none.
    """
    if not 0 <= touched_buyers <= touched_n or not 0 <= control_buyers <= control_n:
        raise ValueError("buyers must be between none and all of a group")
    touched = touched_buyers / touched_n if touched_n else 0.0
    control = control_buyers / control_n if control_n else 0.0
    absolute, low, high = touched - control, -1.0, 1.0
    if touched_n and control_n:
        touched_low, touched_high = wilson(touched_n, touched_buyers)
        control_low, control_high = wilson(control_n, control_buyers)
        low = max(-1.0, absolute - sqrt((touched - touched_low) ** 2 + (control_high - control) ** 2))
        high = min(1.0, absolute + sqrt((touched_high - touched) ** 2 + (control - control_low) ** 2))
    return Lift(
        touched=touched,
        control=control,
        absolute=absolute,
        relative=absolute / control if control else None,
        low=low,
        high=high,
        verdict="better" if low > 0 else "worse" if high < 0 else "unclear",
        incremental=absolute * touched_n if touched_n and control_n else 0.0,
    )


def wilson(n: int, successes: int) -> tuple[float, float]:
    """Give Wilson's 95 % score interval of a proportion of *n*, at least 1 (JASA 22, 1927, 209–212)."""
    share = successes / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))
