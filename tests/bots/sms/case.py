"""SMS over Twilio on trial."""

import json
from urllib.parse import urlencode

from bots.twilio_reading import INBOUND, STATUSES, UNTOLD
from tests.bots import twilio_provider
from tests.bots.contract import Case
from tests.bots.twilio_hooks import MESSAGE, SID, TOKEN

OTHER = "SM" + "2" * 32
MEDIA = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1", "MediaContentType0": "image/png"}
FAILED = {"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": "30003", "To": "+34600123456"}

CASE = Case(
    kind="sms",
    section={
        "account_sid": "AC" + "0" * 32,
        "auth_token": TOKEN.decode(),
        "old_auth_token": "the token of before",
        "number": "+15005550006",
    },
    secrets=[TOKEN.decode(), "look-alike-token", "the token of before"],
    sign=twilio_provider.sign,
    forge=twilio_provider.forge,
    real={
        "a text": urlencode(MESSAGE).encode(),
        "a picture": urlencode(MESSAGE | MEDIA).encode(),
        "a stop": urlencode(MESSAGE | {"Body": "STOP", "OptOutType": "STOP"}).encode(),
        "a failure": urlencode(FAILED).encode(),
        "a failure in JSON": json.dumps(FAILED).encode(),
    },
    batch=(json.dumps([MESSAGE, MESSAGE | {"MessageSid": OTHER}, FAILED]).encode(), [SID, OTHER]),
    unknown=urlencode({"MessageSid": SID, "MessageStatus": "dreaming"}).encode(),
    statuses=twilio_provider.STATUSES,
    known_statuses=[*INBOUND, *STATUSES, *UNTOLD],
    address="tel:+34600123456",
    send_path=twilio_provider.SEND_PATH,
    provider=lambda: twilio_provider.running("+15005550006", "+34600123456"),
)
