"""Sending WhatsApp over Twilio to the look-alike."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.channel import MediaOut, MessageIn, MessageOut, Receipt
from bots.errors import ChannelError, Misconfigured, OptedOut, Refused, Throttled, Uncertain, WindowClosed
from bots.twilio_whatsapp import SPEC
from bots.twilio_whatsapp.channel import TwilioWhatsApp
from bots.twilio_whatsapp.codes import CODES
from bots.twilio_whatsapp.settings import Settings
from inbox.desk.texts import parts_of
from tests.bots.twilio_door import opened
from tests.bots.twilio_whatsapp.case import CUSTOMER, SENDER
from tests.providers.faults import Fault
from tests.providers.twilio import TwilioLookAlike
from tests.providers.twilio.contents import template

PLACES = {"1": "first_name", "2": "order"}


def out(text: str = "Hello", **more: Any) -> MessageOut:
    return MessageOut(key="k1", text=text, owed_at=datetime.now(UTC), **{"address": CUSTOMER, **more})


def picture(number: int = 1) -> tuple[MediaOut, ...]:
    url = "https://inbox.example/a.jpg"
    return (MediaOut(name="a", content_type="image/jpeg", size=9, path=Path("/a"), url=url),) * number


async def test_a_text_goes_from_our_number_with_its_marks(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike
) -> None:
    sent = await channel.send(out("*Ready* since _noon_"))
    assert dict(twilio.requests[0]) == {"To": CUSTOMER, "From": SENDER, "Body": "*Ready* since _noon_"}
    assert sent.external_id == twilio.sent[0].sid


async def test_an_identifier_is_written_to_as_a_number_is(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike
) -> None:
    await channel.send(out(address="whatsapp:US.13491208655302741918"))
    assert twilio.sent[0].to == "whatsapp:US.13491208655302741918"


async def test_a_picture_goes_after_its_words(channel: TwilioWhatsApp, twilio: TwilioLookAlike) -> None:
    for part in parts_of("Look", [1], channel.spec):
        await channel.send(out(part.text, media=picture(len(part.files))))
    assert [(one.body, one.media_urls) for one in twilio.sent] == [
        ("Look", []),
        ("", ["https://inbox.example/a.jpg"]),
    ]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (out(""), "nothing to send"),
        (out("a" * 1601), "longer than 1600"),
        (out("", media=picture(2)), "more than one file"),
        (out("Look", media=picture()), "words or one file"),
        (out(address="tel:+34600123456"), "did not write by WhatsApp"),
        (out(template="birthday", template_language="pt"), "no approved template 'birthday'"),
    ],
    ids=["nothing", "too long", "two files", "words under a file", "another scheme", "no such template"],
)
async def test_what_cannot_be_sent_is_refused_without_a_call(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike, message: MessageOut, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        await channel.send(message)
    assert twilio.requests == []


@pytest.mark.parametrize("code", [code for code in CODES if code != 20503])
async def test_each_code_of_the_table_is_its_error(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike, code: int
) -> None:
    twilio.refusals[CUSTOMER] = code
    with pytest.raises(ChannelError) as failed:
        await channel.send(out())
    kind, reason = CODES[code]
    assert (type(failed.value), failed.value.reason, failed.value.code) == (kind, reason, str(code))
    assert reason.endswith(".")


@pytest.mark.parametrize(
    ("code", "kind"),
    [(63016, WindowClosed), (63018, Throttled), (63007, Misconfigured), (63024, Refused), (21610, OptedOut)],
)
def test_the_codes_that_matter_most_are_what_they_should_be(code: int, kind: type[ChannelError]) -> None:
    assert CODES[code][0] is kind


async def test_the_approved_templates_are_learnt_page_by_page_and_offered(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike
) -> None:
    twilio.contents += [template(f"note{number}", "en", "Hi") for number in range(501)]
    twilio.contents.append(template("birthday", "pt_BR", "Parabéns, {{1}}!", {"1": "first_name"}))
    twilio.contents.append(template("secret", "en", "Hi", status="pending"))
    assert SPEC.templates == {}
    await channel.learn_templates()
    assert channel.spec.templates is not None
    assert channel.spec.templates["pt_BR"] == ("birthday",)
    assert len(channel.spec.templates["en"]) == 501


async def test_templates_are_learnt_again_after_a_fault(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike
) -> None:
    twilio.contents.append(template("birthday", "pt", "Parabéns!"))
    twilio.faults.add(Fault(kind="status", where="/v1/Content", status=500))
    async with opened(channel):
        async with asyncio.timeout(10):
            while not channel.spec.templates:
                await asyncio.sleep(0.01)
    assert channel.spec.templates == {"pt": ("birthday",)}
    assert twilio.faults.met == ["status"]


@pytest.mark.parametrize(
    "variables",
    [{"1": "Ana", "2": "#10519"}, {"first_name": "Ana", "order": "#10519", "agent": "Rui"}],
    ids=["by number", "by the name that the example says"],
)
async def test_a_template_is_filled_and_goes_by_its_identifier(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike, variables: dict[str, str]
) -> None:
    twilio.contents.append(template("ready", "pt_BR", "{{1}}, {{2}} está pronto", PLACES))
    await channel.learn_templates()
    message = out("what agents read", template="ready", template_language="pt-br", variables=variables)
    await channel.send(message)
    fields = dict(twilio.requests[0])
    assert fields["ContentSid"] == twilio.contents[0]["sid"]
    assert json.loads(fields["ContentVariables"]) == {"1": "Ana", "2": "#10519"}
    assert "Body" not in fields
    assert twilio.sent[0].body == "Ana, #10519 está pronto"


async def test_a_template_that_lacks_a_value_is_refused_without_a_call(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike
) -> None:
    twilio.contents.append(template("ready", "en", "{{1}}, {{2}} is ready", PLACES))
    await channel.learn_templates()
    with pytest.raises(Refused, match="ready lacks a value for 2"):
        await channel.send(out(template="ready", template_language="en", variables={"first_name": "Ana"}))
    assert twilio.requests == []


async def test_a_template_of_the_settings_or_an_identifier_needs_no_list(
    settings: Settings, twilio: TwilioLookAlike
) -> None:
    twilio.contents.append(template("ready", "en", "It is ready"))
    sid = twilio.contents[0]["sid"]
    channel = TwilioWhatsApp(settings.model_copy(update={"templates": {"en": {"ready_for_you": sid}}}), "w")
    assert channel.spec.templates == {"en": ("ready_for_you",)}
    await channel.send(out(template="ready_for_you", template_language="en"))
    await channel.send(out(template=sid))
    await channel.stop()
    assert [one.body for one in twilio.sent] == ["It is ready"] * 2


async def test_a_template_whose_answer_was_lost_is_found_by_the_number(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike
) -> None:
    twilio.contents.append(template("ready", "en", "It is ready"))
    message = out("what agents read", template=twilio.contents[0]["sid"])
    twilio.faults.add(Fault(kind="drop_after"))
    with pytest.raises(Uncertain):
        await channel.send(message)
    found = await channel.look_up(message)
    assert found is not None
    assert found.external_id == twilio.sent[0].sid


async def test_a_customer_writes_and_is_answered_within_the_window_only(
    settings: Settings, twilio: TwilioLookAlike
) -> None:
    channel = TwilioWhatsApp(settings.model_copy(update={"learn_templates": False}), "w")
    async with opened(channel) as door:
        early = await channel.send(out())
        await twilio.settled()
        await twilio.say(door.url, CUSTOMER, "Hi", media=[("image/jpeg", b"jpeg")])
        message = door.events[-1]
        assert isinstance(message, MessageIn)
        assert b"".join([part async for part in channel.fetch(message.attachments[0])]) == b"jpeg"
        answer = await channel.send(out("Hello!"))
        await twilio.report(answer.external_id, "read")
        twilio.wrote_at[CUSTOMER] -= timedelta(hours=24)
        late = await channel.send(out("Are you there?"))
        await twilio.settled()
    receipts = [one for one in door.events if isinstance(one, Receipt)]
    assert [(one.external_id, one.status, one.code) for one in receipts] == [
        (early.external_id, "failed", "63016"),
        (answer.external_id, "read", ""),
        (late.external_id, "failed", "63016"),
    ]


FORMS = [
    pytest.param({"twilio/text": {"body": "Hi {{1}}, {{2}}"}}, "Hi {{1:first_name}}, {{2:order}}", id="text"),
    pytest.param(
        {"twilio/quick-reply": {"body": "Hi {{1}}", "actions": [{"title": "Yes", "id": "y"}, {}]}},
        "Hi {{1:first_name}}\n[Yes]",
        id="buttons",
    ),
    pytest.param(
        {"whatsapp/card": {"header_text": "Shop", "body": "Hi {{3}}", "footer": "Bye", "actions": None}},
        "Shop\nHi {{3}}\nBye",
        id="a card, an example that is no name",
    ),
    pytest.param({"twilio/location": {"latitude": 1.0}}, "", id="no words"),
    pytest.param({}, "", id="nothing"),
]


@pytest.mark.parametrize(("types", "said"), FORMS)
async def test_what_a_template_says_is_learned_with_the_names_of_its_places(
    channel: TwilioWhatsApp, twilio: TwilioLookAlike, types: dict[str, Any], said: str
) -> None:
    made = template("ready", "en", "", {"1": "first_name", "2": "order", "3": "Ana Reis"})
    twilio.contents.append({**made, "types": types})
    await channel.learn()
    assert channel.spec.template_words == {("en", "ready"): said}
    assert channel.spec.learning is False
