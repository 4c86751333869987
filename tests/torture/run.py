"""Harm after harm under load, each followed by a rest and a check of all that happened so far."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.torture.checker import Figures, Wrong, figures
from tests.torture.faults import FAULTS
from tests.torture.ledger import Harm, now
from tests.torture.world import World

MOST_TOLD = 20
REST_SECONDS = 120.0  # after which every hook and form has been taken


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run did and found."""

    seed: int
    seconds: float = 0.0
    harms: list[Harm] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    wrongs: list[Wrong] = field(default_factory=list)
    figures: Figures | None = None

    def as_json(self) -> dict[str, Any]:
        """Make plain values of it."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """Say it for people."""
        told, many = self.figures, self._many
        assert told is not None
        yield f"seed {self.seed}: {len(self.harms)} faults in {self.seconds:.0f} s"
        yield f"hooks: {told.hooks_sent} sent, {told.failed_hooks} of them in vain"
        yield (
            f"messages: {told.hooks_accepted} accepted, {told.messages_kept} kept, "
            f"{many('lost')} lost, {many('doubled')} doubled, {many('swapped')} swapped"
        )
        yield (
            f"replies: {told.replies_taken} taken, {told.replies_given} given to the provider, "
            f"{told.replies_perhaps} perhaps sent, {many('reply lost')} lost, {many('reply doubled')} doubled"
        )
        yield (
            f"longest lease gap {told.longest_lease_gap:.1f} s, longest drain {told.longest_drain:.1f} s, "
            f"most memory {told.most_megabytes:.0f} MiB"
        )
        yield from (f"not tried: {name}, {why}" for name, why in self.skipped.items())
        yield from (f"WRONG {one.kind}: {one.what}" for one in self.wrongs[:MOST_TOLD])
        count = len(self.wrongs)
        yield f"{count} wrong; again with --seed {self.seed}" if count else "nothing wrong"

    def _many(self, kind: str) -> int:
        return sum(one.kind == kind for one in self.wrongs)


def chosen(seed: int, names: Sequence[str]) -> Iterator[str]:
    """Choose for ever: each of *names* once in an order of the seed, then again in another."""
    dice = random.Random(seed)
    while True:
        round_ = list(names)
        dice.shuffle(round_)
        yield from round_


async def harmed(world: World, name: str) -> list[Wrong]:
    """Do one harm under load, rest, and wait until nothing is owed; gives what is wrong then."""
    fault = FAULTS[name]
    world.load.begin(world.agents)
    taken = fault.journal_takes and world.jetstream is not None
    harm = Harm(name=name, detail="", began=now(), hooks_may_fail=fault.hooks_may_fail and not taken)
    world.ledger.harms.append(harm)
    try:
        harm.detail = await fault.do(world)
        harm.ended = now()
        await world.all_ready()
        async with asyncio.timeout(REST_SECONDS):
            await world.load.rest()
        harm.drained, wrongs = await world.drained(whole=False)
    except (AssertionError, OSError, TimeoutError) as error:
        harm.ended = harm.ended or now()
        harm.broken = f"{type(error).__name__}: {error}"
        await world.load.break_off()
        return await world.wrongs(whole=False)
    return wrongs


async def torture(world: World, names: Sequence[str], seconds: float, tell: Callable[[str], None]) -> Report:
    """Harm for so many seconds, or once each where 0; stops at the first wrong."""
    report = Report(seed=world.shape.seed)
    report.skipped = {name: why for name in names if (why := FAULTS[name].why_not(world))}
    names = [name for name in names if name not in report.skipped]
    began = time.monotonic()
    for count, name in enumerate(chosen(world.shape.seed, names)):
        if (time.monotonic() - began > seconds if seconds else count == len(names)) or report.wrongs:
            break
        report.wrongs = await harmed(world, name)
        tell(told(world.ledger.harms[-1], world, report.wrongs))
    if not report.wrongs:
        _, report.wrongs = await world.drained()
    report.seconds = time.monotonic() - began
    report.harms = world.ledger.harms
    report.figures = figures(world.ledger, await world.kept(), world.hooks.attempts)
    return report


def told(harm: Harm, world: World, wrongs: Sequence[Wrong]) -> str:
    """Say in a line what a harm did."""
    kept = f"{len(world.ledger.accepted())} messages, {len(world.ledger.given)} answers so far"
    verdict = f"{len(wrongs)} WRONG" if wrongs else "ok"
    lasted = harm.ended - harm.began
    when = f"{lasted:5.1f} s, drained in {harm.drained:4.1f} s"
    return f"{harm.name:<16} {harm.detail:<28} {when}; {kept}; {verdict}"
