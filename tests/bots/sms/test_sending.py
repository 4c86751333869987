"""Sending over the real library to the look-alike."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bots.channel import MediaOut, MessageOut
from bots.errors import (
    ChannelError,
    Misconfigured,
    OptedOut,
    Refused,
    Throttled,
    Uncertain,
    Unreachable,
    Verdict,
)
from bots.sms import SPEC, open_channel
from bots.sms.channel import SmsChannel
from bots.sms.codes import CODES
from bots.sms.settings import Settings
from tests.providers.faults import Fault
from tests.providers.twilio import TwilioLookAlike

TO = "+34600123456"


def out(text: str = "Hello", **changes: Any) -> MessageOut:
    plain = MessageOut(key="k1", address=f"tel:{TO}", text=text, owed_at=datetime.now(UTC))
    return replace(plain, **changes)


def picture(size: int = 1000, number: int = 1) -> tuple[MediaOut, ...]:
    one = MediaOut(
        name="a.jpg",
        content_type="image/jpeg",
        size=size,
        path=Path("/nowhere"),
        url="https://inbox.example/a.jpg?s=1",
    )
    return (one,) * number


async def keep_nothing(_: object) -> None:
    raise AssertionError("an SMS channel polls nothing")


def impatient(settings: Settings) -> SmsChannel:
    return SmsChannel(settings.model_copy(update={"timeout": 0.2}), "sms")


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


@pytest.mark.parametrize("code", [code for code in CODES if code != 20503])
async def test_each_code_of_the_table_is_its_error(
    channel: SmsChannel, twilio: TwilioLookAlike, code: int
) -> None:
    twilio.refusals[TO] = code
    with pytest.raises(ChannelError) as failed:
        await channel.send(out())
    kind, reason = CODES[code]
    assert (type(failed.value), failed.value.reason, failed.value.code) == (kind, reason, str(code))
    assert reason.endswith(".")
    assert len(twilio.requests) == 1


async def test_a_code_nobody_knows_is_refused_in_the_providers_words(
    channel: SmsChannel, twilio: TwilioLookAlike
) -> None:
    twilio.refusals[TO] = 29999
    with pytest.raises(Refused, match="Twilio says: Refused on request") as failed:
        await channel.send(out())
    assert failed.value.code == "29999"


async def test_a_customer_who_stopped_is_not_written_to_until_they_start(
    channel: SmsChannel, twilio: TwilioLookAlike
) -> None:
    twilio.stopped.add((twilio.numbers[0], TO))
    with pytest.raises(OptedOut, match="START") as failed:
        await channel.send(out())
    assert failed.value.code == "21610"
    twilio.stopped.clear()
    assert (await channel.send(out())).external_id


async def test_a_wrong_token_is_our_own_mistake(settings: Settings) -> None:
    channel = SmsChannel(settings.model_copy(update={"auth_token": SecretStr("wrong")}), "sms")
    with pytest.raises(Misconfigured, match="token"):
        await channel.send(out())
    await channel.stop()


FAULTS = [
    pytest.param(Fault(kind="throttle", retry_after=7), Throttled, 0, id="429"),
    pytest.param(Fault(kind="status", status=429), Throttled, 0, id="429 without words"),
    pytest.param(Fault(kind="status", status=500), Uncertain, 0, id="500"),
    pytest.param(Fault(kind="html", status=502), Uncertain, 0, id="502 of a proxy"),
    pytest.param(Fault(kind="html", status=504), Uncertain, 0, id="504 of a proxy"),
    pytest.param(Fault(kind="html", status=503), Unreachable, 0, id="503"),
    pytest.param(Fault(kind="html", status=200), Uncertain, 0, id="a page instead of an answer"),
    pytest.param(Fault(kind="status", status=302), Uncertain, 0, id="a redirect"),
    pytest.param(Fault(kind="html", status=403), Misconfigured, 0, id="403"),
    pytest.param(Fault(kind="status", status=400), Refused, 0, id="400 without a code"),
    pytest.param(Fault(kind="slow"), Uncertain, 1, id="no answer"),
    pytest.param(Fault(kind="drop_after"), Uncertain, 1, id="cut after it was taken"),
    pytest.param(Fault(kind="drop_before"), Uncertain, 0, id="cut before it was taken"),
]


@pytest.mark.parametrize(("fault", "error", "taken"), FAULTS)
async def test_each_fault_is_its_error_and_nothing_is_asked_twice(
    settings: Settings, twilio: TwilioLookAlike, fault: Fault, error: type[ChannelError], taken: int
) -> None:
    twilio.faults.add(fault)
    channel = impatient(settings) if fault.kind == "slow" else SmsChannel(settings, "sms")
    with pytest.raises(error) as failed:
        await channel.send(out())
    await channel.stop()
    assert type(failed.value) is error
    assert failed.value.reason.endswith(".")
    assert twilio.auth_token not in f"{failed.value!r} {failed.value.reason}"
    assert len(twilio.sent) == taken
    assert twilio.faults.met == [fault.kind]
    if fault.kind == "throttle":
        assert isinstance(failed.value, Throttled)
        assert (failed.value.retry_after, failed.value.code) == (7.0, "20429")


async def test_nobody_there_is_unreachable_since_nothing_left(
    settings: Settings, twilio: TwilioLookAlike
) -> None:
    await twilio.stop()
    channel = SmsChannel(settings, "sms")
    with pytest.raises(Unreachable) as failed:
        await channel.send(out())
    await channel.stop()
    assert failed.value.verdict is Verdict.TRY_AGAIN


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
