"""Customers see that an agent writes or has read, where their channel shows it; nothing waits for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from bots.channel import Sign
from bots.errors import Refused
from inbox.desk.signs import MOST, Signs
from inbox.signing import AT_ONCE, Signing
from tests.inbox.house import SPEC, House, Paper

BOTH = replace(SPEC, typing=True, marks_read=True)


@dataclass(slots=True)
class Seen(Paper):
    """A channel that remembers what it was asked to show."""

    shown: list[tuple[Sign, str, str]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    silent: bool = False
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def show(self, sign: Sign, address: str, external_id: str) -> None:
        """Remember, or fail."""
        self.shown.append((sign, address, external_id))
        self.bell.set()
        if self.trouble:
            raise self.trouble.pop(0)
        if self.silent:
            await asyncio.Event().wait()

    async def rung(self) -> None:
        """Wait for the next sign."""
        async with asyncio.timeout(20):
            await self.bell.wait()
        self.bell.clear()


@pytest.fixture
def seen(house: House) -> Seen:
    """The house's channel, which shows both signs."""
    seen = Seen(BOTH)
    house.ground.channels["paper"] = seen  # type: ignore[index]
    return seen


@pytest.fixture
async def signing(house: House, seen: Seen) -> AsyncIterator[Signing]:
    """The loop, whose clock stands until a test moves it."""
    made = Signing(ground=house.ground, seconds=lambda: house.clock.now.timestamp())
    task = asyncio.create_task(made.run())
    yield made
    await made.stop()
    await asyncio.wait_for(task, 20)


async def test_who_takes_or_answers_has_read_the_last_words(
    house: House, seen: Seen, signing: Signing
) -> None:
    conversation = await house.says("maria", 1, "hi")
    await house.says("maria", 2, "anybody?")
    ana = house.agents["ana"]
    await house.desk.take(conversation, ana, now=house.clock())
    await seen.rung()
    await house.desk.reply(conversation, ana, text="hello", now=house.clock())
    await seen.rung()
    assert seen.shown == [("read", "paper:maria", "maria:2")] * 2


async def test_a_note_has_read_nothing(house: House, seen: Seen) -> None:
    conversation = await house.says("maria", 1, "hi")
    await house.desk.note(conversation, house.agents["ana"], text="who is it?", now=house.clock())
    assert house.ground.signs.waiting.empty()


async def test_writing_is_shown_again_only_after_a_while(house: House, seen: Seen, signing: Signing) -> None:
    conversation = await house.says("maria", 1, "hi")
    for _ in range(3):
        house.ground.signs.leave("typing", conversation)
    await seen.rung()
    house.clock.forward(seconds=5)
    house.ground.signs.leave("typing", conversation)
    await seen.rung()
    assert seen.shown == [("typing", "paper:maria", "maria:1")] * 2


OFFERS = [
    pytest.param(replace(BOTH, typing=False), "read", id="reading alone"),
    pytest.param(replace(BOTH, marks_read=False), "typing", id="writing alone"),
]


@pytest.mark.parametrize(("spec", "sign"), OFFERS)
async def test_a_channel_is_asked_for_what_it_offers_alone(
    house: House, seen: Seen, signing: Signing, spec: object, sign: Sign
) -> None:
    seen.spec = spec  # type: ignore[assignment]
    conversation = await house.says("maria", 1, "hi")
    house.ground.signs.leave("typing", conversation)
    house.ground.signs.leave("read", conversation)
    await seen.rung()
    await signing.stop()
    assert [one[0] for one in seen.shown] == [sign]


TROUBLE = [
    pytest.param(Refused("no such message"), id="the provider refuses"),
    pytest.param(KeyError("x"), id="our mistake"),
]


@pytest.mark.parametrize("error", TROUBLE)
async def test_one_that_fails_spoils_no_other(
    house: House, seen: Seen, signing: Signing, error: Exception
) -> None:
    seen.trouble = [error]
    conversation = await house.says("maria", 1, "hi")
    for _ in range(2):
        house.ground.signs.leave("read", conversation)
        await seen.rung()
    assert len(seen.shown) == 2


async def test_providers_that_are_silent_keep_nobody_waiting(
    house: House, seen: Seen, signing: Signing
) -> None:
    seen.silent = True
    conversation = await house.says("maria", 1, "hi")
    for _ in range(AT_ONCE + 5):
        house.ground.signs.leave("read", conversation)
    while len(seen.shown) < AT_ONCE:
        await seen.rung()
    await house.desk.take(conversation, house.agents["ana"], now=house.clock())
    assert len(seen.shown) == AT_ONCE


async def test_who_said_stop_sees_nothing(house: House, seen: Seen, signing: Signing) -> None:
    stopped = await house.says("maria", 1, "hi")
    async with house.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE addresses SET stopped_at = 1")
    other = await house.says("rita", 1, "hi")
    house.ground.signs.leave("read", stopped)
    house.ground.signs.leave("read", other)
    await seen.rung()
    assert seen.shown == [("read", "paper:rita", "rita:1")]


def test_one_sign_too_many_is_forgotten() -> None:
    signs = Signs()
    for number in range(MOST + 5):
        signs.leave("read", number)
    assert signs.waiting.qsize() == MOST
