"""How many hooks a second each channel reads: the signature checked, everything in it translated."""

import gc
import statistics
import time
from collections.abc import Callable
from typing import Final

from bots.channel import Channel, Hook
from bots.errors import ChannelError
from tests.bots.contract import Case, cases

ROUNDS: Final = 5
SECONDS: Final = 0.1
MARK: Final = 20_000


async def report() -> list[str]:
    """Write the table: the median over a channel's real hooks, each the median of rounds."""
    rows = [_row(case) for case in cases() if case.provider is not None]  # our own page keeps its pace
    head = ["| Channel | Real hooks | Read in a second, median | Slowest |", "|---|--:|--:|--:|"]
    return [*head, *rows, "", f"Mark: {MARK:,} for channels whose hooks are JSON. One core, one thread."]


def _row(case: Case) -> str:
    hooks = [case.sign(body) for body in case.real.values()]
    rates = [_rate(case, hook) for hook in hooks]
    median, least = statistics.median(rates), min(rates)
    return f"| {case.kind} | {len(hooks)} | {median:,.0f} | {least:,.0f} |"


def _rate(case: Case, hook: Hook) -> float:
    channel = case.open()
    _once(channel, hook)
    gc.collect()
    return statistics.median(_per_second(lambda: _once(channel, hook)) for _ in range(ROUNDS))


def _once(channel: Channel, hook: Hook) -> None:
    try:
        channel.read(hook)
    except ChannelError as error:
        raise AssertionError(f"a real hook is refused: {error.reason}") from error


def _per_second(work: Callable[[], None]) -> float:
    done, begun = 0, time.perf_counter()
    until = begun + SECONDS
    while (now := time.perf_counter()) < until:
        for _ in range(50):
            work()
        done += 50
    return done / (now - begun)
