"""Prepared hooks of about 1 KiB: Telegram updates and Twilio forms, each message its own."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from urllib.parse import urlencode

TELEGRAM_SECRET = "bench-secret-0123456789"
TWILIO_TOKEN = "0123456789abcdef0123456789abcdef"
TWILIO_SID = "AC" + "0" * 32
PUBLIC = "https://inbox.example"
CUSTOMERS = 1_000
WORDS = "Where is my parcel? It should have come on Tuesday, and nobody answers the phone. " * 6


def _request(path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def telegram(start: int = 1) -> Iterator[bytes]:
    """Yield one update after another, each a new message of one of a thousand customers."""
    headers = {
        "Content-Type": "application/json",
        "X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET,
    }
    for number in itertools.count(start):
        who = 7_000_000 + number % CUSTOMERS
        person = {
            "id": who,
            "first_name": "Maria",
            "last_name": "Silva",
            "username": "maria",
            "language_code": "pt",
        }
        update = {
            "update_id": number,
            "message": {
                "message_id": number,
                "from": {**person, "is_bot": False},
                "chat": {**person, "type": "private"},
                "date": 1_795_341_720,
                "text": WORDS + str(number),
            },
        }
        yield _request("/hooks/telegram", headers, json.dumps(update).encode())


def twilio(start: int = 1) -> Iterator[bytes]:
    """Yield one signed form after another, each a new message of one of a thousand customers."""
    url = f"{PUBLIC}/hooks/sms"
    for number in itertools.count(start):
        form = {
            "ToCountry": "GB",
            "SmsMessageSid": f"SM{number:032x}",
            "NumMedia": "0",
            "FromCountry": "GB",
            "MessageSid": f"SM{number:032x}",
            "SmsSid": f"SM{number:032x}",
            "SmsStatus": "received",
            "Body": WORDS + str(number),
            "To": "+447700900000",
            "From": f"+4477009{number % CUSTOMERS:05d}",
            "NumSegments": "4",
            "AccountSid": TWILIO_SID,
            "ApiVersion": "2010-04-01",
        }
        signed = url + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(TWILIO_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": base64.b64encode(digest).decode(),
        }
        yield _request("/hooks/sms", headers, urlencode(form).encode())


def prepared(kind: str, count: int, start: int) -> Iterator[bytes]:
    """Prepare *count* hooks ahead, so that making them is not measured."""
    makers = {"telegram": telegram, "twilio": twilio}
    return iter(list(itertools.islice(makers[kind](start), count)))
