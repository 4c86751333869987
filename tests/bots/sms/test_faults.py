"""What a send says when it goes wrong."""

import pytest
from pydantic import SecretStr

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
from bots.sms.channel import SmsChannel
from bots.sms.codes import CODES
from bots.sms.settings import Settings
from tests.bots.sms.messages import TO, impatient, out
from tests.providers.faults import Fault
from tests.providers.twilio import TwilioLookAlike


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
