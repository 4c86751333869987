"""A backup is made under load, life goes on, the machine is lost, it is put back: who gets what twice?"""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.road.processes import until
from tests.torture.embedded_check import OWED
from tests.torture.embedded_house import House, house
from tests.torture.embedded_lives import lives
from tests.torture.embedded_load import Ana, Crowd

SETTLED = 90.0
OWED_THEN = "SELECT text FROM deliveries WHERE code = 'restored' AND state <> 'perhaps'"
Choice = Literal["--drop", "--send"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """What came of it; *owed* is what the backup says is owed, of which *sent_meanwhile* had been sent."""

    seed: int
    messages: int
    lost: list[str]
    owed: int
    sent_meanwhile: int
    left_before_a_word: list[str]
    twice: list[str]
    unsent: list[str]

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"seed {self.seed}: {self.messages} messages taken before the backup or after it was put back, "
            f"lost {len(self.lost)}; {self.owed} answers owed in the backup, {self.sent_meanwhile} of them "
            f"sent when the machine was lost; left before a word {len(self.left_before_a_word)}, "
            f"sent twice {len(self.twice)}, written since and not sent {len(self.unsent)}"
        )


async def put_back(
    folder: Path, *, seed: int, choice: Choice, seconds: float = 1.5, verify: bool = True
) -> PutBack:
    """Live, back up, live on for some *seconds*, be killed, put back, live on, and say *choice*."""
    taken: list[tuple[float, str]] = []
    async with house(folder) as home, lives(home) as tidings:
        pid = await tidings.begin()
        await until(home.ready)
        crowd = Crowd(
            house=home,
            dice=random.Random(seed),
            customers=4,
            pause=1.0,
            on_taken=lambda _, text: taken.append((time.time(), text)),
        )
        csrf = await home.sign_in(await home.link())
        ana = Ana(house=home, dice=random.Random(seed + 1), csrf=csrf, channels=("telegram",), pause=0.2)
        tasks = [asyncio.create_task(crowd.write()), asyncio.create_task(ana.answer())]
        await until(lambda: _owes(home, 5))
        backed_up = time.time()
        await home.command("backup", "copy.tar")
        if verify:
            assert "is whole" in await home.command("backup", "--verify", "copy.tar")
        await asyncio.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        assert await tidings.ended() == -signal.SIGKILL
        sent_before = Counter(await _sent(home))
        await home.command("restore", "copy.tar", "--replace")
        owed = {text for (text,) in home.rows(OWED_THEN)}
        restored, known = time.time(), len(ana.said)
        pid = await tidings.begin()
        await until(home.ready)
        await until(lambda: _has_said(ana, known + 5))
        crowd.stopping = ana.stopping = True
        await asyncio.gather(*tasks)
        held = Counter(await _sent(home)) - sent_before
        await home.command("resume", choice)
        await until(lambda: _drained(home), seconds=SETTLED)
        sent = Counter(await _sent(home))
        kept = Counter(text for (text,) in home.rows("SELECT text FROM messages"))
        os.kill(pid, signal.SIGTERM)
        assert await tidings.ended() == 0
    due = [text for at, text in taken if at < backed_up or at > restored]
    return PutBack(
        seed=seed,
        messages=len(due),
        lost=[text for text in due if kept[text] != 1],
        owed=len(owed),
        sent_meanwhile=sum(1 for text in owed if sent_before[text]),
        left_before_a_word=list(held),
        twice=[text for text, count in sent.items() if count > 1],
        unsent=[text for text in ana.said[known + 1 :] if sent[text] != 1],
    )


async def _owes(home: House, number: int) -> bool:
    [(owed,)] = home.rows(OWED) or [(0,)]
    return bool(owed >= number)


async def _drained(home: House) -> bool:
    [(owed,)] = home.rows(OWED) or [(1,)]
    return bool(owed == 0)


async def _has_said(ana: Ana, number: int) -> bool:
    return len(ana.said) >= number


async def _sent(home: House) -> list[str]:
    return [one["text"] for one in await home.place.telegram.get("sent")]
