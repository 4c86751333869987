"""Each provider is asked who we are, all at once, and no secret stands in the answer."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bots.errors import Misconfigured, Unreachable
from inbox.findings import Finding
from inbox.live_check import asked
from inbox.logs import Redaction
from tests.inbox.house import Paper

SECRET = "hush-hush-hush"


@dataclass(slots=True)
class Asked(Paper):
    """A channel whose provider answers what the test says."""

    answer: object = ""
    stopped: int = 0
    met: asyncio.Event = field(default_factory=asyncio.Event)

    async def who(self) -> str:
        """Answer, raise, or be silent."""
        self.met.set()
        if isinstance(self.answer, BaseException):
            raise self.answer
        if self.answer is None:
            await asyncio.Event().wait()
        return str(self.answer)

    async def stop(self) -> None:
        """Count."""
        self.stopped += 1


ANSWERS = [
    pytest.param("Shop (@shop_bot)", "ok", "Shop (@shop_bot)", id="known"),
    pytest.param("two\nlines", "ok", "two lines", id="a line"),
    pytest.param(f"account {SECRET}", "ok", "account [hidden]", id="no secret in an answer"),
    pytest.param(
        Misconfigured(f"The key {SECRET} is bad."), "failed", "The key [hidden] is bad.", id="wrong"
    ),
    pytest.param(Unreachable(), "failed", "The provider did not take the request.", id="away"),
    pytest.param(
        ConnectionRefusedError(111, "Connection refused"),
        "failed",
        "The provider cannot be reached: Connection refused.",
        id="refused",
    ),
    pytest.param(KeyError(SECRET), "failed", "A mistake of ours while asking: KeyError.", id="our mistake"),
    pytest.param(None, "failed", "No answer within 0.01 seconds.", id="silent"),
]


@pytest.mark.parametrize(("answer", "state", "words"), ANSWERS)
async def test_a_line_says_who_we_are_or_why_not(answer: object, state: str, words: str) -> None:
    channel = Asked(answer=answer)
    [finding] = await asked({"paper": channel}, Redaction([SECRET]), 0.01)
    assert finding == Finding(what="paper live", state=state, words=words)  # type: ignore[arg-type]
    assert channel.stopped == 1


async def test_one_that_is_silent_keeps_no_other_waiting() -> None:
    silent, other = Asked(answer=None), Asked(answer="here")
    asking = asyncio.create_task(asked({"silent": silent, "other": other}, Redaction([]), 60))
    async with asyncio.timeout(10):
        await silent.met.wait()
        await other.met.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
