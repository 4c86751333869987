"""Updates by webhook: registration, and hooks as the look-alike posts them."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bots.channel import Hook, MessageIn
from bots.errors import BadSignature, Misconfigured
from bots.telegram import SPEC, Settings, open_channel
from bots.telegram.channel import Telegram
from bots.telegram.registering import is_public, webhook_secrets
from tests.bots.telegram.conftest import channel_at
from tests.bots.telegram.updates import NOW
from tests.bots.telegram.waiting import eventually
from tests.providers.faults import Fault
from tests.providers.telegram import TelegramServer

PUBLIC = "https://inbox.example.com/hooks/telegram"


async def keep_nothing(hook: Hook) -> None:
    raise AssertionError("nothing is polled")


class Door:
    """Our side of the webhook: what came, and what to answer."""

    def __init__(self, channel: Telegram) -> None:
        self.channel = channel
        self.texts: list[str] = []
        self.answers: list[int] = []

    async def take(self, request: web.Request) -> web.Response:
        headers = {key.lower(): value for key, value in request.headers.items()}
        hook = Hook(method="POST", url="", headers=headers, body=await request.read(), received_at=NOW)
        reading = self.channel.read(hook)
        self.texts += [event.text for event in reading.events if isinstance(event, MessageIn)]
        status = self.answers.pop(0) if self.answers else reading.response.status
        body, content_type = reading.response.body, reading.response.content_type
        return web.Response(status=status, text=body, content_type=content_type)


@pytest.fixture
async def door(server: TelegramServer) -> AsyncIterator[Door]:
    async with channel_at(server.url, delivery="webhook") as channel:
        made = Door(channel)
        app = web.Application()
        app.add_routes([web.post("/hooks/telegram", made.take)])
        async with TestServer(app) as ours:
            await channel.start(str(ours.make_url("/hooks/telegram")), keep_nothing)
            yield made


async def test_a_public_address_is_registered_with_our_secret(
    server: TelegramServer, channel: Telegram
) -> None:
    await channel.start(PUBLIC, keep_nothing)
    assert server.state.webhook == {"url": PUBLIC, "secret_token": channel._secrets[0]}
    assert "message_reaction" in server.state.allowed
    assert "getUpdates" not in [call["method"] for call in server.state.calls]


async def test_registration_is_tried_again_until_telegram_is_back(
    server: TelegramServer, channel: Telegram
) -> None:
    server.faults.add(Fault(kind="status", status=500, times=3))
    await channel.start(PUBLIC, keep_nothing)
    await eventually(lambda: bool(server.state.webhook), server)


async def test_hooks_from_telegram_are_ours_and_repeated_until_taken(
    server: TelegramServer, door: Door
) -> None:
    door.answers = [500, 503]
    server.state.say(7, "one")
    server.state.say(7, "two")
    await eventually(lambda: server.state.pending == [], server)
    assert door.texts == ["one", "one", "one", "two"], "in order: a hook that is refused holds up its chat"


async def test_the_answer_to_a_button_stops_its_spinner(server: TelegramServer, door: Door) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    under = server.state.message(7, server.state.bot, text="Sure?", reply_markup=keyboard)
    server.state.press(7, under["message_id"], "y")
    await eventually(lambda: server.state.pending == [], server)
    assert door.texts == ["Yes"]
    assert server.state.calls[-1]["method"] == "answerCallbackQuery"


@pytest.mark.parametrize(
    ("url", "public"),
    [
        (PUBLIC, True),
        ("https://203.0.113.9.example.com:8443/x", True),
        ("https://8.8.8.8/x", True),
        ("http://inbox.example.com/x", False),
        ("https://localhost/x", False),
        ("https://inbox/x", False),
        ("https://inbox.local/x", False),
        ("https://127.0.0.1/x", False),
        ("https://10.1.2.3/x", False),
        ("", False),
    ],
)
def test_only_a_public_https_address_is_given_to_telegram(url: str, public: bool) -> None:
    assert is_public(url) is public


def test_the_secret_is_made_from_the_token_unless_given() -> None:
    one, two = (webhook_secrets(Settings.model_validate({"token": token}))[0] for token in ("1:A", "1:B"))
    assert one != two
    assert one == webhook_secrets(Settings.model_validate({"token": "1:A"}))[0]
    assert len(one) == 64
    assert "1:A" not in one
    assert webhook_secrets(Settings.model_validate({"token": "1:A", "webhook_secret": "mine"}))[0] == "mine"


def test_the_newest_secret_is_told_to_telegram_and_those_before_are_good() -> None:
    made = {token: webhook_secrets(Settings.model_validate({"token": token}))[0] for token in ("1:A", "1:B")}
    of_token = Settings.model_validate({"token": "1:B", "old_token": "1:A"})
    assert webhook_secrets(of_token) == [made["1:B"], made["1:A"]]
    given = Settings.model_validate({"token": "1:B", "webhook_secret": "new", "old_webhook_secret": "old"})
    assert webhook_secrets(given) == ["new", "old"]
    taken_out = Settings.model_validate({"token": "1:B", "old_webhook_secret": "old"})
    assert webhook_secrets(taken_out) == [made["1:B"], "old"]


@pytest.mark.parametrize(
    "given", [{"token": ""}, {"token": "1:A/../x"}, {"token": "1:A", "webhook_secret": ""}]
)
def test_settings_that_cannot_work_are_refused_without_showing_them(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"token|Telegram takes") as raised:
        Settings.model_validate(given)
    assert "../x" not in str(raised.value)


async def test_opening_opens_nothing() -> None:
    channel = open_channel(Settings.model_validate({"token": "1:A"}), "telegram")
    assert channel.spec is SPEC
    assert "_bot" not in channel.__dict__
    await channel.stop()
    with pytest.raises(BadSignature):
        channel.read(Hook(method="POST", url="", headers={}, body=b"{}", received_at=NOW))


async def test_a_wrong_token_stops_the_start(server: TelegramServer) -> None:
    async with channel_at(server.url, token="42:WRONG") as channel:
        with pytest.raises(Misconfigured):
            await channel.start(PUBLIC, keep_nothing)
