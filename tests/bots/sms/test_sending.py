"""Sending over the real library to the look-alike."""

import asyncio
from dataclasses import replace

import pytest

from bots.channel import MessageOut
from bots.errors import (
    Refused,
    Uncertain,
)
from bots.sms import SPEC, open_channel
from bots.sms.channel import SmsChannel
from bots.sms.settings import Settings
from tests.bots.sms.messages import TO, keep_nothing, out, picture
from tests.providers.faults import Fault
from tests.providers.twilio import TwilioLookAlike


async def test_a_text_is_sent_from_our_number(channel: SmsChannel, twilio: TwilioLookAlike) -> None:
    await channel.start("http://127.0.0.1:8080/hooks/sms", keep_nothing)
    sent = await channel.send(out("Olá 👋"))
    (stored,) = twilio.sent
    assert (sent.external_id, sent.segments) == (stored.sid, 1)
    assert dict(twilio.requests[0]) == {
        "To": TO,
        "From": twilio.numbers[0],
        "StatusCallback": "http://127.0.0.1:8080/hooks/sms",
        "Body": "Olá 👋",
    }


async def test_a_messaging_service_is_used_where_it_is_set(
    settings: Settings, twilio: TwilioLookAlike
) -> None:
    channel = SmsChannel(settings.model_copy(update={"messaging_service": twilio.service}), "sms")
    sent = await channel.send(out("a" * 200))
    await channel.stop()
    assert (twilio.sent[0].service, twilio.sent[0].from_) == (twilio.service, None)
    assert sent.segments == 2


@pytest.mark.parametrize(
    ("text", "segments"), [("a" * 160, 1), ("a" * 161, 2), ("á" * 71, 2), ("a" * 1600, 11)]
)
async def test_the_answer_says_how_many_parts_it_took(channel: SmsChannel, text: str, segments: int) -> None:
    assert (await channel.send(out(text))).segments == segments


async def test_files_go_as_addresses(channel: SmsChannel, twilio: TwilioLookAlike) -> None:
    await channel.send(out("", media=picture(number=2)))
    assert twilio.sent[0].media_urls == ["https://inbox.example/a.jpg?s=1"] * 2
    assert "Body" not in dict(twilio.requests[0])


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (out(""), "nothing to send"),
        (out(" \n\0"), "nothing to send"),
        (out("a" * 1601), "longer than 1600"),
        (out(media=picture(number=11)), "more than 10"),
        (out(media=picture(size=2_600_000, number=2)), "larger than 5 MB"),
        (out(address="whatsapp:+34600123456"), "did not write by SMS"),
    ],
    ids=["nothing", "only space", "too long", "too many files", "too large", "another scheme"],
)
async def test_what_cannot_be_sent_is_refused_without_a_call(
    channel: SmsChannel, twilio: TwilioLookAlike, message: MessageOut, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        await channel.send(message)
    assert twilio.requests == []


async def test_a_text_that_is_no_unicode_is_sent_all_the_same(
    channel: SmsChannel, twilio: TwilioLookAlike
) -> None:
    await channel.send(out("a\ud83d\0b"))
    assert twilio.sent[0].body == "a�b"


async def test_a_text_is_neither_changed_nor_taken_back(channel: SmsChannel) -> None:
    assert not SPEC.edits
    assert not SPEC.deletes
    with pytest.raises(Refused):
        await channel.edit("SM1", out())
    with pytest.raises(Refused):
        await channel.delete("SM1", f"tel:{TO}")


async def test_many_at_once_share_one_client(channel: SmsChannel, twilio: TwilioLookAlike) -> None:
    sent = await asyncio.gather(*[channel.send(out(f"number {number}")) for number in range(50)])
    assert {one.external_id for one in sent} == {stored.sid for stored in twilio.sent}
    assert len(sent) == 50


@pytest.mark.parametrize(
    ("hooks_url", "base_url", "asked"),
    [
        ("https://inbox.example/hooks/sms", "https://api.twilio.com", True),
        ("http://localhost:8080/hooks/sms", "https://api.twilio.com", False),
        ("http://127.0.0.1:8080/hooks/sms", "https://api.twilio.com", False),
        ("http://192.168.1.5/hooks/sms", "https://api.twilio.com", False),
        ("https://my_host.example/hooks/sms", "https://api.twilio.com", False),
        ("http://desk.local/hooks/sms", "https://api.twilio.com", False),
        ("http://localhost:8080/hooks/sms", "http://127.0.0.1:9700", True),
    ],
)
async def test_call_backs_are_asked_for_only_where_the_provider_can_reach_us(
    settings: Settings, hooks_url: str, base_url: str, asked: bool
) -> None:
    channel = SmsChannel(settings.model_copy(update={"base_url": base_url}), "sms")
    await channel.start(hooks_url, keep_nothing)
    assert channel.callback == (hooks_url if asked else "")
    await channel.stop()


async def test_an_opened_channel_has_the_rate_of_its_settings(settings: Settings) -> None:
    assert open_channel(settings.model_copy(update={"rate": 3.0}), "shop").spec == replace(SPEC, rate=3.0)


async def test_marks_of_bold_and_the_like_are_taken_out(channel: SmsChannel, twilio: TwilioLookAlike) -> None:
    twilio.faults.add(Fault(kind="drop_after"))
    marked = out("*Ready* since _noon_, 2*3 pieces")
    with pytest.raises(Uncertain):
        await channel.send(marked)
    assert twilio.sent[0].body == "Ready since noon, 2*3 pieces"
    assert await channel.look_up(marked) is not None
