"""Made-up weeks of answering: our decisions against taking turns, with the same customers and agents."""

from collections.abc import Callable, Sequence
from statistics import fmean, median

from tests.benchmarks.week import (
    SEED,
    TIERS,
    USUAL,
    Choose,
    Week,
    arrivals,
    bound,
    in_turn,
    ours,
    play,
    shifts,
)

WEEKS = 5
BUSY = 1.0  # of the customers of a week


def weeks(play_as: Callable[[], Choose], share: float = USUAL) -> list[Week]:
    """Play some weeks, each with customers of its own."""
    return [play(arrivals(SEED + one, share=share), shifts(), play_as()) for one in range(WEEKS)]


def pooled(played: Sequence[Week], tier: str) -> list[float]:
    """Give what a tier waited in all weeks."""
    return [each for week in played for each in week.waited[tier]]


async def report() -> list[str]:
    """Play the weeks both ways, as lines of Markdown."""
    house, turns = weeks(lambda: ours), weeks(in_turn)
    loads = [fmean(week.load_gini for week in each) for each in (house, turns)]
    works = [fmean(week.work_gini for week in each) for each in (house, turns)]
    return [
        f"{WEEKS} made-up weeks, {len(shifts())} agents in shifts of eight hours, two or three places each, "
        "open from 8 to 19. Minutes of business time until an agent has it. In turn: who waits longest goes "
        "to the next agent who is here and has room. Aims: platinum's median at most a third of that in "
        f"turn, lead's longest within {bound():.0f} minutes (the bound), what is open spread no worse.",
        "",
        "| tier | customers | median | in turn | mean | in turn | longest | in turn |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(tier, pooled(house, tier), pooled(turns, tier)) for tier in TIERS),
        "",
        "| spread (Gini, 0 is equal), mean of the weeks | ours | in turn |",
        "|---|---|---|",
        f"| open for the capacity, of who is here | {loads[0]:.3f} | {loads[1]:.3f} |",
        f"| taken in the week, for each hour and place of a shift | {works[0]:.3f} | {works[1]:.3f} |",
        "",
        *_busy(weeks(lambda: ours, BUSY), weeks(in_turn, BUSY)),
    ]


def _row(tier: str, a: list[float], b: list[float]) -> str:
    return (
        f"| {tier} | {len(a):,} | {median(a):.0f} | {median(b):.0f} | {fmean(a):.0f} | {fmean(b):.0f} "
        f"| {max(a):.0f} | {max(b):.0f} |"
    )


def _busy(house: Sequence[Week], turns: Sequence[Week]) -> list[str]:
    """Say what happens when more come than can be served on some of the days."""
    late = [sum(max(week.waited["lead"]) > bound() for week in each) for each in (house, turns)]
    longest_ = [max(pooled(each, "lead")) for each in (house, turns)]
    return [
        f"With {BUSY / USUAL - 1:.0%} more customers lead's longest is {longest_[0]:.0f} minutes "
        f"({longest_[1]:.0f} in turn), past the bound in {late[0]} of {WEEKS} weeks ({late[1]} in turn): "
        "Friday's queue, by then leads, is left to Saturday's four agents. Platinum's longest "
        f"is {max(pooled(house, 'platinum')):.0f} ({max(pooled(turns, 'platinum')):.0f} in turn).",
    ]
