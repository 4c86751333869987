"""What customers' mails say."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bots.channel import Attachment, ConsentChanged, MessageIn
from bots.errors import BadSignature, Malformed
from tests.bots.email.mails import (
    APPLE,
    CAME,
    FORWARD,
    GMAIL,
    NOW,
    OUTLOOK,
    PLACE,
    channel,
    hook,
    raw,
    reading,
    simple,
)


def message(mail: bytes, **changes: Any) -> MessageIn:
    found = reading(mail, **changes)
    assert found.skipped == ()
    first = found.events[0]
    assert isinstance(first, MessageIn)
    return first


def test_a_reply_from_gmail_says_what_is_new() -> None:
    said = message(GMAIL)
    assert said.text == "Gracias, mañana está bien."
    assert said.address == "mailto:lucia@customer.example"
    assert said.sender_name == "Lucía Pérez"
    assert said.subject == "Re: Su pedido nº 42"
    assert said.external_id == "CAF=abc123@mail.customer.example"
    assert said.reply_to == "tidings.1@shop.example"
    assert said.sent_at == CAME
    assert [one.name for one in said.attachments] == ["whole message.txt"]
    assert said.attachments[0].ref == f"{PLACE}:text:"
    assert said.raw["headers"]["To"] == "The Shop <support@shop.example>"


def test_html_is_read_as_text_in_our_marks_and_its_picture_is_a_file() -> None:
    said = message(OUTLOOK)
    assert said.text == "Vielen Dank für die *schnelle* Antwort!\n\nAnn"
    assert said.sender_name == "Berg, Ann"
    assert said.language == "de-DE"
    assert said.attachments[0] == Attachment(
        kind="image",
        ref=f"{PLACE}:2:base64",
        name="image001.png",
        content_type="image/png",
        size=8,
    )


def test_words_between_files_stay_together_and_names_are_decoded() -> None:
    said = message(APPLE)
    assert said.text == "It broke here:\n\nand here is the receipt."
    assert [(one.kind, one.name, one.ref) for one in said.attachments] == [
        ("image", "Glück.jpg", f"{PLACE}:2:base64"),
        ("document", "receipt (1).pdf", f"{PLACE}:4:base64"),
        ("document", "whole message.txt", f"{PLACE}:text:"),
    ]


def test_a_forwarded_mail_is_a_file_and_so_is_what_signs() -> None:
    said = message(FORWARD)
    assert said.text == "See what the courier says."
    assert [(one.name, one.content_type, one.size) for one in said.attachments] == [
        ("Your parcel nº 7.eml", "message/rfc822", None),
        ("smime.p7s", "application/pkcs7-signature", 3),
    ]


def test_without_a_place_in_the_mailbox_there_is_nothing_to_fetch() -> None:
    found = channel().read(hook(APPLE, place=""))
    assert isinstance(found.events[0], MessageIn)
    assert {one.ref for one in found.events[0].attachments} == {""}


BODIES = [
    pytest.param(
        "text/plain; charset=iso-8859-1",
        "Ol\xe1 \u2014",
        "Ol\xe1 \u2014",
        "cp1252",
        id="Windows' Latin under another name",
    ),
    pytest.param(
        "text/plain; charset=utf-8", "Ol\xe1", "Ol\xe1", "latin-1", id="Latin that says it is UTF-8"
    ),
    pytest.param(
        "text/plain; charset=gb2312",
        "\u4f60\u597d\u9555",
        "\u4f60\u597d\u9555",
        "gb18030",
        id="more than GB2312 has",
    ),
    pytest.param("text/plain; charset=nobody-knows", "caf\xe9", "caf\xe9", "utf-8", id="no such charset"),
    pytest.param("text/plain; charset*=us-ascii'en'utf-8", "caf\xe9", "caf\xe9", "utf-8", id="RFC 2231"),
    pytest.param(
        "text/plain; charset=koi8-r",
        "\u043f\u0440\u0438\u0432\u0435\u0442",
        "\u043f\u0440\u0438\u0432\u0435\u0442",
        "koi8-r",
        id="Russian",
    ),
    pytest.param("text/plain", "caf\xe9", "caf\xe9", "utf-8", id="nothing said"),
    pytest.param(
        "text/plain; format=flowed",
        "A long \nline.\nNext",
        "A long line.\nNext",
        "utf-8",
        id="soft line ends",
    ),
    pytest.param(
        "text/plain; format=flowed; delsp=yes",
        "\u4f60 \n\u597d",
        "\u4f60\u597d",
        "utf-8",
        id="soft line ends without spaces",
    ),
    pytest.param(
        "multipart/mixed", "Just words", "Just words", "utf-8", id="of parts, of which there are none"
    ),
    pytest.param(
        "text/html; charset=utf-8", "<p>a &lt;b&gt;</p><script>x</script>", "a <b>", "utf-8", id="HTML"
    ),
]


@pytest.mark.parametrize(("kind", "body", "text", "charset"), BODIES)
def test_words_are_decoded(kind: str, body: str, text: str, charset: str) -> None:
    head = simple("", Content_Type=kind)
    assert message(head + body.encode(charset)).text == text


ALTERNATIVES = [
    pytest.param("Hello", "<b>Hello</b> you", "Hello", id="plain first"),
    pytest.param("  ", "<b>Hello</b> you", "*Hello* you", id="plain is empty"),
    pytest.param("Your program shows no HTML.", "<b>Hello</b>", "*Hello*", id="plain says: look at the HTML"),
]


@pytest.mark.parametrize(("plain", "html", "text"), ALTERNATIVES)
def test_of_alternatives_the_one_that_says_something_is_read(plain: str, html: str, text: str) -> None:
    body = (
        f"--x\nContent-Type: text/plain\n\n{plain}\n--x\nContent-Type: text/html\n\n{html}\n"
        "--x\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n--x--\n"
    )
    said = message(simple(body, Content_Type='multipart/alternative; boundary="x"'))
    assert said.text == text
    assert [one.content_type for one in said.attachments] == ["text/calendar"]


HEADERS = [
    pytest.param({"From": "=?iso-8859-1?q?Jos=E9?= <jose@c.example>"}, "José", "jose@c.example", id="Latin"),
    pytest.param(
        {"From": "=?utf-8?b?4pyT?= =?utf-8?q?_ok?= <a@c.example>"}, "✓ ok", "a@c.example", id="two words"
    ),
    pytest.param({"From": '"Shop, the" <A@C.Example>'}, "Shop, the", "a@c.example", id="comma in quotes"),
    pytest.param({"From": "Shop, the <a@c.example>"}, "the", "a@c.example", id="comma without quotes"),
    pytest.param({"From": "José <a@c.example>"}, "José", "a@c.example", id="raw UTF-8"),
    pytest.param({"From": "a@c.example"}, "", "a@c.example", id="bare"),
    pytest.param({"From": "victim@b.example <a@c.example>"}, "", "a@c.example", id="an address for a name"),
    pytest.param({"From": "victim@b.example (x) <a@c.example>"}, "", "a@c.example", id="with a remark"),
    pytest.param(
        {"From": '"<victim@b.example>" <a@c.example>'}, "<victim@b.example>", "a@c.example", id="in quotes"
    ),
    pytest.param({"From": "Ann @ Shop <a@c.example>"}, "", "a@c.example", id="an at in a name"),
    pytest.param({"From": "Ann <a@müller.example>"}, "Ann", "a@xn--mller-kva.example", id="umlaut domain"),
    pytest.param(
        {"From": "Ann <a@XN--MLLER-KVA.example>"}, "Ann", "a@xn--mller-kva.example", id="ASCII form"
    ),
    pytest.param({"From": "=?nope?q?x?= <a@c.example>"}, "x", "a@c.example", id="no such charset"),
]


@pytest.mark.parametrize(("given", "name", "address"), HEADERS)
def test_the_sender_is_decoded(given: dict[str, str], name: str, address: str) -> None:
    said = message(simple(**given))
    assert (said.sender_name, said.address) == (name, f"mailto:{address}")


def test_a_mail_without_an_id_has_one_made_of_itself() -> None:
    one, two, other = simple(Message_ID=""), simple(Message_ID=""), simple("Else", Message_ID="")
    assert message(one).external_id == message(two).external_id
    assert message(one).external_id.startswith("none:")
    assert message(one).external_id != message(other).external_id


THREADS = [
    pytest.param({"In_Reply_To": "<a@b>", "References": "<x@y> <a@b>"}, "a@b", id="says what it answers"),
    pytest.param({"References": "<x@y>\n <z@y>"}, "z@y", id="only references: the last"),
    pytest.param({"In_Reply_To": "Your message of Monday <a@b>"}, "a@b", id="words around it"),
    pytest.param({"In_Reply_To": "nothing"}, "", id="none"),
]


@pytest.mark.parametrize(("given", "answered"), THREADS)
def test_a_mail_says_what_it_answers(given: dict[str, str], answered: str) -> None:
    assert message(simple(**given)).reply_to == answered


def test_the_time_is_when_our_server_took_it_else_a_credible_date_else_now() -> None:
    def at(date: str, came: datetime | None) -> datetime:
        event = channel().read(hook(simple(Date=date), came=came)).events[0]
        return event.sent_at

    assert at("Mon, 1 Jan 2035 00:00:00 +0000", CAME) == CAME
    assert at("Sun, 1 Mar 2026 12:30:00 +0100", None) == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
    assert at("Mon, 1 Jan 2035 00:00:00 +0000", None) == NOW
    assert at("yesterday", None) == NOW


def test_behind_a_form_of_ours_the_customer_is_in_reply_to_and_else_never() -> None:
    form = simple(
        From="Site <web@shop.example>", Reply_To="Ann <ann@c.example>", Auto_Submitted="auto-generated"
    )
    assert message(form, forms=("web@shop.example",)).address == "mailto:ann@c.example"
    assert message(form, forms=("web@shop.example",)).sender_name == "Ann"
    stranger = simple(Reply_To="victim@c.example")
    said = message(stranger)
    assert (said.address, said.also) == ("mailto:ann@customer.example", ())
    assert said.raw["headers"]["Reply-To"] == "victim@c.example"


def test_a_domain_in_other_letters_is_the_same_person_however_it_is_spelled() -> None:
    for domain in ("müller.example", "xn--mller-kva.example", "MÜLLER.example."):
        said = message(simple(From=f"Ann <a@{domain}>"))
        assert said.address == "mailto:a@xn--mller-kva.example"
        assert said.also == ("mailto:a@müller.example",)
    assert message(simple()).also == ()


RESULTS = "mx.shop.example (postfix); spf=pass; dmarc=fail (p=none) header.from=customer.example"
PROOFS = [
    pytest.param([RESULTS], "mx.shop.example", True, id="our server says fail"),
    pytest.param(
        ["mx.shop.example; dmarc=pass", RESULTS], "mx.shop.example", False, id="only the topmost counts"
    ),
    pytest.param(["mx.shop.example; dkim=pass", RESULTS], "mx.shop.example", True, id="said in two headers"),
    pytest.param(["mx.evil.example; dmarc=fail"], "mx.shop.example", False, id="another server's word"),
    pytest.param([RESULTS], "", False, id="we trust none"),
    pytest.param([], "mx.shop.example", False, id="nothing said"),
    pytest.param(
        ["mx.shop.example; spf=pass (domain of dmarc=pass@evil.example); dmarc=fail"],
        "mx.shop.example",
        True,
        id="a verdict in a remark",
    ),
    pytest.param(
        ['mx.shop.example; spf=pass smtp.mailfrom="x; dmarc=pass"@evil.example; dmarc=fail'],
        "mx.shop.example",
        True,
        id="a verdict in an address",
    ),
    pytest.param(
        ["mx.shop.example; spf=pass smtp.mailfrom=dmarc=pass@evil.example", RESULTS],
        "mx.shop.example",
        True,
        id="a verdict in the address of another header",
    ),
]


@pytest.mark.parametrize(("results", "trusted", "warned"), PROOFS)
def test_a_sender_that_our_server_could_not_prove_is_told(
    results: list[str], trusted: str, warned: bool
) -> None:
    head = "".join(f"Authentication-Results: {one}\r\n" for one in results)
    said = message(head.encode() + simple(), authserv_id=trusted)
    assert said.text.startswith("_Our mail server could not prove") is warned
    assert said.text.endswith("Hello there")


def test_one_mail_of_two_people_is_proven_of_neither() -> None:
    mail = b"Authentication-Results: mx.shop.example; dmarc=pass\r\n" + simple(
        From="<ann@customer.example><mallory@evil.example>"
    )
    assert message(mail, authserv_id="mx.shop.example").text.startswith("_Our mail server could not prove")


CONSENTS = [
    pytest.param({"body": "STOP"}, "stop", True, True, id="a stop"),
    pytest.param({"body": "Baja.\n\n> old\n"}, "stop", True, True, id="in Spanish over a quote"),
    pytest.param({"body": "Unsubscribe!\n\nAnn Berg"}, "stop", True, True, id="a stop and a name"),
    pytest.param({"body": "*STOP*"}, "stop", True, True, id="a bold stop"),
    pytest.param({"body": "", "Subject": "unsubscribe"}, "stop", True, False, id="a program's unsubscribe"),
    pytest.param(
        {"body": "x", "To": "Stop <unsubscribe@shop.example>"}, "stop", True, False, id="our address for it"
    ),
]


@pytest.mark.parametrize(("given", "word", "marketing", "shown"), CONSENTS)
def test_words_of_consent_are_heard(given: dict[str, str], word: str, marketing: bool, shown: bool) -> None:
    found = reading(simple(**given), unsubscribe_address="Unsubscribe@shop.example").events
    changed = found[-1]
    assert isinstance(changed, ConsentChanged)
    assert (changed.word, changed.marketing, changed.address) == (
        word,
        marketing,
        "mailto:ann@customer.example",
    )
    assert isinstance(found[0], MessageIn) is shown


def test_words_to_us_are_shown_though_a_stop_went_along() -> None:
    both = simple("Where is my parcel?", To="support@shop.example, unsubscribe@shop.example")
    said, stop = reading(both, unsubscribe_address="unsubscribe@shop.example").events
    assert isinstance(said, MessageIn)
    assert said.text == "Where is my parcel?"
    assert isinstance(stop, ConsentChanged)


@pytest.mark.parametrize(
    "body",
    [
        "Please stop by tomorrow",
        "I want to cancel my order 42 today",
        "Start\n\nwith the blue one",
        "Stop\nit",
    ],
)
def test_such_a_word_in_a_sentence_is_none(body: str) -> None:
    assert len(reading(simple(body)).events) == 1


@pytest.mark.parametrize(
    ("results", "trusted", "words"),
    [
        pytest.param(RESULTS, "mx.shop.example", ["stop"], id="our server says fail"),
        pytest.param("mx.shop.example; spf=pass", "mx.shop.example", ["stop"], id="our server says nothing"),
        pytest.param("mx.shop.example; dmarc=pass", "", ["stop"], id="nobody is trusted"),
        pytest.param("mx.evil.example; dmarc=pass", "mx.shop.example", ["stop"], id="another's word"),
        pytest.param(
            "mx.shop.example; dmarc=pass",
            "mx.shop.example",
            ["stop", "start", "join"],
            id="our server says pass",
        ),
    ],
)
def test_anybody_may_stop_and_only_who_is_proven_may_say_yes(
    results: str, trusted: str, words: list[str]
) -> None:
    heard = []
    for body in ("stop", "start", "join"):
        mail = f"Authentication-Results: {results}\r\n".encode() + simple(body)
        events = reading(mail, authserv_id=trusted).events
        heard += [one.word for one in events if isinstance(one, ConsentChanged)]
    assert heard == words


def test_a_mail_without_a_sender_and_what_is_no_mail_are_malformed() -> None:
    for mail in (simple(From=""), b"", b"\r\n\r\nwords", raw("no header")):
        with pytest.raises(Malformed):
            reading(mail)


def test_a_mail_that_another_account_read_is_not_ours() -> None:
    with pytest.raises(BadSignature):
        channel(secret_key="another secret of it").read(hook(simple()))
