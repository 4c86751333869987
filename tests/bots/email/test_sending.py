"""Our messages as mails, handed to a real SMTP server."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bots.channel import MediaOut, MessageOut
from bots.email.channel import Email
from bots.email.composing import compose, message_id
from bots.email.spec import CLOSES
from bots.errors import ChannelError, Misconfigured, Refused, Throttled, Uncertain, Unreachable
from routing.reasons import REASONS
from tests.bots.email.mails import NOW, channel, settings
from tests.providers.faults import Fault
from tests.providers.mail import MailServer
from tests.providers.mail.state import ADDRESS, PASSWORD

OUT = MessageOut(
    key="reply:7:1",
    address="mailto:ann@customer.example",
    text="Hello *Ann*",
    owed_at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    by_agent=True,
)


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


def ours(mail: MailServer, **changes: Any) -> Email:
    return channel(**(mail.settings | changes))


def written(message: MessageOut = OUT, **changes: Any) -> EmailMessage:
    return compose(message, settings(**changes), NOW)


def medium(
    path: Path, content: bytes = b"%PDF-1.4", name: str = "bill.pdf", kind: str = "application/pdf"
) -> MediaOut:
    path.write_bytes(content)
    return MediaOut(name=name, content_type=kind, size=len(content), path=path, url="https://x.example/f")


async def test_a_reply_arrives_as_text_beside_html(mail: MailServer) -> None:
    text = "Olá *Ann*,\n\n1 < 2 & _so_ `on` ✓"
    sent = await ours(mail).send(replace(OUT, text=text))
    (handed,) = mail.state.sent
    assert (handed.sender, handed.to) == (ADDRESS, ("ann@customer.example",))
    assert str(handed.mail["From"]) == "The Shop <support@shop.example>"
    assert str(handed.mail["Message-ID"]) == f"<{sent.external_id}>"
    assert handed.mail.get_content_type() == "multipart/alternative"
    assert handed.text.strip() == "Olá Ann,\n\n1 < 2 & so on ✓"
    html = handed.mail.get_body(("html",))
    assert html is not None
    assert "<strong>Ann</strong>" in html.get_content()
    assert "1 &lt; 2 &amp; <em>so</em> <code>on</code> ✓" in html.get_content()
    assert handed.raw.isascii()
    assert max(len(line) for line in handed.raw.split(b"\r\n")) < 998


async def test_files_arrive_as_they_were(mail: MailServer, tmp_path: Path) -> None:
    media = (
        medium(tmp_path / "a"),
        medium(tmp_path / "b", bytes(range(256)), "Glück ✓.png", "image/png"),
        medium(tmp_path / "c", b"?", "odd\r\nBcc: x@y.example", "nonsense"),
    )
    await ours(mail).send(replace(OUT, media=media))
    found = list(mail.state.sent[0].mail.iter_attachments())
    assert [(one.get_filename(), one.get_content_type()) for one in found] == [
        ("bill.pdf", "application/pdf"),
        ("Glück ✓.png", "image/png"),
        ("odd Bcc: x@y.example", "application/octet-stream"),
    ]
    assert [one.get_content() for one in found] == [b"%PDF-1.4", bytes(range(256)), b"?"]
    assert mail.state.sent[0].mail["Bcc"] is None


def test_a_retry_bears_the_same_id_and_another_delivery_another() -> None:
    first, again = written(), written()
    assert first["Message-ID"] == again["Message-ID"] == f"<{message_id(settings(), OUT.key)}>"
    assert first["Message-ID"] != written(replace(OUT, key="reply:7:2"))["Message-ID"]
    assert first["Message-ID"] != written(secret_key="another secret of ours")["Message-ID"]
    assert written(domain="mail.shop.example")["Message-ID"].endswith("@mail.shop.example>")


THREADS = [
    pytest.param((), "", None, None, id="a beginning"),
    pytest.param((), "a@b", "<a@b>", "<a@b>", id="an answer"),
    pytest.param(("x@y", "a@b", "z@y"), "a@b", "<a@b>", "<x@y> <a@b> <z@y>", id="in a matter"),
    pytest.param(("x@y", "none:12"), "none:12", "<x@y>", "<x@y>", id="a mail that had no id"),
    pytest.param(("a b@c", "x>\r\nBcc: <y@z"), "", None, None, id="what is no id"),
]


@pytest.mark.parametrize(("thread", "reply_to", "answers", "references"), THREADS)
def test_an_answer_stands_under_what_it_answers(
    thread: tuple[str, ...], reply_to: str, answers: str | None, references: str | None
) -> None:
    mail = written(replace(OUT, thread=thread, reply_to=reply_to))
    assert (mail["In-Reply-To"], mail["References"]) == (answers, references)


def test_a_long_matter_keeps_its_first_and_its_last() -> None:
    thread = tuple(f"m{number}@c.example" for number in range(100))
    mail = written(replace(OUT, thread=thread, reply_to="m99@c.example"))
    named = mail["References"].split()
    assert (len(named), named[0], named[-1]) == (20, "<m0@c.example>", "<m99@c.example>")


SUBJECTS = [
    pytest.param("An order", "a@b", "Re: An order", id="an answer"),
    pytest.param("Re: An order", "a@b", "Re: An order", id="is one already"),
    pytest.param("AW: Bestellung", "a@b", "AW: Bestellung", id="in German"),
    pytest.param("An order", "", "An order", id="a beginning"),
    pytest.param("", "a@b", "News of the shop", id="none"),
    pytest.param("A\r\nBcc: x@y.example", "", "A Bcc: x@y.example", id="of two lines"),
    pytest.param("Çé ✓ " * 100, "", ("Çé ✓ " * 40).strip(), id="long, beyond ASCII"),
]


@pytest.mark.parametrize(("subject", "reply_to", "expected"), SUBJECTS)
def test_the_subject(subject: str, reply_to: str, expected: str) -> None:
    mail = written(replace(OUT, subject=subject, reply_to=reply_to), subject="News of the shop")
    assert str(mail["Subject"]) == expected
    mail.as_bytes()


def test_marketing_says_how_to_be_rid_of_it() -> None:
    mail = written(
        replace(OUT, unsubscribe="https://shop.example/u/1", by_agent=False),
        unsubscribe_address="unsubscribe@shop.example",
    )
    assert mail["List-Unsubscribe"] == (
        "<https://shop.example/u/1>, <mailto:unsubscribe@shop.example?subject=unsubscribe>"
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert written()["List-Unsubscribe"] is None
    assert written()["Auto-Submitted"] is None


REFUSED = [
    pytest.param({"address": "tel:+34600123456"}, id="not an e-mail address"),
    pytest.param({"address": "mailto:a b@c.example"}, id="a space"),
    pytest.param({"address": "mailto:ann@c.example\r\nRCPT TO:<x@y.example>"}, id="a second command"),
    pytest.param({"address": "mailto:é@c.example"}, id="letters beyond ASCII before the @"),
    pytest.param({"text": " \n"}, id="nothing to say"),
]


@pytest.mark.parametrize("change", REFUSED)
async def test_what_cannot_be_sent_is_refused_before_it_is_tried(
    mail: MailServer, change: dict[str, str]
) -> None:
    with pytest.raises(Refused):
        await ours(mail).send(replace(OUT, **change))  # type: ignore[arg-type]
    assert mail.state.sent == []


async def test_a_domain_in_other_letters_is_written_in_ascii(mail: MailServer) -> None:
    await ours(mail).send(replace(OUT, address="mailto:ann@bücher.example"))
    assert mail.state.sent[0].to == ("ann@xn--bcher-kva.example",)


async def test_files_that_are_too_large_together_are_refused(mail: MailServer, tmp_path: Path) -> None:
    media = tuple(medium(tmp_path / str(n), b"x" * 40_000) for n in range(3))
    with pytest.raises(Refused, match="MB together") as raised:
        await ours(mail, total_bytes=100_000).send(replace(OUT, media=media))
    assert raised.value.code == "5.3.4"


async def test_a_file_that_is_gone_is_said(mail: MailServer, tmp_path: Path) -> None:
    gone = medium(tmp_path / "a")
    gone.path.unlink()
    with pytest.raises(Refused, match=r"bill\.pdf is gone"):
        await ours(mail).send(replace(OUT, media=(gone,)))


ANSWERS = [
    pytest.param("550 5.1.1 <x>: User unknown", Refused, "5.1.1", None, id="nobody there"),
    pytest.param("550 No such user here", Refused, "5.1.0", None, id="without an enhanced code"),
    pytest.param("552 5.2.2 Mailbox full", Refused, "5.2.2", None, id="full"),
    pytest.param("554 5.7.1 Spam", Refused, "5.7.1", None, id="a rule"),
    pytest.param("550 5.7.26 Unauthenticated", Refused, "5.7.26", None, id="DMARC"),
    pytest.param("553 5.1.8 Sender address rejected", Misconfigured, "5.1.8", None, id="our address"),
    pytest.param("530 5.7.0 Authentication required", Misconfigured, "5.7.0", None, id="log in first"),
    pytest.param("450 4.2.0 Greylisted, try again in 120 seconds", Throttled, "4.2.0", 120, id="greylisting"),
    pytest.param("451 4.7.1 Please come back in 10 minutes", Throttled, "4.7.1", 600, id="in minutes"),
    pytest.param("452 4.2.2 Mailbox full", Throttled, "4.2.2", 300, id="full for now"),
    pytest.param("421 Too many connections", Throttled, "421", 300, id="too many"),
    pytest.param("451 4.3.0 Local error", Unreachable, "4.3.0", None, id="their trouble"),
]


@pytest.mark.parametrize("where", ["ann@customer.example", "data"])
@pytest.mark.parametrize(("reply", "error", "code", "wait"), ANSWERS)
async def test_an_answer_has_its_verdict(
    mail: MailServer, where: str, reply: str, error: type[ChannelError], code: str, wait: float | None
) -> None:
    mail.state.refusals[where] = reply
    with pytest.raises(error) as raised:
        await ours(mail).send(OUT)
    assert type(raised.value) is error
    assert raised.value.code == code
    assert raised.value.reason.endswith(".")
    if isinstance(raised.value, Throttled):
        assert raised.value.retry_after == wait


@pytest.mark.parametrize(
    ("reply", "error", "code"),
    [
        pytest.param("553 sorry, your envelope sender is not allowed", Misconfigured, "553", id="bare"),
        pytest.param("501 5.1.3 Bad sender address syntax", Misconfigured, "5.1.3", id="as of a recipient"),
        pytest.param("550 5.1.1 No such sender", Misconfigured, "5.1.1", id="no such sender"),
        pytest.param("552 5.3.4 Message too big", Refused, "5.3.4", id="too large is not our address"),
        pytest.param("552 Message too big", Refused, "5.3.4", id="too large in a bare word"),
        pytest.param("450 4.7.1 Try again", Throttled, "4.7.1", id="later"),
    ],
)
async def test_a_refusal_of_our_own_address_closes_no_customer_s(
    mail: MailServer, reply: str, error: type[ChannelError], code: str
) -> None:
    mail.state.refusals["sender"] = reply
    with pytest.raises(error) as raised:
        await ours(mail).send(OUT)
    assert type(raised.value) is error
    assert raised.value.code == code


async def test_a_bare_553_is_of_the_recipient_only_where_it_answers_one(mail: MailServer) -> None:
    for where, code in (("ann@customer.example", "5.1.3"), ("data", "553")):
        mail.state.refusals = {where: "553 not allowed"}
        with pytest.raises(Refused) as raised:
            await ours(mail).send(OUT)
        assert raised.value.code == code


async def test_nothing_large_is_written_on_the_loop(
    mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    as_bytes = EmailMessage.as_bytes

    def noted(self: EmailMessage, *args: Any, **options: Any) -> bytes:
        threads.append(threading.current_thread())
        return as_bytes(self, *args, **options)

    monkeypatch.setattr(EmailMessage, "as_bytes", noted)
    await ours(mail).send(OUT)
    assert threads
    assert threading.main_thread() not in threads


def test_what_closes_an_address_is_a_reason_of_the_house() -> None:
    assert {one.reason for one in CLOSES.values()} <= set(REASONS)
    assert "5.7.1" not in CLOSES


async def test_a_wrong_password_is_our_mistake_and_is_nowhere_told(mail: MailServer) -> None:
    for act in (ours(mail, password="wrong one").send(OUT), ours(mail, password="wrong one").who()):
        with pytest.raises(Misconfigured) as raised:
            await act
        told = f"{raised.value!r} {raised.value.__cause__!r}"
        assert "wrong one" not in told
        assert PASSWORD not in told


async def test_nobody_at_the_port_is_unreachable(mail: MailServer, unused_tcp_port: int) -> None:
    for changes in ({"smtp_port": unused_tcp_port}, {"imap_port": unused_tcp_port}):
        with pytest.raises(Unreachable):
            await ours(mail, **changes).who()
    with pytest.raises(Unreachable):
        await ours(mail, smtp_port=unused_tcp_port).send(OUT)


async def test_no_tls_where_it_is_asked_for_is_our_mistake(mail: MailServer) -> None:
    with pytest.raises(Misconfigured):
        await ours(mail, smtp_security="starttls").send(OUT)
    assert mail.state.sent == []


async def test_a_cut_after_the_mail_is_uncertain_and_a_retry_has_its_id(mail: MailServer) -> None:
    mail.state.faults.add(Fault(kind="drop_after", where="/smtp"))
    with pytest.raises(Uncertain):
        await ours(mail).send(OUT)
    sent = await ours(mail).send(OUT)
    assert {str(one.mail["Message-ID"]) for one in mail.state.sent} == {f"<{sent.external_id}>"}


async def test_reports_are_asked_for_as_set(mail: MailServer) -> None:
    await ours(mail).send(OUT)
    await ours(mail, ask_delivery=True, ask_read=True).send(OUT)
    plain, asked = mail.state.sent
    assert {"RET=HDRS", "NOTIFY=FAILURE,DELAY"} <= set(plain.options)
    assert "NOTIFY=SUCCESS,FAILURE,DELAY" in asked.options
    assert plain.mail["Disposition-Notification-To"] is None
    assert asked.mail["Disposition-Notification-To"] == ADDRESS


async def test_mails_sent_at_once_all_arrive(mail: MailServer) -> None:
    ends = await asyncio.gather(*(ours(mail).send(replace(OUT, key=f"reply:{n}:1")) for n in range(10)))
    assert {f"<{end.external_id}>" for end in ends} == {
        str(one.mail["Message-ID"]) for one in mail.state.sent
    }


async def test_it_says_who_we_are(mail: MailServer) -> None:
    assert await ours(mail).who() == "support@shop.example via 127.0.0.1 and 127.0.0.1"
    assert mail.state.sent == []
    assert [one for one in mail.state.commands if one.startswith("UID")] == []


LINKED = [
    pytest.param("See https://a.b/c?x=1&y=2.", '<a href="https://a.b/c?x=1&amp;y=2">', id="without the stop"),
    pytest.param(
        "(https://a.b/c), <i>", '(<a href="https://a.b/c">https://a.b/c</a>), &lt;i&gt;', id="in brackets"
    ),
    pytest.param("<https://a.b>", '&lt;<a href="https://a.b">https://a.b</a>&gt;', id="in angles"),
]


@pytest.mark.parametrize(("text", "shown"), LINKED)
def test_a_link_can_be_pressed(text: str, shown: str) -> None:
    page = written(replace(OUT, text=text)).get_body(("html",))
    assert page is not None
    assert shown in page.get_content()
