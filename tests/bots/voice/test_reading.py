"""What the hooks of calls say, and what is answered to them."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from bots.channel import Called, CallMissed, Edited, MessageIn, Reading, Receipt
from bots.errors import BadSignature, Malformed
from bots.voice import open_channel
from bots.voice.settings import Settings
from tests.bots.twilio_hooks import NOW
from tests.bots.voice.case import CUSTOMER, ENDED, INBOUND, RECORDING, SETTINGS, SID, URL, posted

PHONES = ["+351210000001", "+351210000002"]
ADDRESS = f"tel:{CUSTOMER}"
LEFT = {
    "CallSid": SID,
    "RecordingSid": RECORDING,
    "RecordingUrl": f"https://api.twilio.com/Recordings/{RECORDING}",
    "RecordingDuration": "7",
}


def read(form: dict[str, str], settings: dict[str, Any] | None = None, /, **asked: str) -> Reading:
    made = Settings.model_validate({**SETTINGS, **(settings or {})})
    return open_channel(made, "voice").read(posted(form, **asked))


def document(reading: Reading) -> ElementTree.Element:
    assert (reading.response.status, reading.response.content_type) == (200, "text/xml")
    return ElementTree.fromstring(reading.response.body)


def verbs(reading: Reading) -> list[str]:
    return [verb.tag for verb in document(reading)]


def test_our_phones_ring_together_and_the_end_of_it_is_asked_for() -> None:
    reading = read(INBOUND, {"ring": PHONES, "ring_seconds": 15})
    (dial,) = document(reading)
    assert [number.text for number in dial] == PHONES
    assert dial.attrib == {"action": f"{URL}?step=dialled", "timeout": "15", "answerOnBridge": "true"}
    assert (reading.events, reading.skipped) == ((), ("call ringing",))


def test_with_no_phone_the_call_is_missed_and_voicemail_answers_at_once() -> None:
    reading = read(INBOUND)
    assert reading.events == (CallMissed(address=ADDRESS, external_id=SID, sent_at=NOW),)
    assert verbs(reading) == ["Say", "Record", "Hangup"]
    record = document(reading)[1]
    caller = "caller=%2B34600123456"
    assert record.attrib == {
        "action": f"{URL}?step=left&{caller}",
        "maxLength": "180",
        "finishOnKey": "#",
        "playBeep": "true",
        "recordingStatusCallback": f"{URL}?step=recorded&{caller}",
        "recordingStatusCallbackEvent": "completed",
    }


def test_what_is_said_is_written_down_where_it_is_wished() -> None:
    record = document(read(INBOUND, {"transcribe": True}))[1]
    assert record.get("transcribe") == "true"
    assert record.get("transcribeCallback") == f"{URL}?step=transcribed&caller=%2B34600123456"


GREETINGS: list[Any] = [
    pytest.param("+34600123456", {}, "es-ES", "Gracias", id="Spain"),
    pytest.param("+525512345678", {}, "es-MX", "Gracias", id="Mexico"),
    pytest.param("+351912345678", {}, "pt-PT", "Deixe a sua", id="Portugal"),
    pytest.param("+5511912345678", {}, "pt-BR", "Deixe sua", id="Brazil"),
    pytest.param("+442071838750", {}, "en-GB", "Thank you", id="Great Britain"),
    pytest.param("+41446681800", {}, "en-US", "Thank you", id="several languages"),
    pytest.param("+41446681800", {"language": "de"}, "de-DE", "Danke", id="the house's own"),
    pytest.param("+8613812345678", {"language": "ja"}, "en-US", "Thank you", id="no words in it"),
    pytest.param("+5511912345678", {"greetings": {"pt": "Olá!"}}, "pt-BR", "Olá!", id="the operator's words"),
    pytest.param("+34600123456", {"greetings": {"es-ES": "¡Hola!"}}, "es-ES", "¡Hola!", id="for one country"),
    pytest.param("+34600123456", {"greetings": {"pt": "Olá!"}}, "es-ES", "Gracias", id="of another language"),
    pytest.param("+9991234567", {}, "en-US", "Thank you", id="a code of no country"),
]


@pytest.mark.parametrize(("caller", "settings", "language", "words"), GREETINGS)
def test_a_caller_is_greeted_in_the_language_of_their_country(
    caller: str, settings: dict[str, Any], language: str, words: str
) -> None:
    say = document(read(INBOUND | {"From": caller}, settings))[0]
    assert say.get("language") == language
    assert words in (say.text or "")


def test_words_that_look_like_markup_are_only_said() -> None:
    say = document(read(INBOUND, {"greetings": {"es": "<Dial>+1</Dial> & más"}}))[0]
    assert (say.text, len(say)) == ("<Dial>+1</Dial> & más", 0)


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "a new one"])
def test_a_call_that_no_phone_of_ours_took_is_missed_and_goes_to_voicemail(status: str) -> None:
    form = INBOUND | {"CallStatus": "in-progress", "DialCallStatus": status}
    reading = read(form, {"ring": PHONES}, step="dialled")
    assert reading.events == (CallMissed(address=ADDRESS, external_id=SID, sent_at=NOW),)
    assert verbs(reading) == ["Say", "Record", "Hangup"]


@pytest.mark.parametrize(
    ("told", "seconds"), [("42", 42), ("", 0), ("-1", 0), ("9" * 400, 0), ("4.2", 0), ("٤٢", 0)]
)
def test_a_call_that_was_taken_is_in_the_log_with_its_length(told: str, seconds: int) -> None:
    form = INBOUND | {"DialCallStatus": "completed", "DialCallDuration": told}
    reading = read(form, {"ring": PHONES}, step="dialled")
    lasted = timedelta(seconds=seconds)
    assert reading.events == (Called(address=ADDRESS, external_id=SID, sent_at=NOW, lasted=lasted),)
    assert verbs(reading) == ["Hangup"]


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_who_hangs_up_while_it_rings_has_called_once(status: str) -> None:
    ended = read(ENDED | {"CallStatus": status}, {"ring": PHONES})
    dialled = read(INBOUND | {"DialCallStatus": "no-answer"}, {"ring": PHONES}, step="dialled")
    (one,), (two,) = ended.events, dialled.events
    assert isinstance(one, CallMissed)
    assert isinstance(two, CallMissed)
    assert one.external_id == two.external_id == SID
    assert ended.response.body == "<Response/>"


@pytest.mark.parametrize(
    ("form", "skipped"),
    [
        (ENDED | {"CallStatus": "completed"}, "call completed"),
        (ENDED | {"Direction": "outbound-api"}, "call outbound-api no-answer"),
        (INBOUND | {"CallStatus": "dreaming"}, "call dreaming"),
    ],
    ids=["completed", "of ours", "a new word"],
)
def test_what_says_nothing_new_is_passed_over_by_name(form: dict[str, str], skipped: str) -> None:
    reading = read(form)
    assert (reading.events, reading.skipped, verbs(reading)) == ((), (skipped,), [])


HIDDEN = ["anonymous", "Restricted", "+266696687", "+7378742833", "", "client:ana", "sip:ana@example.com"]


@pytest.mark.parametrize("caller", HIDDEN)
def test_a_hidden_number_may_speak_to_us_and_cannot_leave_what_we_could_not_answer(caller: str) -> None:
    form = INBOUND | {"From": caller}
    assert verbs(read(form, {"ring": PHONES})) == ["Dial"]
    for reading in (read(form), read(form | {"DialCallStatus": "busy"}, {"ring": PHONES}, step="dialled")):
        assert (reading.events, reading.skipped) == ((), ("missed call of a hidden number",))
        assert verbs(reading) == ["Say", "Hangup"]
    taken = read(form | {"DialCallStatus": "completed"}, {"ring": PHONES}, step="dialled")
    assert (taken.events, taken.skipped) == ((), ("call of a hidden number",))
    assert read(ENDED | {"From": caller}).events == ()


def test_a_recording_is_a_message_of_the_caller_with_its_sound() -> None:
    (message,) = read(LEFT | {"RecordingStatus": "completed"}, step="recorded", caller=CUSTOMER).events
    assert isinstance(message, MessageIn)
    assert (message.address, message.external_id, message.text) == (ADDRESS, RECORDING, "")
    (sound,) = message.attachments
    assert (sound.kind, sound.content_type, sound.name) == ("voice", "audio/mpeg", "voicemail.mp3")
    assert sound.ref == f"{LEFT['RecordingUrl']}.mp3"


def test_whose_words_are_written_down_are_put_under_their_recording() -> None:
    form = {**INBOUND, **LEFT, "TranscriptionStatus": "completed", "TranscriptionText": " Call me back. "}
    recorded = read(LEFT, step="recorded", caller=CUSTOMER)
    message, edited = read(form, step="transcribed", caller=CUSTOMER).events
    assert message.sent_at == NOW
    assert isinstance(message, MessageIn)
    assert isinstance(recorded.events[0], MessageIn)
    assert message.external_id == recorded.events[0].external_id
    assert edited == Edited(address=ADDRESS, external_id=RECORDING, text="Call me back.", sent_at=NOW)


@pytest.mark.parametrize(
    ("form", "step", "skipped"),
    [
        (LEFT | {"RecordingStatus": "absent"}, "recorded", "recording absent"),
        (LEFT | {"TranscriptionStatus": "failed"}, "transcribed", "transcription failed"),
        (LEFT | {"TranscriptionStatus": "completed"}, "transcribed", "transcription completed"),
        (LEFT, "left", "voicemail ended"),
        (LEFT, "dance", "step dance"),
    ],
)
def test_a_step_that_brings_nothing_is_passed_over_by_name(
    form: dict[str, str], step: str, skipped: str
) -> None:
    reading = read(form, step=step, caller=CUSTOMER)
    assert (reading.events, reading.skipped) == ((), (skipped,))


def test_who_left_a_message_is_thanked_in_their_language() -> None:
    reading = read(LEFT, step="left", caller=CUSTOMER)
    assert verbs(reading) == ["Say", "Hangup"]
    assert document(reading)[0].text == "Gracias. Hasta pronto."


ASKED = {"step": "bridged", "customer": CUSTOMER, "key": "call:7"}


def test_a_call_of_ours_is_in_the_log_under_its_key() -> None:
    form = {"CallSid": SID, "DialCallStatus": "completed", "DialCallDuration": "61"}
    (called,) = read(form, **ASKED).events
    assert called == Called(
        address=ADDRESS, external_id="call:7", sent_at=NOW, lasted=timedelta(seconds=61), ours=True
    )


@pytest.mark.parametrize(
    ("status", "words"), [("busy", "on the phone"), ("no-answer", "did not pick up"), ("new", "not answer")]
)
def test_a_customer_who_does_not_answer_is_a_call_that_failed(status: str, words: str) -> None:
    reading = read({"CallSid": SID, "DialCallStatus": status}, **ASKED)
    (receipt,) = reading.events
    assert isinstance(receipt, Receipt)
    assert (receipt.external_id, receipt.status, receipt.code) == (SID, "failed", status)
    assert words in receipt.reason
    assert verbs(reading) == ["Say", "Hangup"]


def test_an_agent_who_does_not_pick_up_is_told_apart() -> None:
    (receipt,) = read(ENDED | {"Direction": "outbound-api"}, step="rung", key="call:7").events
    assert isinstance(receipt, Receipt)
    assert receipt.reason == "The agent's phone did not pick up; the customer was not called."
    spoken = read(ENDED | {"CallStatus": "completed"}, step="rung", key="call:7")
    assert (spoken.events, spoken.skipped) == ((), ("call to an agent completed",))


@pytest.mark.parametrize(
    ("form", "asked", "named"),
    [
        ({}, {}, "CallSid"),
        ({}, {"step": "dialled"}, "CallSid"),
        ({"RecordingUrl": "x"}, {"step": "recorded", "caller": CUSTOMER}, "RecordingSid"),
        ({"RecordingSid": "x"}, {"step": "recorded", "caller": CUSTOMER}, "RecordingUrl"),
        ({"CallSid": SID}, {"step": "bridged"}, "names no call"),
        ({"CallSid": SID}, {"step": "pressed", "key": "k", "customer": "<Dial>"}, "names no call"),
        ({}, {"step": "unpressed"}, "CallSid"),
    ],
)
def test_a_hook_that_lacks_something_is_malformed_and_says_what(
    form: dict[str, str], asked: dict[str, str], named: str
) -> None:
    with pytest.raises(Malformed, match=named):
        read(form, **asked)


def test_the_address_of_a_step_is_signed_with_the_rest() -> None:
    hook = posted(LEFT, step="recorded", caller=CUSTOMER)
    forged = posted(LEFT, step="recorded", caller="+34600999999")
    channel = open_channel(Settings.model_validate(SETTINGS), "voice")
    moved = type(hook)(
        method=hook.method, url=forged.url, headers=hook.headers, body=hook.body, received_at=NOW
    )
    for act in (channel.read, channel.check):
        with pytest.raises(BadSignature):
            act(moved)


def test_the_same_hook_has_the_same_answer() -> None:
    assert read(INBOUND).response == read(INBOUND).response
