"""What Twilio's hooks say."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote_plus, urlencode

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bots.channel import ConsentChanged, Hook, MessageIn, Reading, Receipt
from bots.errors import BadSignature, Malformed
from bots.sms.reading import read
from bots.sms.signature import signed

TOKEN = b"a token of tests"
URL = "https://inbox.example/hooks/sms"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SID = "SM" + "1" * 32
MESSAGE = {
    "MessageSid": SID,
    "From": "+34600123456",
    "To": "+15005550006",
    "Body": "Hello",
    "SmsStatus": "received",
}


def hook(body: bytes, signature: str, **changes: Any) -> Hook:
    form = "application/x-www-form-urlencoded; charset=UTF-8"
    headers = {"content-type": form, "x-twilio-signature": signature}
    plain = Hook(method="POST", url=URL, headers=headers, body=body, received_at=NOW)
    return replace(plain, **changes)


def posted(form: dict[str, str], url: str = URL) -> Hook:
    return hook(urlencode(form).encode(), signed(TOKEN, url, list(form.items())), url=url)


def raw_post(body: str, *pairs: tuple[str, str]) -> Hook:
    return hook(body.encode(), signed(TOKEN, URL, pairs))


def got(url: str) -> Hook:
    signature = RequestValidator(TOKEN.decode()).compute_signature(url, {})
    return hook(b"", signature, method="GET", url=url)


def jsoned(body: bytes) -> Hook:
    url = f"{URL}?bodySHA256={sha256(body).hexdigest()}"
    headers = {"content-type": "application/json", "x-twilio-signature": signed(TOKEN, url)}
    return hook(body, "", url=url, headers=headers)


def message_of(reading: Reading) -> MessageIn:
    message = reading.events[0]
    assert isinstance(message, MessageIn)
    return message


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
    ("text", "word"),
    [
        *[
            (word, "stop")
            for word in ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]
        ],
        *[(word, "start") for word in ["START", "YES", "UNSTOP"]],
        *[(word, "help") for word in ["HELP", "INFO"]],
        ("stop", "stop"),
        ("  Stop \n", "stop"),
        ("Stop.", "stop"),
        ("STOP!", "stop"),
        ("OPT OUT", "stop"),
        ("opt  out", "stop"),
        ("opt-out", "stop"),
        ("STOP PLEASE", None),
        ("please stop", None),
        ("Stopp", None),
        ("yes please", None),
        ("yes.", None),
        ("", None),
        ("👋", None),
    ],
)
def test_a_consent_word_is_a_message_and_a_change(text: str, word: str | None) -> None:
    events = read(posted(MESSAGE | {"Body": text}), TOKEN).events
    assert isinstance(events[0], MessageIn)
    assert events[0].text == text
    changes = [event for event in events if isinstance(event, ConsentChanged)]
    assert [change.word for change in changes] == ([word] if word else [])
    assert all((c.external_id, c.address, c.sent_at) == (SID, "tel:+34600123456", NOW) for c in changes)


@pytest.mark.parametrize(
    ("body", "opt_out_type", "word", "source"),
    [
        ("STOP", "", "stop", "Twilio acts on too"),
        ("OPT OUT", "", "stop", "only we act on it"),
        ("Stop.", "", "stop", "only we act on it"),
        ("BAJA", "STOP", "stop", "Twilio's opt-out list"),
        ("ALTA", "START", "start", "Twilio's opt-out list"),
        ("AYUDA", "HELP", "help", "Twilio's opt-out list"),
        ("AYUDA", "help", "help", "Twilio's opt-out list"),
    ],
)
def test_the_source_says_who_acts_on_the_word(body: str, opt_out_type: str, word: str, source: str) -> None:
    form = MESSAGE | {"Body": body} | ({"OptOutType": opt_out_type} if opt_out_type else {})
    change = read(posted(form), TOKEN).events[1]
    assert isinstance(change, ConsentChanged)
    assert change.word == word
    assert source in change.source


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


@pytest.mark.parametrize(
    "body", [b"{", b"1", b'["a"]', b"\xff", b"[" * 100_000], ids=lambda body: str(body[:4])
)
def test_json_that_is_none_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(jsoned(body), TOKEN)


@pytest.mark.parametrize(
    ("lacks", "named"),
    [(["MessageSid"], "MessageSid"), (["From"], "From"), (["MessageSid", "From"], "MessageSid and From")],
)
def test_a_message_that_lacks_something_is_malformed_and_says_what(lacks: list[str], named: str) -> None:
    form = {name: value for name, value in MESSAGE.items() if name not in lacks}
    with pytest.raises(Malformed, match=f"lacks {named}\\."):
        read(posted(form), TOKEN)


def test_a_status_without_its_message_is_malformed() -> None:
    with pytest.raises(Malformed, match="MessageSid"):
        read(posted({"MessageStatus": "sent"}), TOKEN)


def test_an_empty_form_is_malformed_once_its_signature_holds() -> None:
    with pytest.raises(Malformed):
        read(posted({}), TOKEN)


def test_a_form_of_a_thousand_fields_is_malformed() -> None:
    with pytest.raises(Malformed, match="fields"):
        read(hook(b"&".join(b"a=b" for _ in range(1000)), "x"), TOKEN)


@pytest.mark.parametrize(
    "forged",
    [
        hook(urlencode(MESSAGE).encode(), ""),
        hook(urlencode(MESSAGE).encode(), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        hook(urlencode(MESSAGE).encode(), "ünïcode"),
        hook(urlencode(MESSAGE).encode(), signed(b"another token", URL, list(MESSAGE.items()))),
        hook(urlencode(MESSAGE | {"Body": "Hi"}).encode(), signed(TOKEN, URL, list(MESSAGE.items()))),
        hook(urlencode(MESSAGE).encode(), signed(TOKEN, URL + "2", list(MESSAGE.items()))),
        hook(urlencode(MESSAGE).encode(), signed(TOKEN, URL)),
        hook(b'{"MessageSid": "x"}', signed(TOKEN, URL), headers={"content-type": "application/json"}),
        hook(urlencode(MESSAGE).encode(), "", headers={}),
    ],
    ids=[
        "empty",
        "wrong",
        "not ASCII",
        "another token",
        "changed",
        "another URL",
        "URL only",
        "JSON",
        "missing",
    ],
)
def test_a_forged_hook_is_a_bad_signature(forged: Hook) -> None:
    with pytest.raises(BadSignature):
        read(forged, TOKEN)


def test_a_json_body_of_another_hash_is_a_bad_signature() -> None:
    true = jsoned(b"{}")
    with pytest.raises(BadSignature):
        read(hook(b'{"a": 1}', "", url=true.url, headers=true.headers), TOKEN)


@pytest.mark.parametrize(
    ("at_us", "signed_for"),
    [
        (URL, "https://inbox.example:443/hooks/sms"),
        ("https://inbox.example:443/hooks/sms", URL),
        ("http://inbox.example/hooks/sms", "http://inbox.example:80/hooks/sms"),
        ("https://inbox.example:8443/hooks/sms", "https://inbox.example:8443/hooks/sms"),
        ("https://[2001:db8::1]/hooks/sms", "https://[2001:db8::1]:443/hooks/sms"),
        ("https://inbox.example/hooks/sms?a=it's", "https://inbox.example/hooks/sms?a=it%27s"),
    ],
)
def test_the_signature_holds_with_and_without_the_default_port(at_us: str, signed_for: str) -> None:
    signature = signed(TOKEN, signed_for, list(MESSAGE.items()))
    assert read(hook(urlencode(MESSAGE).encode(), signature, url=at_us), TOKEN).events


def test_a_name_that_comes_twice_is_kept_twice() -> None:
    body = urlencode([*MESSAGE.items(), ("Tag", "b"), ("Tag", "a"), ("Tag", "b")])
    message = message_of(read(raw_post(body, *MESSAGE.items(), ("Tag", "a"), ("Tag", "b")), TOKEN))
    assert message.raw["Tag"] == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("remove%00 null bytes%00", "remove null bytes"),
        ("%ED%A0%BD alone", "��� alone"),
        ("bad %FF byte", "bad � byte"),
        ("\u202bright to left\u202c", "\u202bright to left\u202c"),
        ("%F0%9F%91%8B%F0%9F%91%8B", "👋👋"),
        ("a+b%2Bc%26d%3De", "a b+c&d=e"),
    ],
    ids=["NUL", "a surrogate alone", "not UTF-8", "right to left", "only emoji", "escaped"],
)
def test_a_hard_text_is_made_harmless(body: str, text: str) -> None:
    others = urlencode({"MessageSid": SID, "From": "+34600123456"})
    plain = unquote_plus(body, errors="surrogateescape")
    reading = read(
        raw_post(f"{others}&Body={body}", ("MessageSid", SID), ("From", "+34600123456"), ("Body", plain)),
        TOKEN,
    )
    assert message_of(reading).text == text
    assert message_of(reading).raw["Body"] == text
    json.dumps(message_of(reading).raw, ensure_ascii=False).encode()


def test_a_surrogate_alone_in_json_is_made_harmless() -> None:
    body = b'{"MessageSid": "SM1", "From": "+34600123456", "Body": "a\\ud83d b \\ud83d\\udc4b \\u0000"}'
    assert message_of(read(jsoned(body), TOKEN)).text == "a� b 👋 "


def test_a_hundred_thousand_characters_are_read() -> None:
    text = "ñ👋" * 50_000
    assert message_of(read(posted(MESSAGE | {"Body": text}), TOKEN)).text == text


def test_our_signature_is_the_sdks_for_what_we_send_each_other() -> None:
    validator = RequestValidator(TOKEN.decode())
    assert validator.validate(URL, MESSAGE, signed(TOKEN, URL, list(MESSAGE.items())))
    assert read(hook(urlencode(MESSAGE).encode(), validator.compute_signature(URL, MESSAGE)), TOKEN).events


@pytest.mark.parametrize(
    ("latitude", "longitude", "kept"), [("12.16", "75.26", 1), ("x", "1", 0), ("91", "0", 0), ("nan", "0", 0)]
)
def test_a_location_is_kept_where_it_is_one(latitude: str, longitude: str, kept: int) -> None:
    form = MESSAGE | {"Latitude": latitude, "Longitude": longitude}
    assert len(message_of(read(posted(form), TOKEN)).attachments) == kept


def test_the_query_of_a_get_may_be_escaped_in_any_way() -> None:
    url = f"{URL}?MessageSid={SID}&From={quote('+34600123456', safe='')}&Body=It's+%C3%B1"
    assert message_of(read(got(url), TOKEN)).text == "It's ñ"
