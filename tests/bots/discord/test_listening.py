"""Listening at a real gateway: nothing that was said is lost, whatever breaks."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from bots.channel import Hook, MessageIn
from bots.discord.channel import Discord
from bots.errors import Malformed, Misconfigured
from tests.bots.discord.conftest import Opened, Shelf
from tests.bots.discord.hooks import SUPPORT, USER, out
from tests.providers.discord import DiscordLookAlike
from tests.providers.faults import Fault

HOOKS = "https://inbox.example/hooks/discord"


class Journal:
    """Keeps hooks as the house does, and can be told to fail."""

    def __init__(self, channel: Discord) -> None:
        self.channel = channel
        self.hooks: list[Hook] = []
        self.fails = 0
        self.changed = asyncio.Event()

    async def keep(self, hook: Hook) -> None:
        await asyncio.sleep(0)
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the database is away")
        self.hooks.append(hook)
        self.changed.set()

    def texts(self) -> list[str]:
        """List what was said, each message once, in the order of its first coming."""
        events = [event for hook in self.hooks for event in self.channel.read(hook).events]
        said = {event.external_id: event.text for event in events if isinstance(event, MessageIn)}
        return list(said.values())

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    async def has(self, *texts: str) -> None:
        await self.until(lambda: self.texts() == list(texts))


async def heard(discord: DiscordLookAlike, holds: Callable[[], bool]) -> None:
    """Wait until what the gateway received is so."""
    async with asyncio.timeout(10), discord.gateway.heard:
        await discord.gateway.heard.wait_for(holds)


@pytest.fixture
async def journal(channel: Discord) -> Journal:
    made = Journal(channel)
    await channel.start(HOOKS, made.keep)
    return made


async def test_what_is_said_is_kept_and_only_what_means_something(
    journal: Journal, discord: DiscordLookAlike
) -> None:
    discord.state.open_server("99")
    await discord.say(USER, "one")
    await discord.say(USER, "elsewhere", channel="99")
    await discord.say(USER, "two", channel=SUPPORT)
    await discord.dispatch("PRESENCE_UPDATE", {"user": {"id": USER}})
    await discord.say(USER, "three")
    await journal.has("one", "two", "three")
    assert len(journal.hooks) == 3


async def test_our_own_words_are_not_heard(
    channel: Discord, journal: Journal, discord: DiscordLookAlike
) -> None:
    await channel.send(out("from us"))
    await discord.say(USER, "from them")
    await journal.has("from them")
    assert len(journal.hooks) == 1


@pytest.mark.parametrize("code", [0, 1001, 4000, 4009], ids=["cut", "going away", "unknown", "timed out"])
async def test_what_is_said_while_the_connection_is_gone_comes_after(
    journal: Journal, discord: DiscordLookAlike, code: int
) -> None:
    await discord.say(USER, "before")
    await journal.has("before")
    await discord.gateway.close(code)
    await discord.say(USER, "meanwhile")
    await discord.connected()
    await discord.say(USER, "after")
    await journal.has("before", "meanwhile", "after")


async def test_a_connection_that_is_asked_to_go_resumes(journal: Journal, discord: DiscordLookAlike) -> None:
    await discord.say(USER, "before")
    await journal.has("before")
    await discord.gateway.say({"op": 7, "d": None})
    await discord.connected()
    assert Counter(frame["op"] for frame in discord.gateway.received if frame["op"] != 1) == {2: 1, 6: 1}


async def test_a_session_that_is_forgotten_is_made_up_for_by_reading_back(
    journal: Journal, discord: DiscordLookAlike
) -> None:
    await discord.say(USER, "before")
    await journal.has("before")
    discord.gateway.forget()
    await discord.gateway.close(0)
    texts = [f"missed {number}" for number in range(150)]
    for text in texts:
        await discord.say(USER, text)
    await discord.say(USER, "in public", channel=SUPPORT)
    await journal.until(lambda: len(journal.texts()) == 152)
    assert [one for one in journal.texts() if one != "in public"] == ["before", *texts]


async def test_a_dispatch_that_was_not_kept_comes_again(journal: Journal, discord: DiscordLookAlike) -> None:
    await discord.say(USER, "one")
    await journal.has("one")
    journal.fails = 3
    await discord.say(USER, "two")
    await discord.say(USER, "three")
    await journal.until(lambda: len(journal.texts()) == 3)
    assert sorted(journal.texts()) == ["one", "three", "two"]
    assert journal.fails == 0


async def test_a_dispatch_that_can_never_be_kept_is_passed_over(
    channel: Discord, discord: DiscordLookAlike
) -> None:
    journal = Journal(channel)

    async def keep(hook: Hook) -> None:
        if b"poison" in hook.body:
            raise Malformed
        await journal.keep(hook)

    await channel.start(HOOKS, keep)
    await discord.say(USER, "poison")
    await discord.say(USER, "after")
    await journal.has("after")
    assert len(discord.gateway.sockets) == 1


async def test_what_is_said_while_the_house_is_off_comes_when_it_is_on_again(
    opened: Opened, discord: DiscordLookAlike
) -> None:
    before = opened()
    journal = Journal(before)
    await before.start(HOOKS, journal.keep)
    await discord.say(USER, "one")
    await discord.say(USER, "two", channel=SUPPORT)
    await journal.until(lambda: sorted(journal.texts()) == ["one", "two"])
    await before.stop()
    await discord.say(USER, "three")
    discord.gateway.forget()
    await discord.say(USER, "four", channel=SUPPORT)
    after = opened()
    journal = Journal(after)
    await after.start(HOOKS, journal.keep)
    await journal.until(lambda: sorted(journal.texts()) == ["four", "three"])


async def test_what_somebody_new_wrote_meanwhile_is_found_when_they_write_again(
    journal: Journal, discord: DiscordLookAlike
) -> None:
    await discord.say(USER, "known")
    await journal.has("known")
    discord.gateway.forget()
    await discord.gateway.close(0)
    await discord.say("170531778354741248", "is anybody there?")
    await discord.say("170531778354741248", "hello?")
    await discord.connected()
    await heard(discord, lambda: [one["op"] for one in discord.gateway.received].count(2) == 2)
    await discord.say("170531778354741248", "again")
    await journal.has("known", "is anybody there?", "hello?", "again")


async def test_it_is_found_though_we_wrote_to_somebody_else_meanwhile(
    opened: Opened, discord: DiscordLookAlike
) -> None:
    channel = opened()
    journal = Journal(channel)
    await channel.start(HOOKS, journal.keep)
    await discord.say(USER, "known")
    await journal.has("known")
    await channel.stop()
    discord.gateway.forget()
    await discord.say("170531778354741248", "is anybody there?")
    await channel.send(out(address="discord:170531778354741249"))
    await channel.start(HOOKS, journal.keep)
    await heard(discord, lambda: [one["op"] for one in discord.gateway.received].count(2) == 2)
    await discord.say("170531778354741248", "again")
    await journal.has("known", "is anybody there?", "again")


async def test_writing_to_somebody_passes_over_nothing_that_they_said_to_a_node_that_is_gone(
    opened: Opened, discord: DiscordLookAlike, memory: Shelf
) -> None:
    gone = opened()
    journal = Journal(gone)
    await gone.start(HOOKS, journal.keep)
    await discord.say(USER, "one")
    await journal.has("one")
    await gone.stop()
    await discord.say(USER, "missed")
    told = await discord.say(USER, "in public", channel=SUPPORT)
    known = await memory.read()
    known["spots"].append({"channel": SUPPORT, "last": told["id"]})  # it ended while it read back
    await memory.write(known)
    discord.gateway.forget()
    discord.faults.add(Fault(kind="slow", where="gateway/bot", times=1))
    other = opened(timeout=2)
    journal = Journal(other)
    await other.start(HOOKS, journal.keep)
    await other.send(out())  # it writes first, and hears after
    await journal.has("missed")


async def test_a_frame_that_nobody_can_read_is_passed_over(
    journal: Journal, discord: DiscordLookAlike
) -> None:
    for raw in ("{", '{"op":0,"s":2,"t":"MESSAGE_CREATE","d":{"content":"\\ud83d"}}', "[]", '{"op":"x"}'):
        await discord.gateway.sockets[0].send_str(raw)
    await discord.say(USER, "after")
    await journal.has("after")
    assert [one["op"] for one in discord.gateway.received if one["op"] != 1] == [2]


@pytest.mark.parametrize("where", ["gateway/bot", "/gateway/", "/messages"])
async def test_a_discord_that_hangs_holds_up_neither_start_nor_stop(
    opened: Opened, discord: DiscordLookAlike, where: str
) -> None:
    before = opened()
    await before.start(HOOKS, Journal(before).keep)
    await before.stop()
    discord.gateway.forget()
    discord.faults.add(Fault(kind="slow", where=where, times=9))
    channel = opened(timeout=100)
    async with asyncio.timeout(10):
        await channel.start(HOOKS, Journal(channel).keep)
        await channel.stop()


async def test_a_restart_resumes_the_session(opened: Opened, discord: DiscordLookAlike) -> None:
    before = opened()
    journal = Journal(before)
    await before.start(HOOKS, journal.keep)
    await discord.say(USER, "before")
    await journal.has("before")
    await before.stop()
    await discord.say(USER, "meanwhile")
    after = opened()
    journal = Journal(after)
    await after.start(HOOKS, journal.keep)
    await journal.has("meanwhile")
    assert [frame["op"] for frame in discord.gateway.received if frame["op"] != 1] == [2, 6]


async def test_a_gateway_that_no_longer_answers_is_left(opened: Opened, discord: DiscordLookAlike) -> None:
    discord.heartbeat_milliseconds, discord.answers_heartbeats = 30, False
    channel = opened()
    journal = Journal(channel)
    await channel.start(HOOKS, journal.keep)
    await heard(discord, lambda: len([one for one in discord.gateway.received if one["op"] == 6]) >= 2)
    discord.answers_heartbeats = True
    await discord.say(USER, "still here")
    await journal.has("still here")


async def test_heartbeats_tell_what_was_kept(opened: Opened, discord: DiscordLookAlike) -> None:
    discord.heartbeat_milliseconds = 20
    channel = opened()
    journal = Journal(channel)
    await channel.start(HOOKS, journal.keep)
    await discord.say(USER, "one")
    await journal.has("one")
    await heard(discord, lambda: {"op": 1, "d": 2} in discord.gateway.received)


@pytest.mark.parametrize("where", ["gateway/bot", "/gateway/"])
async def test_a_discord_that_is_away_is_tried_again(
    channel: Discord, discord: DiscordLookAlike, where: str
) -> None:
    discord.faults.add(Fault(kind="status", status=503, where=where, times=3))
    journal = Journal(channel)
    await channel.start(HOOKS, journal.keep)
    await discord.connected()
    await discord.say(USER, "hello")
    await journal.has("hello")


async def test_reading_back_goes_on_after_trouble(journal: Journal, discord: DiscordLookAlike) -> None:
    await discord.say(USER, "before")
    await journal.has("before")
    discord.gateway.forget()
    discord.faults.add(Fault(kind="throttle", where="/messages", retry_after=0))
    discord.faults.add(Fault(kind="status", status=502, where="/messages"))
    await discord.gateway.close(0)
    await discord.say(USER, "missed")
    await journal.has("before", "missed")


@pytest.mark.parametrize("trouble", ["token", "intent"])
async def test_what_only_an_operator_can_mend_is_said_at_the_start(
    opened: Opened, discord: DiscordLookAlike, trouble: Any
) -> None:
    discord.content_allowed = trouble != "intent"
    changes = {"token": SecretStr("a.b.c")} if trouble == "token" else {}
    channel = opened(**changes)
    with pytest.raises(Misconfigured, match=r"DISCORD_BOT_TOKEN|Message Content Intent"):
        await channel.start(HOOKS, Journal(channel).keep)
    assert discord.gateway.sockets == []


async def test_the_words_of_servers_are_asked_for_only_with_a_support_channel(
    opened: Opened, discord: DiscordLookAlike
) -> None:
    channel = opened(support_channel="")
    await channel.start(HOOKS, Journal(channel).keep)
    (identify,) = [frame["d"] for frame in discord.gateway.received if frame["op"] == 2]
    assert identify["intents"] == 1 << 12 | 1 << 13 | 1 << 14


async def test_no_more_sessions_are_begun_than_are_left(opened: Opened, discord: DiscordLookAlike) -> None:
    discord.starts_left = 0
    channel = opened()
    await channel.start(HOOKS, Journal(channel).keep)
    assert discord.gateway.received == []
    await channel.stop()


async def test_stop_without_start_does_nothing(channel: Discord) -> None:
    await channel.stop()
    await channel.stop()
