"""Mails as programs write them, and hooks made of them."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bots.channel import Hook, Reading
from bots.email.channel import Email
from bots.email.reading import ARRIVED, UID
from bots.email.settings import Settings
from bots.email.watching import seal_keys
from bots.sealing import sealed
from tests.providers.mail.state import ADDRESS, PASSWORD

SECRET = "a secret of the application"
SECTION: dict[str, Any] = {
    "address": ADDRESS,
    "password": PASSWORD,
    "imap_host": "imap.shop.example",
    "smtp_host": "smtp.shop.example",
    "secret_key": SECRET,
    "name": "The Shop",
}
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CAME = datetime(2026, 3, 1, 11, 59, 7, tzinfo=UTC)
OUR_ID = f"tidings.{sha256(b'one').hexdigest()[:40]}@shop.example"
PLACE = "1700000001:17"


def settings(**changes: Any) -> Settings:
    return Settings.model_validate(SECTION | changes)


def channel(**changes: Any) -> Email:
    return Email(settings(**changes), "email")


def hook(raw: bytes, *, place: str = PLACE, came: datetime | None = CAME) -> Hook:
    """Seal a mail as the watcher does."""
    headers = {"content-type": "message/rfc822", UID: place} if place else {}
    if came is not None:
        headers[ARRIVED] = came.isoformat()
    return sealed(seal_keys(settings())[0], "email", raw, NOW, headers)


def reading(raw: bytes, **changes: Any) -> Reading:
    return channel(**changes).read(hook(raw))


def raw(text: str, *, charset: str = "utf-8") -> bytes:
    """Write a mail: line ends as on the way."""
    return text.strip("\n").replace("\n", "\r\n").encode(charset)


def simple(body: str = "Hello there", **headers: str) -> bytes:
    """Write a plain mail; *headers* replace or add, with _ for -; an empty one is left out."""
    given = {
        "From": "Ann Berg <ann@customer.example>",
        "To": ADDRESS,
        "Subject": "An order",
        "Message-ID": "<m1@customer.example>",
        "Content-Type": "text/plain; charset=utf-8",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\n" for name, value in given.items() if value)
    return f"{head}\n{body}".replace("\n", "\r\n").encode()


GMAIL = raw(
    """
Return-Path: <lucia@customer.example>
Received: from mail.customer.example by mx.shop.example; Sun, 01 Mar 2026 11:59:06 +0000
MIME-Version: 1.0
From: =?UTF-8?Q?Luc=C3=ADa_P=C3=A9rez?= <Lucia@Customer.example>
Date: Sun, 1 Mar 2026 12:58:00 +0100
Message-ID: <CAF=abc123@mail.customer.example>
In-Reply-To: <tidings.1@shop.example>
References: <first@customer.example> <tidings.1@shop.example>
Subject: Re: =?UTF-8?B?U3UgcGVkaWRvIG7Cug==?= 42
To: The Shop <support@shop.example>
Content-Type: multipart/alternative; boundary="0000alt"

--0000alt
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

Gracias, ma=C3=B1ana est=C3=A1 bien.

El dom, 1 mar 2026 a las 12:40, The Shop (<support@shop.example>) escribi=
=C3=B3:

> Buenos d=C3=ADas, llega ma=C3=B1ana.
>
--0000alt
Content-Type: text/html; charset="UTF-8"

<div dir="ltr">Gracias</div>
--0000alt--
"""
)
OUTLOOK = raw(
    """
From: "Berg, Ann" <ann@customer.example>
To: support@shop.example
Subject: AW: Order 42
Message-ID: <AM0PR01@prod.outlook.example>
Content-Language: de-DE
Content-Type: multipart/related; boundary="rel"; type="text/html"
MIME-Version: 1.0

--rel
Content-Type: text/html; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

