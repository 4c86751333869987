"""The telephone on trial."""

from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from bots.channel import Hook
from bots.twilio_signature import signed
from bots.voice.reading import MISSED, RINGING, SPOKEN
from tests.bots import twilio_provider
from tests.bots.contract import Case
from tests.bots.twilio_hooks import TOKEN, hook

URL: Final = "https://inbox.example/hooks/voice"
CUSTOMER: Final = "+34600123456"
SID: Final = "CA" + "1" * 32
RECORDING: Final = "RE" + "1" * 32
INBOUND: Final = {
    "CallSid": SID,
    "AccountSid": "AC" + "0" * 32,
    "From": CUSTOMER,
    "To": "+15005550006",
    "CallStatus": "ringing",
    "Direction": "inbound",
    "ApiVersion": "2010-04-01",
}
ENDED: Final = INBOUND | {"CallStatus": "no-answer", "CallDuration": "0"}
SETTINGS: Final[dict[str, Any]] = {
    "account_sid": "AC" + "0" * 32,
    "auth_token": TOKEN.decode(),
    "number": "+15005550006",
}


def posted(form: dict[str, str], **asked: str) -> Hook:
    """Sign a form for the address of a step."""
    url = f"{URL}?{urlencode(asked)}" if asked else URL
    return hook(urlencode(form).encode(), signed(TOKEN, url, list(form.items())), url=url)


def sign(body: bytes) -> Hook:
    """Sign a form, or what looks like JSON, for the number's own address."""
    if body[:1] in (b"{", b"["):
        return twilio_provider.sign(body)
    text = body.decode("utf-8", "surrogateescape")
    pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
    return replace(hook(body, signed(TOKEN, URL, pairs)), url=URL)


CASE = Case(
    kind="voice",
    section=SETTINGS,
    secrets=[TOKEN.decode()],
    sign=sign,
    forge=twilio_provider.forge,
    real={
        "a call": urlencode(INBOUND).encode(),
        "a hidden number": urlencode(INBOUND | {"From": "anonymous"}).encode(),
        "hung up while it rang": urlencode(ENDED).encode(),
        "ended": urlencode(ENDED | {"CallStatus": "completed"}).encode(),
    },
    batch=None,
    unknown=urlencode(INBOUND | {"CallStatus": "dreaming"}).encode(),
    statuses=["queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"],
    known_statuses=[*RINGING, *SPOKEN, *MISSED],
    address=f"tel:{CUSTOMER}",
    without={
        "batch": "Twilio tells of one call at a time",
        "provider": "nothing is written over the telephone; calls are tried in test_calling.py",
    },
)
