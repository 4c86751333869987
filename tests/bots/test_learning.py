"""What is asked of a provider again and again."""

import asyncio
import logging

import pytest

from bots.errors import Unreachable
from bots.learning import Learning


async def test_it_is_asked_again_after_any_failure_and_the_log_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers: list[Exception | None] = [Unreachable("Meta is away."), KeyError("a secret"), None]
    learnt = asyncio.Event()

    async def learn() -> None:
        if answer := answers.pop(0):
            raise answer
        learnt.set()

    learning = Learning(learn, what="the templates of shop", every=3_600, retry=0.001)
    with caplog.at_level(logging.WARNING):
        learning.start()
        learning.start()
        async with asyncio.timeout(10):
            await learnt.wait()
    await learning.stop()
    assert answers == []
    assert [record.getMessage() for record in caplog.records] == [
        "the templates of shop did not come: Meta is away.",
        "the templates of shop did not come: KeyError",
    ]


async def test_it_ends_in_the_middle_of_a_question_and_begins_anew() -> None:
    asked, never = asyncio.Semaphore(0), asyncio.Event()

    async def learn() -> None:
        asked.release()
        await never.wait()

    learning = Learning(learn, what="the templates of shop", every=1, retry=1)
    await learning.stop()
    async with asyncio.timeout(10):
        for _ in range(2):
            learning.start()
            await asked.acquire()
            await learning.stop()
