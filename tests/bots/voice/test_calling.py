"""Calls both ways, driven by the look-alike as Twilio drives them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.channel import Called, CallMissed, Edited, MessageIn, MessageOut, Receipt
from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable
from bots.voice.channel import Voice
from bots.voice.codes import CODES
from bots.voice.settings import Settings
from tests.bots.twilio_door import Door, opened
from tests.providers.faults import Fault
from tests.providers.twilio import TwilioLookAlike

OURS = "+15005550006"
PHONE = "+351210000001"
AGENT = "+351930000001"
CUSTOMER = "+34600123456"
ADDRESS = f"tel:{CUSTOMER}"


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioLookAlike]:
    look_alike = TwilioLookAlike(numbers=[OURS])
    await look_alike.start()
    yield look_alike
    await look_alike.stop()


def voice(twilio: TwilioLookAlike, **more: Any) -> Voice:
    account = {"account_sid": twilio.account_sid, "auth_token": twilio.auth_token, "number": OURS}
    made = {**account, "base_url": twilio.base_url, "ring": [PHONE], **more}
    return Voice(Settings.model_validate(made), "voice")


@pytest.fixture
async def channel(twilio: TwilioLookAlike) -> Voice:
    return voice(twilio)


@pytest.fixture
async def door(channel: Voice) -> AsyncIterator[Door]:
    async with opened(channel) as one:
        yield one


async def test_a_call_that_is_taken_is_in_the_log(twilio: TwilioLookAlike, door: Door) -> None:
    twilio.exchange.answer.add(PHONE)
    call = await twilio.exchange.ring(door.url, CUSTOMER, status_url=door.url)
    (called,) = door.events
    assert isinstance(called, Called)
    assert (called.address, called.external_id, called.ours) == (ADDRESS, call.sid, False)
    assert called.lasted == timedelta(seconds=42)
    assert call.dialled == [(PHONE, CUSTOMER)]


async def test_a_missed_call_with_its_voicemail_and_its_words(
    twilio: TwilioLookAlike, channel: Voice
) -> None:
    channel = voice(twilio, transcribe=True)
    async with opened(channel) as door:
        call = await twilio.exchange.ring(
            door.url, CUSTOMER, says=b"mp3", transcript="Call me back.", status_url=door.url
        )
        missed, message, again, edited = door.events
        assert isinstance(missed, CallMissed)
        assert isinstance(message, MessageIn)
        assert isinstance(again, MessageIn)
        assert isinstance(edited, Edited)
        sound = b"".join([part async for part in channel.fetch(message.attachments[0])])
    assert (missed.external_id, missed.address) == (call.sid, ADDRESS)
    assert (message.address, message.external_id) == (ADDRESS, again.external_id)
    assert (edited.external_id, edited.text) == (message.external_id, "Call me back.")
    assert sound == b"mp3"
    assert [language for language, _ in call.said] == ["es-ES", "es-ES"]


async def test_who_says_nothing_after_the_tone_has_called_all_the_same(
    twilio: TwilioLookAlike, door: Door
) -> None:
    await twilio.exchange.ring(door.url, CUSTOMER, status_url=door.url)
    assert [type(event) for event in door.events] == [CallMissed]


async def test_who_hangs_up_while_it_rings_is_seen_by_the_status_alone(
    twilio: TwilioLookAlike, door: Door
) -> None:
    call = await twilio.exchange.ring(door.url, CUSTOMER, hangs_up=True, status_url=door.url)
    (missed,) = door.events
    assert isinstance(missed, CallMissed)
    assert missed.external_id == call.sid


async def test_a_hidden_number_hears_why_it_cannot_leave_a_message(
    twilio: TwilioLookAlike, door: Door
) -> None:
    call = await twilio.exchange.ring(door.url, "anonymous", says=b"mp3", status_url=door.url)
    assert door.events == []
    assert "show your number" in call.said[0][1]
    assert twilio.exchange.recordings == {}


async def test_the_agent_is_rung_first_then_the_customer_who_sees_our_number(
    twilio: TwilioLookAlike, channel: Voice, door: Door
) -> None:
    twilio.exchange.answer |= {AGENT, CUSTOMER}
    sent = await channel.call(AGENT, ADDRESS, "call:7")
    await twilio.settled()
    (call,) = twilio.exchange.calls
    assert (call.sid, call.to, call.from_) == (sent.external_id, AGENT, OURS)
    assert call.dialled == [(CUSTOMER, OURS)]
    assert call.said == [("en-US", "Calling your customer at + 3 4 6 0 0 1 2 3 4 5 6.")]
    (called,) = door.events
    assert isinstance(called, Called)
    assert (called.address, called.external_id, called.ours) == (ADDRESS, "call:7", True)
    assert called.lasted == timedelta(seconds=42)


async def test_an_agent_who_does_not_pick_up_rings_nobody(
    twilio: TwilioLookAlike, channel: Voice, door: Door
) -> None:
    twilio.exchange.answer.add(CUSTOMER)
    sent = await channel.call(AGENT, ADDRESS, "call:7")
    await twilio.settled()
    assert twilio.exchange.calls[0].dialled == []
    (receipt,) = door.events
    assert isinstance(receipt, Receipt)
    assert (receipt.external_id, receipt.code) == (sent.external_id, "no-answer")


async def test_a_customer_who_is_on_the_phone_is_said_to_the_agent(
    twilio: TwilioLookAlike, channel: Voice, door: Door
) -> None:
    twilio.exchange.answer.add(AGENT)
    twilio.exchange.busy.add(CUSTOMER)
    await channel.call(AGENT, ADDRESS, "call:7")
    await twilio.settled()
    (receipt,) = door.events
    assert isinstance(receipt, Receipt)
    assert (receipt.code, receipt.reason) == ("busy", "The customer was on the phone.")
    assert twilio.exchange.calls[0].said[-1] == ("en-US", "The customer did not answer.")


@pytest.mark.parametrize("pressing", [True, False], ids=["a person", "a mailbox"])
async def test_a_mailbox_presses_no_key_so_that_the_customer_is_not_joined_to_it(
    twilio: TwilioLookAlike, pressing: bool
) -> None:
    channel = voice(twilio, press_to_call=True)
    twilio.exchange.answer |= {AGENT, CUSTOMER}
    twilio.exchange.pressing = pressing
    async with opened(channel) as door:
        await channel.call(AGENT, ADDRESS, "call:7")
        await twilio.settled()
    (event,) = door.events
    assert twilio.exchange.calls[0].dialled == ([(CUSTOMER, OURS)] if pressing else [])
    assert isinstance(event, Called if pressing else Receipt)
    assert "Press any key" in twilio.exchange.calls[0].said[0][1]


async def test_without_an_address_of_ours_a_call_is_made_and_nothing_is_told(
    twilio: TwilioLookAlike, channel: Voice
) -> None:
    twilio.exchange.answer |= {AGENT, CUSTOMER}
    await channel.call(AGENT, ADDRESS, "call:7")
    await twilio.settled()
    await channel.stop()
    assert {name for name, _ in twilio.exchange.requests[0]} == {"To", "From", "Twiml", "Timeout"}
    assert twilio.exchange.calls[0].dialled == [(CUSTOMER, OURS)]


@pytest.mark.parametrize(
    ("agent", "address", "reason"),
    [
        ("600123456", ADDRESS, "agent has no telephone number"),
        (AGENT, "whatsapp:+34600123456", "no telephone number that can be called"),
        (AGENT, "tel:72975", "no telephone number that can be called"),
        (AGENT, "tel:+34600123456</Number>", "no telephone number that can be called"),
    ],
)
async def test_what_is_no_number_is_refused_without_a_call(
    twilio: TwilioLookAlike, channel: Voice, agent: str, address: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        await channel.call(agent, address, "call:7")
    assert twilio.exchange.requests == []


@pytest.mark.parametrize("code", [code for code in CODES if code != 20503])
async def test_each_code_of_the_table_is_its_error(
    twilio: TwilioLookAlike, channel: Voice, code: int
) -> None:
    twilio.exchange.refusal = code
    with pytest.raises(ChannelError) as failed:
        await channel.call(AGENT, ADDRESS, "call:7")
    await channel.stop()
    assert (type(failed.value), failed.value.reason) == CODES[code]
    assert failed.value.reason.endswith(".")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind="throttle", retry_after=7), Throttled),
        (Fault(kind="status", status=500), Uncertain),
        (Fault(kind="html", status=503), Unreachable),
        (Fault(kind="html", status=200), Uncertain),
        (Fault(kind="drop_after"), Uncertain),
        (Fault(kind="drop_before"), Uncertain),
        (Fault(kind="slow"), Uncertain),
        (Fault(kind="status", status=403), Misconfigured),
    ],
    ids=["429", "500", "503", "a page", "cut after", "cut before", "slow", "403"],
)
async def test_trouble_has_its_verdict_and_nobody_is_rung_twice(
    twilio: TwilioLookAlike, fault: Fault, error: type[ChannelError]
) -> None:
    channel = voice(twilio, timeout=0.2 if fault.kind == "slow" else 15)
    twilio.faults.add(fault)
    with pytest.raises(error) as failed:
        await channel.call(AGENT, ADDRESS, "call:7")
    await channel.stop()
    assert type(failed.value) is error
    assert twilio.auth_token not in f"{failed.value!r} {failed.value.reason}"
    assert len(twilio.exchange.requests) <= 1
    if isinstance(failed.value, Throttled):
        assert failed.value.retry_after == 7


async def test_nobody_there_is_unreachable(twilio: TwilioLookAlike, channel: Voice) -> None:
    await twilio.stop()
    with pytest.raises(Unreachable):
        await channel.call(AGENT, ADDRESS, "call:7")
    await channel.stop()


async def test_nothing_is_written_over_the_telephone(channel: Voice) -> None:
    message = MessageOut(key="k", address=ADDRESS, text="Hello", owed_at=datetime.now(UTC))
    with pytest.raises(Refused, match="Nothing can be written"):
        await channel.send(message)


async def test_it_says_who_we_are_and_what_rings(channel: Voice) -> None:
    assert await channel.who() == f"tests (active), answers at {OURS}, rings 1 phone"
    await channel.stop()
