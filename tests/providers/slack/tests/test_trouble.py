"""Limits on the look-alike's clock, and every way a call can fail."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.providers.slack import Fault, SlackLookAlike

START = 1_795_341_720.0


@pytest.fixture
async def limited() -> AsyncIterator[SlackLookAlike]:
    async with SlackLookAlike(start=START) as slack:
        yield slack


def client_of(slack: SlackLookAlike) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.url, retry_handlers=[])


async def posted(client: AsyncWebClient, channel: str, text: str = "x") -> int:
    """The Retry-After of one post, 0 when it was taken."""
    try:
        await client.chat_postMessage(channel=channel, text=text)
    except SlackApiError as error:
        if (error.response.status_code, error.response["error"]) != (429, "ratelimited"):
            raise
        return int(error.response.headers["Retry-After"])
    return 0


async def test_a_channel_takes_a_burst_and_then_one_post_a_second(limited: SlackLookAlike) -> None:
    client, one, other = client_of(limited), limited.add_channel("one"), limited.add_channel("other")
    assert [await posted(client, one) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert await posted(client, other) == 0
    limited.clock.advance(1)
    assert [await posted(client, one) for _ in range(2)] == [0, 1]
    assert len(limited.posts(one)) == 6


async def test_each_method_has_its_own_minute(limited: SlackLookAlike) -> None:
    client, channel = client_of(limited), limited.add_channel("team")
    ts = (await client.chat_postMessage(channel=channel, text="x"))["ts"]
    for number in range(50):
        await client.chat_update(channel=channel, ts=ts, text=str(number))
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_update(channel=channel, ts=ts, text="51")
    assert await posted(client, channel) == 0
    limited.clock.advance(2)
    await client.chat_update(channel=channel, ts=ts, text="51")
    assert limited.post(channel, ts).text == "51"


async def test_removing_a_mark_is_scarcer_than_adding_one(limited: SlackLookAlike) -> None:
    client, channel = client_of(limited), limited.add_channel("team")
    ts = (await client.chat_postMessage(channel=channel, text="x"))["ts"]
    for _ in range(20):
        await client.reactions_add(channel=channel, timestamp=ts, name="eyes")
        await client.reactions_remove(channel=channel, timestamp=ts, name="eyes")
    await client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.reactions_remove(channel=channel, timestamp=ts, name="eyes")


async def test_a_block_refuses_one_channel_for_so_long_and_no_other(limited: SlackLookAlike) -> None:
    client, one, other = client_of(limited), limited.add_channel("one"), limited.add_channel("other")
    limited.limits.block("chat.postMessage", 7, one)
    assert (await posted(client, one), await posted(client, other)) == (7, 0)
    limited.clock.advance(6)
    assert await posted(client, one) == 1
    limited.clock.advance(1)
    assert await posted(client, one) == 0


async def test_without_limits_or_with_wider_ones_more_passes() -> None:
    async with (
        SlackLookAlike(start=START, limits=False) as free,
        SlackLookAlike(start=START, scale=10) as wide,
    ):
        team, broad = free.add_channel("team"), wide.add_channel("team")
        assert sum([await posted(client_of(free), team) for _ in range(60)]) == 0
        assert [await posted(client_of(wide), broad) for _ in range(51)] == [0] * 50 + [1]


async def test_timestamps_are_those_of_the_clock_and_rise(limited: SlackLookAlike) -> None:
    client, channel = client_of(limited), limited.add_channel("team")
    first = (await client.chat_postMessage(channel=channel, text="x"))["ts"]
    second = (await client.chat_postMessage(channel=channel, text="x"))["ts"]
    limited.clock.advance(60)
    third = (await client.chat_postMessage(channel=channel, text="x"))["ts"]
    assert (first, second, third) == ("1795341720.000000", "1795341720.000001", "1795341780.000000")


BROKEN = (aiohttp.ClientError, SlackApiError, asyncio.TimeoutError)
FAULTS: list[tuple[str, Fault, int, str]] = [
    ("cut after accepting", Fault.cut_after_accepting(), 1, "disconnect"),
    ("cut before accepting", Fault.cut_before_accepting(), 0, "disconnect"),
    ("500", Fault.answers(500), 0, "status: 500"),
    ("503 though accepted", Fault.answers(503, accepted=True), 1, "status: 503"),
    ("ok false", Fault.refuses("restricted_action"), 0, "restricted_action"),
    ("fatal error though accepted", Fault.refuses("fatal_error", accepted=True), 1, "fatal_error"),
    ("HTML", Fault(kind="html"), 0, ""),
    ("HTML though accepted", Fault(kind="html", accepted=True), 1, ""),
    ("half a body", Fault(kind="half", accepted=True), 1, ""),
    ("429", Fault.throttled(9), 0, "ratelimited"),
]


@pytest.mark.parametrize(("fault", "kept", "says"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
async def test_a_fault_strikes_once_and_leaves_what_it_says(
    slack: SlackLookAlike, client: AsyncWebClient, fault: Fault, kept: int, says: str
) -> None:
    channel = slack.add_channel("team")
    slack.fault("chat.postMessage", fault)
    with pytest.raises(BROKEN) as caught:
        await client.chat_postMessage(channel=channel, text="x")
    assert says in str(caught.value)
    assert len(slack.posts(channel)) == kept
    assert [call.accepted for call in slack.called("chat.postMessage")] == [bool(kept)]
    await client.chat_postMessage(channel=channel, text="y")
    assert len(slack.posts(channel)) == kept + 1


async def test_a_slow_answer_comes_when_the_clock_says(limited: SlackLookAlike) -> None:
    channel = limited.add_channel("team")
    limited.fault("chat.postMessage", Fault.slow(30))
    asked = asyncio.create_task(client_of(limited).chat_postMessage(channel=channel, text="x"))
    await limited.until(lambda: limited.posts(channel))
    assert not asked.done()
    limited.clock.advance(30)
    assert (await asked)["ok"] is True


async def test_the_sdks_own_retry_posts_twice_when_the_answer_is_lost(slack: SlackLookAlike) -> None:
    channel = slack.add_channel("team")
    slack.fault("chat.postMessage", Fault.cut_after_accepting())
    await AsyncWebClient(slack.bot_token, base_url=slack.url).chat_postMessage(channel=channel, text="x")
    assert len(slack.posts(channel)) == 2


async def test_a_repeated_client_msg_id_makes_one_post(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    channel = slack.add_channel("team")
    first = await client.chat_postMessage(channel=channel, text="x", client_msg_id="k1")
    second = await client.chat_postMessage(channel=channel, text="x", client_msg_id="k1")
    assert first["ts"] == second["ts"]
    assert len(slack.posts(channel)) == 1


async def test_a_fault_can_wait_and_can_mean_one_channel_only(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    one, other = slack.add_channel("one"), slack.add_channel("other")
    slack.fault(
        "chat.postMessage", Fault(kind="error", error="internal_error", channel=one, after=1, times=2)
    )
    outcomes = []
    for channel in (one, other, one, other, one, one):
        try:
            await client.chat_postMessage(channel=channel, text="x")
            outcomes.append("ok")
        except SlackApiError as error:
            outcomes.append(error.response["error"])
    assert outcomes == ["ok", "ok", "internal_error", "ok", "internal_error", "ok"]


async def test_after_revocation_every_call_is_refused(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    slack.revoke_tokens()
    with pytest.raises(SlackApiError, match="token_revoked"):
        await client.auth_test()
