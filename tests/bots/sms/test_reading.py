"""What Twilio's hooks say."""

import json
from urllib.parse import urlencode

import pytest

from bots.channel import ConsentChanged, Receipt
from bots.sms.reading import read
from tests.bots.twilio_hooks import MESSAGE, NOW, SID, TOKEN, URL, got, jsoned, message_of, posted


def test_a_posted_form_is_a_message() -> None:
    reading = read(posted(MESSAGE), TOKEN)
    message = message_of(reading)
    assert (message.address, message.external_id, message.text) == ("tel:+34600123456", SID, "Hello")
    assert (message.sent_at, message.attachments, message.raw) == (NOW, (), MESSAGE)
    assert len(reading.events) == 1


def test_a_query_is_a_message() -> None:
    message = message_of(read(got(f"{URL}?{urlencode(MESSAGE)}"), TOKEN))
    assert (message.address, message.text) == ("tel:+34600123456", "Hello")


def test_the_answer_is_an_empty_document_that_sends_nothing() -> None:
    for form in (MESSAGE, MESSAGE | {"Body": "STOP"}, {"MessageSid": SID, "MessageStatus": "sent"}):
        response = read(posted(form), TOKEN).response
        assert (response.status, response.body, response.content_type) == (200, "<Response/>", "text/xml")


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("+34600123456", "tel:+34600123456"),
        ("72975", "tel:72975"),
        ("ACME Bank", "tel:ACME Bank"),
        (" +34600123456 ", "tel:+34600123456"),
        ("whatsapp:+34600123456", "whatsapp:+34600123456"),
        ("rcs:acme_agent", "rcs:acme_agent"),
    ],
)
def test_each_kind_of_sender_has_its_address(sender: str, address: str) -> None:
    assert message_of(read(posted(MESSAGE | {"From": sender}), TOKEN)).address == address


def test_all_ten_media_come_in_order_with_their_types() -> None:
    types = ["image/jpeg", "image/png", "audio/amr", "video/3gpp", "text/vcard", "text/x-vcard"]
    types += ["application/pdf", "text/plain", "IMAGE/GIF; x=y", ""]
    form = MESSAGE | {"NumMedia": "10", "Body": ""}
    for index, content_type in enumerate(types):
        form |= {
            f"MediaUrl{index}": f"https://api.twilio.com/{index}",
            f"MediaContentType{index}": content_type,
        }
    attachments = message_of(read(posted(form), TOKEN)).attachments
    assert [one.ref for one in attachments] == [f"https://api.twilio.com/{index}" for index in range(10)]
    assert [one.content_type for one in attachments] == types
    assert [one.kind for one in attachments] == [
        "image", "image", "audio", "video", "contact", "contact", "document", "document", "image", "document",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "kind"),
    [("sent", "sent"), ("delivered", "delivered"), ("read", "read"), ("undelivered", "failed"),
     ("failed", "failed"), ("canceled", "failed"), ("partially_delivered", "sent")],
)  # fmt: skip
@pytest.mark.parametrize("field", ["MessageStatus", "SmsStatus"])
def test_a_status_is_a_receipt(status: str, kind: str, field: str) -> None:
    form = {"MessageSid": SID, "To": "+34600123456", "From": "+15005550006", field: status}
    (receipt,) = read(posted(form), TOKEN).events
    assert isinstance(receipt, Receipt)
    assert (receipt.external_id, receipt.status, receipt.address) == (SID, kind, "tel:+34600123456")
    assert bool(receipt.reason) is (kind == "failed")


@pytest.mark.parametrize("status", ["accepted", "scheduled", "queued", "sending", "a new one"])
def test_a_status_that_tells_nothing_is_skipped_by_name(status: str) -> None:
    reading = read(posted({"MessageSid": SID, "MessageStatus": status}), TOKEN)
    assert (reading.events, reading.skipped) == ((), (f"status {status}",))


@pytest.mark.parametrize(
    ("fields", "code", "reason"),
    [
        ({"ErrorCode": "30003"}, "30003", "switched off"),
        ({"ErrorCode": "30007"}, "30007", "spam"),
        ({"ErrorCode": "30006"}, "30006", "landline"),
        ({"ErrorCode": "30034"}, "30034", "not registered"),
        ({"ErrorCode": "39999", "ErrorMessage": "A new trouble"}, "39999", "Twilio says: A new trouble."),
        ({"ErrorCode": "39999"}, "39999", "the code 39999"),
        ({}, "", "no reason"),
        ({"ErrorCode": "0"}, "", "no reason"),
        ({"MessageStatus": "canceled"}, "", "cancelled at Twilio"),
    ],
)
def test_a_failure_has_a_code_and_a_sentence(fields: dict[str, str], code: str, reason: str) -> None:
    (receipt,) = read(posted({"MessageSid": SID, "MessageStatus": "undelivered"} | fields), TOKEN).events
    assert isinstance(receipt, Receipt)
    assert receipt.code == code
    assert reason in receipt.reason
    assert receipt.reason.endswith(".")


def test_a_json_status_is_a_receipt_and_every_one_of_a_batch_is_read() -> None:
    one = {"MessageSid": SID, "MessageStatus": "delivered"}
    two = {"MessageSid": "SM2", "MessageStatus": "failed", "ErrorCode": 30005}
    assert len(read(jsoned(json.dumps(one).encode()), TOKEN).events) == 1
    events = read(jsoned(json.dumps([one, two]).encode()), TOKEN).events
    assert [(event.external_id, event.code) for event in events if isinstance(event, Receipt)] == [
        (SID, ""),
        ("SM2", "30005"),
    ]


def test_one_broken_entry_of_a_batch_takes_no_other_with_it() -> None:
    said, broken = MESSAGE, {"SmsStatus": "received", "Body": "Who?"}
    reading = read(jsoned(json.dumps([broken, said]).encode()), TOKEN)
    assert message_of(reading).text == said["Body"]
    assert reading.skipped == ("The hook lacks MessageSid and From.",)


@pytest.mark.parametrize(
    ("latitude", "longitude", "kept"), [("12.16", "75.26", 1), ("x", "1", 0), ("91", "0", 0), ("nan", "0", 0)]
)
def test_a_location_is_kept_where_it_is_one(latitude: str, longitude: str, kept: int) -> None:
    form = MESSAGE | {"Latitude": latitude, "Longitude": longitude}
    assert len(message_of(read(posted(form), TOKEN)).attachments) == kept


def test_a_stop_that_a_service_tells_by_a_status_is_kept_as_one() -> None:
    fields = {"MessageSid": SID, "MessageStatus": "failed", "To": "+34600123456", "ErrorCode": "21610"}
    receipt, stop = read(posted(fields), TOKEN).events
    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.code) == ("failed", "21610")
    assert isinstance(stop, ConsentChanged)
    assert (stop.address, stop.word, stop.external_id) == ("tel:+34600123456", "stop", f"{SID}:21610")
