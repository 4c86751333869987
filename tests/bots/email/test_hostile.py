"""Whatever comes as a mail is read or refused, and nothing else."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.channel import MessageIn, Reading
from bots.email.headers import decoded, parsed, unpacked
from bots.email.parts import leaves, take_apart
from bots.email.skeleton import LARGEST, skeleton
from bots.errors import ChannelError, Malformed
from tests.bots.email.mails import REAL, reading, simple

WORDS = st.text(max_size=30) | st.sampled_from(
    [
        "=?utf-8?q?=C3?=",
        "=?utf-8?b?!!!?=",
        "=?x?x?x?=",
        "�",
        "<",
        "a@b",
        '"',
        "\\",
        "multipart/mixed",
        "message/rfc822",
        "text/plain; charset*0*=a''%ff",
        "text/html; charset=utf-7",
        "multipart/report",
        "x" * 2000,
        "((((",
        "multipart/alternative; boundary=",
        'multipart/mixed; boundary="',
        "message/delivery-status",
        "1 Jan 99999",
    ]
)
NAMES = st.sampled_from(
    [
        "From",
        "To",
        "Subject",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Date",
        "Content-Type",
        "List-Id",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "Auto-Submitted",
        "Content-Language",
        "Reply-To",
        "Authentication-Results",
        "Precedence",
        "Content-ID",
        "X-Tidings-Size",
        "X-Tidings-Cut",
        "Return-Path",
    ]
)


def sound(found: Reading) -> None:
    for event in found.events:
        assert event.sent_at.tzinfo is not None
        if isinstance(event, MessageIn):
            assert event.address.startswith("mailto:")
            for text in (event.text, event.subject, event.sender_name, event.external_id, event.reply_to):
                text.encode()
            for one in event.attachments:
                one.name.encode()
                assert one.name
            assert "\x00" not in event.text


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, WORDS), max_size=8), st.text(max_size=200) | st.binary(max_size=200))
def test_any_headers_over_any_body(headers: list[tuple[str, str]], body: str | bytes) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    raw = head.encode("utf-8", "surrogatepass") + b"\r\n"
    raw += body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    try:
        sound(reading(raw, authserv_id="mx"))
    except ChannelError:
        return


@settings(deadline=None)
@given(st.data())
def test_a_real_mail_with_lines_moved_and_headers_spoiled(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(list(REAL.values()))).split(b"\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[data.draw(st.integers(0, len(lines) - 1))])
            case 2:
                name, value = data.draw(NAMES), data.draw(WORDS)
                lines.insert(at, f"{name}: {value}".encode("utf-8", "surrogatepass"))
            case _:
                lines[at] = lines[at] + data.draw(st.binary(max_size=6))
        lines = lines or [b""]
    try:
        sound(reading(b"\r\n".join(lines)))
    except ChannelError:
        return


@settings(deadline=None)
@given(
    text=st.text(max_size=300),
    subject=st.text(max_size=60),
    name=st.text(max_size=30),
    file=st.binary(max_size=99),
)
def test_what_a_good_program_writes_is_read_as_written(
    text: str, subject: str, name: str, file: bytes
) -> None:
    subject, name = (" ".join("".join(c for c in one if c.isprintable()).split()) for one in (subject, name))
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"] = "a@customer.example", subject
    body = "".join(letter for letter in text if letter.isprintable() or letter == "\n")
    mail.set_content(f"Dear all\n{body}\nend", charset="utf-8", cte="base64")
    mail.add_attachment(file, maintype="application", subtype="pdf", filename=name or "x.pdf")
    (said,) = reading(mail.as_bytes()).events
    assert isinstance(said, MessageIn)
    assert said.subject == subject
    assert said.text.startswith("Dear all")
    assert said.attachments[0].size == len(file)
    assert said.attachments[0].name == (name or "x.pdf")


@given(st.text(max_size=200))
def test_a_header_is_one_line_that_can_be_stored(value: str) -> None:
    shown = decoded(value)
    assert shown == " ".join(shown.split())
    shown.encode()


@given(st.binary(max_size=200), st.none() | st.text(max_size=20))
def test_bytes_are_text_under_any_name_of_a_charset(raw: bytes, charset: str | None) -> None:
    assert isinstance(unpacked(raw, charset), str)


def large(body: str, size: int) -> bytes:
    file = ("QUJD" * 18 + "\r\n") * (size // 54)
    parts = f"--x\nContent-Type: text/plain; charset=utf-8\n\n{body}\n".replace("\n", "\r\n")
    parts += (
        f"--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{file}"
    )
    inner = "--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: Inner\r\nFrom: a@b\r\n\r\n"
    inner += f"{'y' * 9_000}\r\n--x--\r\n"
    return simple("", Content_Type="multipart/mixed; boundary=x") + (parts + inner).encode()


def test_a_large_mail_leaves_its_files_in_the_mailbox_and_loses_nothing_else() -> None:
    whole = large("Olá!\n\nOn 1 Mar 2026 Shop wrote:\n> old", 5_000_000)
    small = skeleton(whole)
    assert len(small) < 5_000
    assert small == skeleton(whole)
    (one,), (two,) = reading(whole).events, reading(small).events
    assert isinstance(one, MessageIn)
    assert isinstance(two, MessageIn)
    assert one.text == two.text == "Olá!"
    sizes = [[file.size for file in event.attachments] for event in (one, two)]
    assert sizes[0][0] == sizes[1][0]
    assert [[file.ref for file in event.attachments] for event in (one, two)].count(
        [file.ref for file in one.attachments]
    ) == 2
    assert [file.name for file in two.attachments] == ["a.pdf", "Inner.eml", "whole message.txt"]


def test_a_large_text_is_cut_in_the_journal_and_whole_in_the_mailbox() -> None:
    small = skeleton(simple("ümläut " * 100_000))
    assert len(small) < 500_000
    (said,) = reading(small).events
    assert isinstance(said, MessageIn)
    assert said.text.startswith("ümläut ümläut")
    assert len(said.text) <= 100_000
    assert said.attachments[-1].name == "whole message.txt"


def test_a_large_bounce_is_still_a_receipt() -> None:
    mail = REAL["bounce"].replace(b"\r\nHello\r\n--A1--", b"\r\n" + b"Hello\r\n" * 60_000 + b"--A1--")
    small = skeleton(mail)
    assert len(small) < 5_000
    assert reading(small).events == reading(REAL["bounce"]).events


def test_a_small_mail_is_kept_as_it_came() -> None:
    for mail in REAL.values():
        assert skeleton(mail) == mail


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=300), st.integers(0, 2_000))
def test_any_large_mail_is_made_small_and_is_read_or_refused(noise: bytes, at: int) -> None:
    whole = large("Hello", 300_000)
    small = skeleton(whole[:at] + noise + whole[at:])
    assert len(small) <= LARGEST
    try:
        sound(reading(small))
    except ChannelError:
        return


def test_mails_in_mails_and_parts_without_end_are_bounded() -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(200))
    wide = "".join("--w\r\n\r\nx\r\n" for _ in range(5_000))
    for body, kind in ((deep, "multipart/mixed; boundary=zz"), (wide, "multipart/mixed; boundary=w")):
        mail = simple("", Content_Type=kind) + (b"--zz\r\n" if body is deep else b"") + body.encode()
        assert len(list(leaves(parsed(mail)))) <= 200
        take_apart(parsed(mail))
        sound(reading(mail))


@pytest.mark.parametrize("kind", ["multipart", "message"])
def test_a_mail_nested_without_end_is_malformed(kind: str) -> None:
    more = "multipart/mixed; boundary=b{0}\r\n\r\n--b{0}" if kind == "multipart" else "message/rfc822\r\n"
    deep = "".join(f"Content-Type: {more.format(n)}\r\n" for n in range(3_000))
    with pytest.raises(Malformed):
        reading(f"From: mallory@c.example\r\n{deep}\r\nx".encode())


HTML = [
    pytest.param("<div>" * 50_000 + "x", id="deep"),
    pytest.param("</div>" * 20_000 + "<div></b>" * 20_000 + "x", id="deep behind what closes nothing"),
    pytest.param("<b>" * 50_000 + "x", id="deep marks"),
    pytest.param("<blockquote>" * 20_000 + "x", id="deep quotes"),
    pytest.param("<p>x</p>" * 50_000, id="long"),
    pytest.param("<" * 300_000, id="brackets"),
    pytest.param("<a href='" + "x" * 300_000, id="an address without end"),
    pytest.param("&" * 300_000, id="signs"),
]


@pytest.mark.parametrize("html", HTML)
def test_html_made_to_be_slow_is_not(html: str) -> None:
    sound(reading(simple(html, Content_Type="text/html")))


@pytest.mark.parametrize(
    "html", ["<img src=x onerror=alert(1)>hi", "<svg/onload=alert(1)>hi", "<a href='javascript:x'>hi</a>"]
)
def test_nothing_of_html_is_shown(html: str) -> None:
    (said,) = reading(simple(html, Content_Type="text/html")).events
    assert isinstance(said, MessageIn)
    assert said.text == "hi"
