"""What goes wrong while sending, told honestly and without the token."""

import logging
import socket

import pytest
from telegram.error import BadRequest, Forbidden, TelegramError

from bots.errors import ChannelError, Misconfigured, OptedOut, Throttled, Uncertain, Unreachable
from bots.telegram.calling import translate
from bots.telegram.channel import Telegram
from bots.telegram.spec import SPEC
from routing.reasons import REASONS
from tests.bots.telegram.conftest import channel_at
from tests.bots.telegram.updates import out
from tests.providers.faults import Fault
from tests.providers.telegram import TelegramServer

pytestmark = pytest.mark.usefixtures("known")
FAULTS: list[tuple[Fault, type[ChannelError], int]] = [
    (Fault(kind="throttle", retry_after=7), Throttled, 0),
    (Fault(kind="status", status=429), Throttled, 0),
    (Fault(kind="status", status=500), Uncertain, 0),
    (Fault(kind="status", status=504), Uncertain, 0),
    (Fault(kind="status", status=503), Unreachable, 0),
    (Fault(kind="html", status=502), Uncertain, 0),
    (Fault(kind="html", status=403), Unreachable, 0),
    (Fault(kind="html", status=200), Uncertain, 0),
    (Fault(kind="slow"), Uncertain, 1),
    (Fault(kind="drop_after"), Uncertain, 1),
    (Fault(kind="drop_before"), Uncertain, 0),
]


@pytest.mark.parametrize(
    ("fault", "error", "taken"), FAULTS, ids=[f"{f.kind} {f.status}" for f, *_ in FAULTS]
)
async def test_a_fault_is_told_honestly_and_nothing_is_sent_again(
    server: TelegramServer, fault: Fault, error: type[ChannelError], taken: int
) -> None:
    server.faults.add(fault)
    async with channel_at(server.url, answer_seconds=0.3) as channel:
        with pytest.raises(error) as raised:
            await channel.send(out())
    assert type(raised.value) is error
    assert len(server.state.sent) == taken
    assert server.faults.met == [fault.kind]


async def test_the_wait_that_telegram_asks_for_is_passed_on(
    server: TelegramServer, channel: Telegram
) -> None:
    server.faults.add(Fault(kind="throttle", retry_after=7))
    with pytest.raises(Throttled) as raised:
        await channel.send(out())
    assert raised.value.retry_after == 7.0


async def test_a_server_that_is_not_there_was_not_asked() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        async with channel_at(f"http://127.0.0.1:{held.getsockname()[1]}") as channel:
            with pytest.raises(Unreachable):
                await channel.send(out())


async def test_a_customer_who_blocked_the_bot_has_opted_out(
    server: TelegramServer, channel: Telegram
) -> None:
    server.state.block(7)
    with pytest.raises(OptedOut, match="The customer has blocked the bot"):
        await channel.send(out())


SAID = [
    pytest.param(Forbidden("Forbidden: user is deactivated"), "no_such_address", id="deleted account"),
    pytest.param(
        Forbidden("Forbidden: bot can't initiate conversation with a user"), "undeliverable", id="not started"
    ),
    pytest.param(Forbidden("Forbidden: bot was kicked from the group chat"), "blocked", id="kicked"),
    pytest.param(Forbidden("Forbidden: something new"), "blocked", id="any other 403"),
    pytest.param(BadRequest("Bad Request: chat not found"), "no_such_address", id="chat not found"),
    pytest.param(BadRequest("Bad Request: message is too long"), None, id="our own mistake"),
]


@pytest.mark.parametrize(("raised", "reason"), SAID)
def test_only_what_telegram_says_of_the_address_closes_it(raised: TelegramError, reason: str | None) -> None:
    closing = SPEC.closes.get(translate(raised).code)
    assert (None if closing is None else closing.reason) == reason
    assert reason is None or reason in REASONS


@pytest.mark.parametrize("token", ["42:WRONG", "nonsense"])
async def test_a_wrong_token_is_our_mistake_and_is_not_shown(server: TelegramServer, token: str) -> None:
    async with channel_at(server.url, token=token) as channel:
        with pytest.raises(Misconfigured) as raised:
            await channel.send(out())
    assert token not in repr(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


async def test_the_token_is_in_no_log(
    server: TelegramServer, channel: Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await channel.send(out("a secret word"))
    server.faults.add(Fault(kind="html", status=502))
    with pytest.raises(Uncertain):
        await channel.send(out())
    assert "sendMessage" in caplog.text, "the SDK's client logs its requests"
    assert "LOOKALIKE" not in caplog.text
    assert "a secret word" not in "".join(
        r.getMessage() for r in caplog.records if r.name.startswith("telegram")
    )
    assert "LOOKALIKE" not in repr(channel._settings)
