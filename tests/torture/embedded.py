"""kill -9 again and again, at any moment, while customers write and an agent answers; with a seed."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.road.processes import until
from tests.torture.embedded_check import OWED, Statuses, Verdict, verdict
from tests.torture.embedded_house import House, house
from tests.torture.embedded_lives import Lives, lives
from tests.torture.embedded_load import Ana, Crowd

BEGINNING = 0.25  # of the lives end while they begin
SETTLED = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """What so many deaths left; `verdict.wrong` is empty where all is well."""

    seed: int
    kills: int
    at_birth: int
    refused: int
    twice: int
    verdict: Verdict

    def __str__(self) -> str:
        """Say it in one line."""
        told = self.verdict
        return (
            f"seed {self.seed}: {self.kills} kills, {self.at_birth} of them while beginning; "
            f"{told.messages} messages taken, {self.twice} hooks twice, {self.refused} tries in vain; "
            f"lost {len(told.lost)}, doubled {len(told.doubled)}, out of order {len(told.disordered)}; "
            f"{told.answers} answers, {told.perhaps} perhaps sent ({told.perhaps_sent} of them were), "
            f"lost {len(told.unsent)}, sent twice {len(told.sent_twice)}; other wrongs {len(told.others)}"
        )


async def kills(
    folder: Path,
    *,
    seed: int,
    number: int,
    customers: int = 20,
    longest: float = 1.0,
    answered: Sequence[str] = ("telegram", "sms"),
    pause: float = 0.1,
) -> Killed:
    """Kill a house in *folder* so often, let it settle, and say what was wrong.

    A life lasts up to *longest* seconds once it answers; a quarter end before. The same *seed* makes the
    same throws, though not the same moments. Ana answers on the channels *answered*, up to *pause* seconds
    after each other; what was being sent by SMS is looked up for more than a minute before it goes again.
    """
    dice = random.Random(seed)
    async with house(folder) as home, lives(home) as tidings:
        pid = await tidings.begin()
        await until(home.ready)
        crowd = Crowd(house=home, dice=random.Random(seed + 1), customers=customers)
        csrf = await home.sign_in(await home.link())
        ana = Ana(house=home, dice=random.Random(seed + 2), csrf=csrf, channels=answered, pause=pause)
        statuses, at_birth = Statuses(), 0
        async with _at_work(crowd, ana):
            for _ in range(number):
                at_birth += await _kill(home, tidings, pid, dice, longest)
                statuses.look(home)
                pid = await tidings.begin()
        await until(lambda: _drained(home), seconds=SETTLED)
        statuses.look(home)
        told = verdict(home, crowd.taken, ana.said, await _sent(home), statuses)
        os.kill(pid, signal.SIGTERM)
        assert await tidings.ended() == 0
    return Killed(
        seed=seed, kills=number, at_birth=at_birth, refused=crowd.refused, twice=crowd.twice, verdict=told
    )


@asynccontextmanager
async def _at_work(crowd: Crowd, ana: Ana) -> AsyncIterator[None]:
    """Let customers write and Ana answer meanwhile; at the end what is under way is brought to its end."""
    tasks = [asyncio.create_task(crowd.write()), asyncio.create_task(ana.answer())]
    try:
        yield
        crowd.stopping = ana.stopping = True
        async with asyncio.timeout(SETTLED):
            await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _kill(home: House, tidings: Lives, pid: int, dice: random.Random, longest: float) -> bool:
    """End a life at a moment that the dice choose; says whether it had not begun to work."""
    early = dice.random() < BEGINNING
    if not early:
        await until(home.ready)
    await asyncio.sleep(dice.uniform(0, 0.5 if early else longest))
    os.kill(pid, signal.SIGKILL)
    assert await tidings.ended() == -signal.SIGKILL
    return early


async def _drained(home: House) -> bool:
    """Whether nothing is owed any more, and every look-up and receipt has come."""
    [(owed,)] = home.rows(OWED) or [(1,)]
    return bool(owed == 0)


async def _sent(home: House) -> list[str]:
    """List what the providers took, in their order."""
    telegram = [one["text"] for one in await home.place.telegram.get("sent")]
    return telegram + [one["body"] for one in await home.place.twilio.get("sent")]
