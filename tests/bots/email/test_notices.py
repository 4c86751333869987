"""Mail that no person wrote."""

from typing import Any

import pytest

from bots.channel import Receipt
from bots.email.spec import CLOSES
from tests.bots.email.mails import CAME, OPENED, OUR_ID, raw, reading, report, simple

BUSY = "smtp; 451 4.7.1 Greylisted"


def test_a_bounce_is_a_receipt_of_the_mail_that_came_back() -> None:
    found = reading(report())
    assert found.events == (
        Receipt(
            external_id=OUR_ID,
            status="failed",
            sent_at=CAME,
            address="mailto:gone@customer.example",
            code="5.1.1",
            reason="There is no such mailbox at the customer's mail server. "
            "Look at the address in the customer's card.",
        ),
    )
    assert CLOSES["5.1.1"].reason == "no_such_address"


REPORTS = [
    pytest.param(
        {"action": "failed", "status": "5.0.0"}, "failed", "5.1.1", id="the telling code is in the answer"
    ),
    pytest.param(
        {"action": "failed", "status": "4.4.7", "said": BUSY}, "failed", "4.4.7", id="given up after days"
    ),
    pytest.param({"action": "delivered", "status": "2.0.0"}, "delivered", "", id="delivered"),
    pytest.param({"action": "relayed", "status": "2.0.0"}, "sent", "", id="relayed"),
    pytest.param({"action": "expanded", "status": "2.0.0"}, "delivered", "", id="expanded"),
]


@pytest.mark.parametrize(("given", "status", "code"), REPORTS)
def test_a_report_says_what_was_done(given: dict[str, Any], status: str, code: str) -> None:
    (receipt,) = reading(report(**given)).events
    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.code) == (status, code)


def test_a_refusal_by_a_rule_repeats_what_the_server_said() -> None:
    said = "smtp; 550-5.7.26 This mail is unauthenticated"
    (receipt,) = reading(report(status="5.7.26", said=said)).events
    assert isinstance(receipt, Receipt)
    assert "This mail is unauthenticated" in receipt.reason
    assert "5.7.26" not in CLOSES


PASSED = [
    pytest.param(report(action="delayed", status="4.4.1"), "delayed", id="only late"),
    pytest.param(report(original="guessed@shop.example"), "report", id="on a mail that is not ours"),
    pytest.param(simple(Content_Type="multipart/report; boundary=x"), "report", id="empty"),
    pytest.param(OPENED.replace(b"; displayed", b"; deleted"), "report", id="deleted unread"),
]


@pytest.mark.parametrize(("mail", "name"), PASSED)
def test_what_is_no_news_is_passed_over(mail: bytes, name: str) -> None:
    found = reading(mail)
    assert (found.events, found.skipped) == ((), (name,))


def test_our_own_header_finds_the_mail_where_a_service_renamed_it() -> None:
    renamed = report(original="0102018f-amazon@eu-west-1.amazonses.com")
    spoken = renamed.replace(
        b"Subject: Hello\r\n", f"Subject: Hello\r\nX-Tidings-Id: <{OUR_ID}>\r\n".encode()
    )
    (receipt,) = reading(spoken).events
    assert isinstance(receipt, Receipt)
    assert receipt.external_id == OUR_ID


def test_headers_alone_are_enough_to_find_it() -> None:
    short = report().replace(b"Content-Type: message/rfc822", b"Content-Type: text/rfc822-headers")
    (receipt,) = reading(short).events
    assert isinstance(receipt, Receipt)
    assert receipt.external_id == OUR_ID


def test_one_report_on_two_addresses_is_two_receipts() -> None:
    second = b"Final-Recipient: rfc822; two@customer.example\r\nAction: delivered\r\nStatus: 2.1.5\r\n\r\n"
    mail = report().replace(
        b"--A1\r\nContent-Description: Undelivered", second + b"--A1\r\nContent-Description: Und"
    )
    found = reading(mail).events
    assert [(one.address, one.status) for one in found if isinstance(one, Receipt)] == [
        ("mailto:gone@customer.example", "failed"),
        ("mailto:two@customer.example", "delivered"),
    ]


