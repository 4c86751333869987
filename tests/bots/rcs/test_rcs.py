"""RCS over Twilio: what its hooks say, and sending to the look-alike."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bots.channel import ConsentChanged, MessageIn, MessageOut, Receipt
from bots.errors import ChannelError, OptedOut, Refused
from bots.rcs.channel import RcsChannel
from bots.rcs.codes import CODES
from bots.rcs.reading import read
from bots.rcs.settings import Settings
from tests.bots.rcs.case import CUSTOMER, SAID, SENDER
from tests.bots.twilio_door import opened
from tests.bots.twilio_hooks import SID, TOKEN, message_of, posted
from tests.providers.twilio import TwilioLookAlike
from tests.providers.twilio.contents import template


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioLookAlike]:
    look_alike = TwilioLookAlike(numbers=[SENDER])
    await look_alike.start()
    yield look_alike
    await look_alike.stop()


@pytest.fixture
async def channel(twilio: TwilioLookAlike) -> AsyncIterator[RcsChannel]:
    account = {"account_sid": twilio.account_sid, "auth_token": twilio.auth_token, "sender": SENDER}
    made = RcsChannel(Settings.model_validate({**account, "base_url": twilio.base_url}), "rcs")
    yield made
    await made.stop()


def out(text: str = "Hello", **more: Any) -> MessageOut:
    return MessageOut(key="k1", text=text, owed_at=datetime.now(UTC), **{"address": CUSTOMER, **more})


@pytest.mark.parametrize(
    ("sender", "address", "also"),
    [
        ("rcs:+34600123456", CUSTOMER, ("tel:+34600123456",)),
        ("+34600123456", CUSTOMER, ("tel:+34600123456",)),
        ("rcs:somebody", "rcs:somebody", ()),
    ],
)
def test_a_sender_is_the_phone_whose_number_it_is(sender: str, address: str, also: tuple[str, ...]) -> None:
    message = message_of(read(posted(SAID | {"From": sender}), TOKEN))
    assert (message.address, message.also, message.external_id) == (address, also, SID)


def test_a_button_is_its_words() -> None:
    pressed = SAID | {"Body": "", "ButtonText": "Yes", "ButtonPayload": "y"}
    assert message_of(read(posted(pressed), TOKEN)).text == "Yes"


@pytest.mark.parametrize(("text", "word"), [("STOP", "stop"), ("START", "start"), ("BAJA", "stop")])
def test_a_consent_word_holds_for_texts_to_the_same_phone_too(text: str, word: str) -> None:
    events = read(posted(SAID | {"Body": text}), TOKEN).events
    changes = [one for one in events if isinstance(one, ConsentChanged)]
    assert [(one.word, one.address, one.external_id) for one in changes] == [
        (word, CUSTOMER, SID),
        (word, "tel:+34600123456", f"{SID}:sms"),
    ]


async def test_a_text_goes_from_our_sender_without_marks(
    channel: RcsChannel, twilio: TwilioLookAlike
) -> None:
    await channel.send(out("*Ready* since _noon_"))
    assert dict(twilio.requests[0]) == {"To": CUSTOMER, "From": SENDER, "Body": "Ready since noon"}


async def test_a_template_goes_by_its_identifier(channel: RcsChannel, twilio: TwilioLookAlike) -> None:
    twilio.contents.append(template("ready", "en", "{{1}}, it is ready", {"1": "first_name"}))
    await channel.send(out("", template=twilio.contents[0]["sid"], variables={"1": "Ana"}))
    assert twilio.sent[0].body == "Ana, it is ready"


@pytest.mark.parametrize("address", ["tel:+34600123456", "whatsapp:+34600123456"])
async def test_another_scheme_is_refused_without_a_call(
    channel: RcsChannel, twilio: TwilioLookAlike, address: str
) -> None:
    with pytest.raises(Refused, match="did not write by RCS"):
        await channel.send(out(address=address))
    assert twilio.requests == []


@pytest.mark.parametrize("code", [code for code in CODES if code != 20503])
async def test_each_code_of_the_table_is_its_error(
    channel: RcsChannel, twilio: TwilioLookAlike, code: int
) -> None:
    twilio.refusals[CUSTOMER] = code
    with pytest.raises(ChannelError) as failed:
        await channel.send(out())
    assert (type(failed.value), failed.value.reason) == CODES[code]
    assert failed.value.reason.endswith(".")


async def test_a_customer_writes_reads_the_answer_and_stops(
    channel: RcsChannel, twilio: TwilioLookAlike
) -> None:
    async with opened(channel) as door:
        await twilio.say(door.url, CUSTOMER, "Hi", media=[("image/png", b"png")])
        message = door.events[0]
        assert isinstance(message, MessageIn)
        assert b"".join([part async for part in channel.fetch(message.attachments[0])]) == b"png"
        sent = await channel.send(out())
        await twilio.report(sent.external_id, "read")
        await twilio.say(door.url, CUSTOMER, "STOP", to=SENDER)
        with pytest.raises(OptedOut):
            await channel.send(out("Really?"))
    (receipt,) = [one for one in door.events if isinstance(one, Receipt)]
    assert (receipt.external_id, receipt.status, receipt.address) == (sent.external_id, "read", CUSTOMER)
