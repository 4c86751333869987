"""What the hooks of WhatsApp over Twilio say."""

from typing import Any

import pytest

from bots.channel import ConsentChanged, Receipt
from bots.twilio_whatsapp.reading import read
from tests.bots.twilio_hooks import SID, TOKEN, message_of, posted
from tests.bots.twilio_whatsapp.case import CUSTOMER, MEDIA, SAID


def test_a_text_has_its_sender_and_name() -> None:
    message = message_of(read(posted(SAID | {"Body": "*Where* is it?"}), TOKEN))
    assert (message.address, message.external_id, message.sender_name) == (CUSTOMER, SID, "Ana")
    assert (message.text, message.also) == ("*Where* is it?", ())


@pytest.mark.parametrize(
    ("fields", "address", "also"),
    [
        ({"From": "+34600123456"}, CUSTOMER, ()),
        ({"From": " whatsapp:+34600123456 "}, CUSTOMER, ()),
        ({"ExternalUserId": "IN.208"}, CUSTOMER, ("whatsapp:IN.208",)),
        ({"ExternalUserId": "whatsapp:US.208"}, CUSTOMER, ("whatsapp:US.208",)),
        ({"From": "whatsapp:IN.208", "ExternalUserId": "IN.208", "WaId": ""}, "whatsapp:IN.208", ()),
        ({"From": "whatsapp:IN.208", "ExternalUserId": "IN.208"}, "whatsapp:IN.208", (CUSTOMER,)),
        ({"From": "IN.208", "WaId": ""}, "whatsapp:IN.208", ()),
        ({"WaId": "IN.208"}, CUSTOMER, ()),
    ],
    ids=str,
)
def test_a_number_and_an_identifier_are_joined(
    fields: dict[str, str], address: str, also: tuple[str, ...]
) -> None:
    message = message_of(read(posted(SAID | fields), TOKEN))
    assert (message.address, message.also) == (address, also)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"Body": "", "ButtonText": "Yes, please", "ButtonPayload": "yes"}, "Yes, please"),
        ({"Body": "", "ListTitle": "Tuesday", "ListId": "2"}, "Tuesday"),
        ({"Body": "Yes", "ButtonText": "Yes"}, "Yes"),
    ],
)
def test_a_button_or_a_row_is_its_words(fields: dict[str, str], text: str) -> None:
    assert message_of(read(posted(SAID | fields), TOKEN)).text == text


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("audio/ogg", "voice"),
        ("audio/ogg; codecs=opus", "voice"),
        ("audio/mpeg", "audio"),
        ("image/webp", "sticker"),
        ("image/jpeg", "image"),
        ("text/vcard", "contact"),
        ("application/pdf", "document"),
    ],
)
def test_a_file_is_what_whatsapp_makes_of_it(content_type: str, kind: str) -> None:
    (one,) = message_of(read(posted(SAID | MEDIA | {"MediaContentType0": content_type}), TOKEN)).attachments
    assert (one.kind, one.ref) == (kind, "https://api.twilio.com/1")


def test_a_place_has_its_name_or_else_its_street() -> None:
    place = {"Latitude": "41.1", "Longitude": "-8.6", "Address": "Rua Nova 1"}
    (street,) = message_of(read(posted(SAID | place), TOKEN)).attachments
    (name,) = message_of(read(posted(SAID | place | {"Label": "Shop"}), TOKEN)).attachments
    assert (street.name, name.name, name.latitude, name.longitude) == ("Rua Nova 1", "Shop", 41.1, -8.6)


def test_an_answer_names_what_it_answers() -> None:
    quoted = {"OriginalRepliedMessageSid": "SM9", "OriginalRepliedMessageSender": "whatsapp:+15005550006"}
    assert message_of(read(posted(SAID | quoted), TOKEN)).reply_to == "SM9"


@pytest.mark.parametrize(
    ("fields", "word", "source"),
    [
        ({"Body": "STOP"}, "stop", "The customer wrote STOP"),
        ({"Body": "baja"}, "stop", "The customer wrote BAJA"),
        ({"Body": "STOP", "OptOutType": "STOP"}, "stop", "Twilio's opt-out list"),
        ({"Body": "Sair já", "OptOutType": "STOP"}, "stop", "Twilio's opt-out list"),
        ({"Body": "start"}, "start", "The customer wrote START"),
        ({"Body": "", "ButtonText": "Stop promotions"}, "stop", "no marketing"),
        ({"Body": "yes"}, None, ""),
        ({"Body": "please stop"}, None, ""),
        ({"Body": "Hi", "OptOutType": "DANCE"}, None, ""),
    ],
    ids=str,
)
def test_a_consent_word_counts_since_twilio_acts_on_none_by_itself(
    fields: dict[str, str], word: str | None, source: str
) -> None:
    changes = [one for one in read(posted(SAID | fields), TOKEN).events if isinstance(one, ConsentChanged)]
    assert [(one.word, one.address, one.external_id) for one in changes] == (
        [(word, CUSTOMER, SID)] if word else []
    )
    assert all(source in one.source for one in changes)
    assert all(one.marketing == ("ButtonText" in fields) for one in changes)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("63016", "24 hours"),
        ("63024", "does not reach"),
        ("63049", "marketing"),
        ("63032", "does not let us"),
    ],
)
def test_a_failure_says_why_in_words_of_whatsapp(code: str, words: str) -> None:
    failed = {"MessageSid": SID, "MessageStatus": "undelivered", "To": CUSTOMER, "ErrorCode": code}
    (receipt,) = read(posted(failed), TOKEN).events
    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.code, receipt.address) == ("failed", code, CUSTOMER)
    assert words in receipt.reason


def test_read_marks_are_receipts() -> None:
    read_mark: dict[str, Any] = {"MessageSid": SID, "MessageStatus": "read", "To": "+34600123456"}
    (receipt,) = read(posted(read_mark), TOKEN).events
    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.address) == ("read", CUSTOMER)