def test_a_mail_that_was_opened_is_read() -> None:
    (receipt,) = reading(OPENED).events
    assert isinstance(receipt, Receipt)
    assert (receipt.external_id, receipt.status) == (OUR_ID, "read")


ROBOTS = [
    pytest.param({"Auto_Submitted": "auto-replied"}, "auto-reply", id="an answer of a program"),
    pytest.param(
        {"Auto_Submitted": "auto-generated; owner-email=x"}, "auto-reply", id="a program's own mail"
    ),
    pytest.param({"Precedence": "auto_reply"}, "auto-reply", id="Precedence: auto_reply"),
    pytest.param({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, "auto-reply", id="Exchange"),
    pytest.param({"X_Autoreply": "yes"}, "auto-reply", id="X-Autoreply"),
    pytest.param({"X_Autorespond": "away"}, "auto-reply", id="X-Autorespond"),
    pytest.param({"Return_Path": "<>"}, "auto-reply", id="no way back"),
    pytest.param({"List_Id": "News <news.example.com>"}, "mailing list", id="a list"),
    pytest.param({"Precedence": "list"}, "mailing list", id="Precedence: list"),
    pytest.param({"Precedence": "bulk"}, "bulk mail", id="Precedence: bulk"),
    pytest.param({"From": "support@shop.example"}, "own mail", id="our address"),
    pytest.param({"From": "b@shop.example"}, "own mail", id="another address of ours"),
    pytest.param({"Message_ID": f"<{OUR_ID}>"}, "own mail", id="our own mail came back"),
    pytest.param(
        {"From": "Mail Delivery <MAILER-DAEMON@mx.example>"}, "bounce", id="a bounce without a report"
    ),
]


@pytest.mark.parametrize(("given", "name"), ROBOTS)
def test_a_robot_is_never_answered(given: dict[str, str], name: str) -> None:
    found = reading(simple(**given), also_ours=("b@shop.example",))
    assert (found.events, found.skipped) == ((), (name,))


PEOPLE = [
    pytest.param({"Auto_Submitted": "no"}, id="says that it is none"),
    pytest.param({"X_Auto_Response_Suppress": "DR, RN"}, id="wants no receipts"),
    pytest.param(
        {"List_Id": "Support <support.shop.example>", "Precedence": "list"}, id="through our own group"
    ),
    pytest.param({"Message_ID": "<someone@shop.example>"}, id="a colleague's id on our domain"),
    pytest.param({"List_Unsubscribe": "<https://x.example>"}, id="only a way out"),
]


@pytest.mark.parametrize("given", PEOPLE)
def test_a_person_is_heard(given: dict[str, str]) -> None:
    assert len(reading(simple(**given), lists=("<support.shop.example>",)).events) == 1


def test_a_bounce_as_exchange_writes_it_is_read() -> None:
    mail = raw(
        f"""
From: postmaster@customer.example
To: support@shop.example
Subject: Undeliverable: Hello
Message-ID: <ex@customer.example>
Content-Type: multipart/report; report-type=delivery-status;
	boundary="ex"

--ex
Content-Type: multipart/alternative; differences=Content-Type; boundary="in"

--in
Content-Type: text/html

<p>Delivery has failed</p>
--in--
--ex
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.customer.example

Final-recipient: RFC822;gone@customer.example
Action: failed
Status: 5.1.10
Diagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found

--ex
Content-Type: message/rfc822

Message-ID: <{OUR_ID}>
From: support@shop.example
Content-Type: multipart/alternative; boundary="zz"

--zz
Content-Type: text/plain

Hello
--zz--
--ex--
"""
    )
    (receipt,) = reading(mail).events
    assert isinstance(receipt, Receipt)
    assert (receipt.external_id, receipt.code) == (OUR_ID, "5.1.10")
