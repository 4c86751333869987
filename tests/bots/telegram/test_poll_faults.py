"""Long polling through faults, to its end."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from bots.channel import Hook
from bots.errors import Misconfigured, Throttled
from bots.telegram.channel import Telegram
from bots.telegram.polling import Poller
from tests.bots.telegram.conftest import channel_at
from tests.bots.telegram.waiting import Kept, eventually
from tests.providers.faults import Fault
from tests.providers.telegram import TelegramServer


async def test_what_was_not_kept_before_the_end_comes_again(
    server: TelegramServer, channel: Telegram, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.telegram.channel._FINISH_SECONDS", 0.01)
    begun = asyncio.Event()

    async def hang(hook: Hook) -> None:
        begun.set()
        await asyncio.Event().wait()

    for text in "ab":
        server.state.say(7, text)
    async with channel_at(server.url) as first:
        await first.start("", hang)
        await begun.wait()
    assert len(server.state.pending) == 2, "nothing was confirmed"
    await channel.start("", kept)
    await kept.until(lambda: kept.texts == ["a", "b"])


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="throttle", retry_after=0),
        Fault(kind="status", status=500),
        Fault(kind="html", status=502),
        Fault(kind="drop_before"),
        Fault(kind="drop_after"),
    ],
    ids=lambda fault: str(fault.kind),
)
@pytest.mark.parametrize("where", ["/getMe", "/deleteWebhook", "/getUpdates"])
async def test_polling_outlives_every_fault(
    server: TelegramServer, channel: Telegram, kept: Kept, fault: Fault, where: str
) -> None:
    server.state.say(7, "x")
    for _ in range(2):
        server.faults.add(Fault(kind=fault.kind, status=fault.status, retry_after=0, where=where))
    await channel.start("", kept)
    await kept.until(lambda: kept.texts == ["x"])
    assert server.faults.met == [fault.kind] * 2


async def test_another_poller_is_waited_out(
    server: TelegramServer, channel: Telegram, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    await channel.start("", kept)
    await eventually(lambda: server.state.poll > 0, server)
    server.state.webhook = {"url": "http://127.0.0.1:9/", "secret_token": ""}  # someone else's
    server.state.poll += 1
    server.state.wake()
    async with asyncio.timeout(10):
        while "Another program polls" not in caplog.text:
            await asyncio.sleep(0)
    server.state.webhook = {}
    server.state.say(7, "back")
    await kept.until(lambda: kept.texts == ["back"])


async def test_stopping_drops_an_open_poll_at_once(server: TelegramServer, kept: Kept) -> None:
    async with channel_at(server.url, poll_seconds=50) as channel:
        await channel.start("", kept)
        await eventually(lambda: server.state.poll > 0, server)
        async with asyncio.timeout(25):
            await channel.stop()


async def test_stopping_lets_what_is_being_kept_finish(server: TelegramServer, channel: Telegram) -> None:
    begun, go, ended = asyncio.Event(), asyncio.Event(), []

    async def keep(hook: Hook) -> None:
        begun.set()
        await go.wait()
        ended.append(hook)

    server.state.say(7, "x")
    await channel.start("", keep)
    await begun.wait()
    stopping = asyncio.create_task(channel.stop())
    await asyncio.sleep(0)
    go.set()
    await stopping
    assert len(ended) == 1


async def test_a_wrong_token_stops_the_start(server: TelegramServer) -> None:
    async with channel_at(server.url, token="42:WRONG") as channel:
        with pytest.raises(Misconfigured, match="TELEGRAM_BOT_TOKEN"):
            await channel.start("", Kept(channel))


async def test_rests_grow_and_obey_telegram(monkeypatch: pytest.MonkeyPatch, channel: Telegram) -> None:
    waits: list[float] = []

    async def wait_for(waiting: Awaitable[Any], pause: float) -> None:
        waits.append(pause)
        waiting.close()  # type: ignore[attr-defined]
        raise TimeoutError

    async def keep(_: Hook) -> None: ...

    poller = Poller(channel._bot, channel._settings, "s", keep)
    monkeypatch.setattr("bots.telegram.polling.asyncio.wait_for", wait_for)
    for _ in range(20):
        await poller._rest(None)
    assert all(0.005 * 2**n <= wait <= 0.01 * 2**n for n, wait in enumerate(waits[:10]))
    assert max(waits) <= 60.0
    await poller._rest(Throttled(retry_after=300))
    assert waits[-1] >= 300
