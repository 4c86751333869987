"""Looking up a message whose answer was lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bots.errors import (
    ChannelError,
    Throttled,
    Uncertain,
    Unreachable,
    Verdict,
)
from bots.sms.channel import SmsChannel
from bots.sms.settings import Settings
from tests.bots.sms.messages import impatient, out, picture
from tests.providers.faults import Fault
from tests.providers.twilio import TwilioLookAlike


@pytest.mark.parametrize("service", [False, True], ids=["number", "messaging service"])
@pytest.mark.parametrize("prefix", ["", "Sent from your Twilio trial account - "], ids=["paid", "trial"])
async def test_a_message_whose_answer_was_cut_is_found(
    settings: Settings, twilio: TwilioLookAlike, service: bool, prefix: str
) -> None:
    if service:
        settings = settings.model_copy(update={"messaging_service": twilio.service})
    twilio.prefix = prefix
    channel = SmsChannel(settings, "sms")
    twilio.faults.add(Fault(kind="drop_after"))
    with pytest.raises(Uncertain):
        await channel.send(out("Is it there? 👋 "))
    found = await channel.look_up(out("Is it there? 👋 "))
    await channel.stop()
    assert found is not None
    assert (found.external_id, found.segments) == (twilio.sent[0].sid, 1)
    assert len(twilio.sent) == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("“Soup”\u00a0– it’s 3 €…", '"Soup" - it\'s 3 €...'),
        ("Olá, João!", "Ola, Joao!"),
        ("👍", "👍"),
        ("It is 3 €", ""),
    ],
    ids=["look-alikes replaced", "accents taken", "no letters", "redacted"],
)
async def test_words_that_twilio_keeps_in_another_spelling_are_found(
    channel: SmsChannel, twilio: TwilioLookAlike, text: str, kept: str
) -> None:
    twilio.faults.add(Fault(kind="drop_after"))
    with pytest.raises(Uncertain):
        await channel.send(out(text))
    twilio.messages[0].body = kept
    if kept:
        assert await channel.look_up(out("👎")) is None
    found = await channel.look_up(out(text))
    assert found is not None
    assert found.external_id == twilio.sent[0].sid


async def test_what_was_written_before_and_sent_late_hides_nothing(
    channel: SmsChannel, twilio: TwilioLookAlike
) -> None:
    twilio.faults.add(Fault(kind="drop_after"))
    with pytest.raises(Uncertain):
        await channel.send(out())
    early = twilio.messages[0].created - timedelta(days=1)
    twilio.messages.append(replace(twilio.messages[0], sid="SMlate", body="scheduled", created=early))
    found = await channel.look_up(out())
    assert found is not None
    assert found.external_id == twilio.sent[0].sid


async def test_a_message_that_never_came_is_not_found(channel: SmsChannel, twilio: TwilioLookAlike) -> None:
    twilio.faults.add(Fault(kind="drop_before"))
    with pytest.raises(Uncertain):
        await channel.send(out())
    assert await channel.look_up(out()) is None


async def test_a_twin_whose_answer_was_heard_is_not_taken_for_the_lost_one(
    channel: SmsChannel, twilio: TwilioLookAlike
) -> None:
    await channel.send(out("ok"))
    twilio.faults.add(Fault(kind="drop_before"))
    with pytest.raises(Uncertain):
        await channel.send(out("ok", key="k2"))
    assert await channel.look_up(out("ok", key="k2")) is None


async def test_two_lost_twins_are_two_messages(channel: SmsChannel, twilio: TwilioLookAlike) -> None:
    twilio.faults.add(Fault(kind="drop_after", times=2))
    for key in ("k1", "k2"):
        with pytest.raises(Uncertain):
            await channel.send(out("ok", key=key))
    found = [await channel.look_up(out("ok", key=key)) for key in ("k1", "k2")]
    assert [one.external_id for one in found if one] == [stored.sid for stored in twilio.sent]
    assert await channel.look_up(out("ok", key="k3")) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "other words"},
        {"address": "tel:+34600999999"},
        {"media": picture()},
        {"owed_at": datetime.now(UTC) + timedelta(hours=1)},
    ],
    ids=["words", "number", "files", "earlier"],
)
async def test_another_message_is_not_taken_for_the_lost_one(
    channel: SmsChannel, twilio: TwilioLookAlike, changes: dict[str, Any]
) -> None:
    twilio.faults.add(Fault(kind="drop_after"))
    with pytest.raises(Uncertain):
        await channel.send(out())
    assert await channel.look_up(replace(out(), **changes)) is None


async def test_what_a_customer_wrote_is_not_taken_for_ours(
    channel: SmsChannel, twilio: TwilioLookAlike
) -> None:
    twilio.faults.add(Fault(kind="drop_after"))
    with pytest.raises(Uncertain):
        await channel.send(out())
    twilio.messages[0].direction = "inbound"
    assert await channel.look_up(out()) is None


async def test_a_look_up_reads_more_than_one_page(channel: SmsChannel, twilio: TwilioLookAlike) -> None:
    twilio.faults.add(Fault(kind="drop_after"))
    with pytest.raises(Uncertain):
        await channel.send(out("the lost one"))
    for number in range(60):
        twilio.messages.append(replace(twilio.messages[0], sid=f"SM{number}", body=f"another {number}"))
    found = await channel.look_up(out("the lost one"))
    assert found is not None
    assert found.external_id == twilio.messages[0].sid


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(kind="throttle", retry_after=3), Throttled),
        (Fault(kind="status", status=500), Unreachable),
        (Fault(kind="html", status=502), Unreachable),
        (Fault(kind="html", status=200), Unreachable),
        (Fault(kind="drop_after"), Unreachable),
        (Fault(kind="slow"), Unreachable),
    ],
    ids=["429", "500", "502", "a page", "cut", "slow"],
)
async def test_a_look_up_that_fails_may_be_tried_again(
    settings: Settings, twilio: TwilioLookAlike, fault: Fault, error: type[ChannelError]
) -> None:
    channel = impatient(settings)
    # A GET on a kept connection may be repeated by the HTTP library once: the fault holds on.
    twilio.faults.add(replace(fault, times=5))
    with pytest.raises(error) as failed:
        await channel.look_up(out())
    await channel.stop()
    assert failed.value.verdict is Verdict.TRY_AGAIN