<html><head><style>p{margin:0}</style><title>x</title></head><body><p>Vielen Dank f=FCr die <b>=
schnelle</b> Antwort!</p>
<p>Ann</p><script>alert(1)</script><img src=3D"cid:image001.png@01D">
<div style=3D"border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Von:</b>
The Shop &lt;support@shop.example&gt;<br>
<b>Gesendet:</b> Sonntag, 1. M=E4rz 2026 11:40<br><b>An:</b> Berg, Ann<br><b>Betreff:</b> Order 42</p></div>
<p>Guten Tag, es kommt morgen.</p></body></html>
--rel
Content-Type: image/png; name="image001.png"
Content-ID: <image001.png@01D>
Content-Disposition: inline; filename="image001.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--rel--
"""
)
APPLE = raw(
    """
From: Ann <ann@customer.example>
To: support@shop.example
Subject: Broken
Message-Id: <apple-1@customer.example>
Content-Type: multipart/mixed; boundary="Apple-Mail-1"
MIME-Version: 1.0 (Mac OS X Mail 16.0)

--Apple-Mail-1
Content-Type: text/plain; charset=utf-8

It broke here:
--Apple-Mail-1
Content-Type: image/jpeg; name="=?utf-8?Q?Gl=C3=BCck.jpg?="
Content-Disposition: inline;
 filename*=utf-8''Gl%C3%BCck.jpg
Content-Transfer-Encoding: base64

/9j/4AAQ
--Apple-Mail-1
Content-Type: text/plain; charset=utf-8

and here is the receipt.

Sent from my iPhone
--Apple-Mail-1
Content-Type: application/pdf
Content-Disposition: attachment; filename="receipt (1).pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--Apple-Mail-1--
"""
)
FORWARD = raw(
    """
From: Ann <ann@customer.example>
To: support@shop.example
Subject: Fwd: Parcel
Message-ID: <fwd@customer.example>
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See what the courier says.
--b
Content-Type: message/rfc822

From: courier@parcels.example
Subject: =?utf-8?q?Your_parcel_n=C2=BA_7?=
Message-ID: <c@parcels.example>
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: text/plain

It is late.
--c--
--b
Content-Type: application/pkcs7-signature; name=smime.p7s
Content-Transfer-Encoding: base64

MIAG
--b--
"""
)
AWAY = simple("I am on holiday.", Auto_Submitted="auto-replied", Subject="Out of office: An order")


def report(action: str = "failed", status: str = "5.1.1", original: str = OUR_ID, said: str = "") -> bytes:
    """Write a delivery report as Postfix does."""
    said = said or "smtp; 550 5.1.1 <gone@customer.example>: Recipient address rejected: User unknown"
    return raw(
        f"""
Return-Path: <>
From: MAILER-DAEMON@mx.customer.example (Mail Delivery System)
To: support@shop.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <20260301.ABC@mx.customer.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="A1"

--A1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
--A1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example
Arrival-Date: Sun,  1 Mar 2026 11:00:00 +0000 (UTC)

Final-Recipient: rfc822; Gone@customer.example
Original-Recipient: rfc822;gone@customer.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.customer.example
Diagnostic-Code: {said}

--A1
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: The Shop <support@shop.example>
To: gone@customer.example
Subject: Hello
Message-ID: <{original}>
Content-Type: text/plain

Hello
--A1--
"""
    )


OPENED = raw(
    f"""
From: Ann <ann@customer.example>
To: support@shop.example
Subject: Read: Hello
Message-ID: <mdn@customer.example>
Content-Type: multipart/report; report-type=disposition-notification; boundary="A2"

--A2
Content-Type: text/plain

Your message was read.
--A2
Content-Type: message/disposition-notification

Reporting-UA: customer.example; Thunderbird
Final-Recipient: rfc822;ann@customer.example
Original-Message-ID: <{OUR_ID}>
Disposition: manual-action/MDN-sent-manually; displayed

--A2--
"""
)
REAL = {
    "plain": simple(),
    "gmail": GMAIL,
    "outlook": OUTLOOK,
    "apple": APPLE,
    "forwarded": FORWARD,
    "bounce": report(),
    "opened": OPENED,
    "away": AWAY,
}
