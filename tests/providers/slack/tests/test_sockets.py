"""Socket Mode with the real client: envelopes until acked, reconnects, refusals."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.providers.slack import SlackLookAlike


@dataclass
class Ear:
    """One Socket Mode client; `deaf` lets so many envelopes pass without an ack."""

    client: SocketModeClient
    heard: list[SocketModeRequest] = field(default_factory=list)
    deaf: int = 0
    answer: dict[str, Any] | None = None

    async def listen(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.heard.append(request)
        if self.deaf:
            self.deaf -= 1
            return
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self.answer))


@pytest.fixture
async def ear(slack: SlackLookAlike, client: AsyncWebClient) -> AsyncIterator[Ear]:
    socket = SocketModeClient(slack.app_token, web_client=client)
    ear = Ear(socket)
    socket.socket_mode_request_listeners.append(ear.listen)
    await socket.connect()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.sockets.open)
    yield ear
    await socket.close()  # type: ignore[no-untyped-call]


async def test_an_event_comes_in_an_envelope_and_is_acked(slack: SlackLookAlike, ear: Ear) -> None:
    await slack.add_person("Ana").types(slack.add_channel("team"), "hello")
    await slack.delivery.settled()
    assert [r.payload["event"]["text"] for r in ear.heard] == ["hello"]
    assert slack.sockets.acked == {ear.heard[0].envelope_id}
    assert slack.sockets.sent[0].envelope["accepts_response_payload"] is False


async def test_an_envelope_not_acked_comes_again_with_the_same_event(slack: SlackLookAlike, ear: Ear) -> None:
    ear.deaf = 1
    await slack.add_person("Ana").types(slack.add_channel("team"), "hello")
    await slack.until(lambda: slack.sockets.sent)
    while not ear.heard:
        await asyncio.sleep(0)
    slack.clock.advance(3)
    await slack.delivery.settled()
    first, second = ear.heard
    assert first.payload["event_id"] == second.payload["event_id"]
    assert first.envelope_id != second.envelope_id
    assert (second.retry_attempt, second.retry_reason) == (1, "timeout")


async def test_the_answer_to_a_gesture_travels_in_the_ack(slack: SlackLookAlike, ear: Ear) -> None:
    ear.answer = {"text": "2 waiting"}
    ana, channel = slack.add_person("Ana"), slack.add_channel("team")
    handed = await ana.slash("/tidings queue", channel=channel)
    assert (ear.heard[0].type, ear.heard[0].payload["text"]) == ("slash_commands", "queue")
    assert handed.body == {"text": "2 waiting"}
    assert [m.text for m in ana.ephemerals] == ["2 waiting"]


async def test_after_a_refresh_the_client_comes_back_and_nothing_is_lost(
    slack: SlackLookAlike, ear: Ear
) -> None:
    ana, channel = slack.add_person("Ana"), slack.add_channel("team")
    for number in range(20):
        await ana.types(channel, str(number))
        if number == 9:
            await slack.sockets.disconnect("refresh_requested")
    await slack.delivery.settled()
    assert slack.sockets.connects == 2
    assert sorted(int(r.payload["event"]["text"]) for r in ear.heard) == list(range(20))


async def test_a_dropped_connection_is_replaced_and_the_event_waits_for_it(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    socket = SocketModeClient(slack.app_token, web_client=client, ping_interval=0.05)
    ear = Ear(socket)
    socket.socket_mode_request_listeners.append(ear.listen)
    await socket.connect()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.sockets.open)
    slack.sockets.drop()
    await slack.add_person("Ana").types(slack.add_channel("team"), "hello")
    await slack.delivery.settled()
    assert [r.payload["event"]["text"] for r in ear.heard] == ["hello"]
    await socket.close()  # type: ignore[no-untyped-call]


def counted(slack: SlackLookAlike, count: int) -> bool:
    return slack.sockets.connects >= count


async def test_the_eleventh_connection_is_too_many(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    async with ClientSession() as session:
        kept = []  # a forgotten socket closes itself
        for number in range(1, 12):
            url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
            socket = await session.ws_connect(url)
            kept.append(socket)
            said = await socket.receive_json()
            await slack.until(partial(counted, slack, number))
            expected = ("hello", None) if number <= 10 else ("disconnect", "too_many_websockets")
            assert (said["type"], said.get("reason")) == expected
            assert said.get("num_connections") == (number if number <= 10 else None)


async def test_a_ticket_opens_one_socket_only(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"].replace("ws:", "http:")
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with ClientSession() as session:
        async with session.get(url, headers=upgrade) as first:
            assert first.status == 101
        async with session.get(url, headers=upgrade) as second:
            assert second.status == 408


@pytest.mark.parametrize("reason", ["too_many_websockets", "link_disabled"])
async def test_every_new_socket_can_be_refused(
    slack: SlackLookAlike, client: AsyncWebClient, reason: str
) -> None:
    slack.sockets.refusing = reason
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with ClientSession() as session, session.ws_connect(url) as socket:
        assert (await socket.receive_json())["reason"] == reason
    assert slack.sockets.open == []


async def test_what_is_no_acknowledgement_is_a_mistake(slack: SlackLookAlike, client: AsyncWebClient) -> None:
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_json({"type": "message", "text": "hello"})
        await slack.until(lambda: slack.mistakes)
    assert slack.mistakes == ["not an acknowledgement: ['text', 'type']"]
    slack.mistakes.clear()


async def test_bolts_own_handler_over_two_connections_hears_each_event_once(
    slack: SlackLookAlike, client: AsyncWebClient
) -> None:
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    heard: list[str] = []

    @app.event("message")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    handlers = [AsyncSocketModeHandler(app, slack.app_token) for _ in range(2)]
    for handler in handlers:
        await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: len(slack.sockets.open) == 2)
    ana, channel = slack.add_person("Ana"), slack.add_channel("team")
    for number in range(10):
        await ana.types(channel, str(number))
    await slack.delivery.settled()
    assert sorted(heard) == [str(number) for number in range(10)]
    assert len({sent.socket for sent in slack.sockets.sent}) == 2
    for handler in handlers:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def test_the_same_event_can_come_again_later(slack: SlackLookAlike, ear: Ear) -> None:
    await slack.add_person("Ana").types(slack.add_channel("team"), "hello")
    await slack.delivery.settled()
    await slack.delivery.send(slack.events[0])
    first, second = ear.heard
    assert first.payload["event_id"] == second.payload["event_id"]
