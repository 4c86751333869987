"""RCS over Twilio on trial."""

import json
from urllib.parse import urlencode

from bots.twilio_reading import INBOUND, STATUSES, UNTOLD
from tests.bots import twilio_provider
from tests.bots.contract import Case
from tests.bots.twilio_hooks import MESSAGE, SID, TOKEN

OTHER = "SM" + "2" * 32
CUSTOMER = "rcs:+34600123456"
SENDER = "rcs:acme_agent"
SAID = MESSAGE | {"From": CUSTOMER, "To": SENDER}
MEDIA = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1", "MediaContentType0": "image/png"}

CASE = Case(
    kind="rcs",
    section={"account_sid": "AC" + "0" * 32, "auth_token": TOKEN.decode(), "sender": SENDER},
    secrets=[TOKEN.decode(), "look-alike-token"],
    sign=twilio_provider.sign,
    forge=twilio_provider.forge,
    real={
        "a text": urlencode(SAID).encode(),
        "a picture": urlencode(SAID | MEDIA).encode(),
        "a stop": urlencode(SAID | {"Body": "STOP", "OptOutType": "STOP"}).encode(),
        "read": urlencode({"MessageSid": SID, "MessageStatus": "read", "To": CUSTOMER}).encode(),
    },
    batch=(json.dumps([SAID, SAID | {"MessageSid": OTHER}]).encode(), [SID, OTHER]),
    unknown=urlencode({"MessageSid": SID, "MessageStatus": "dreaming"}).encode(),
    statuses=twilio_provider.STATUSES,
    known_statuses=[*INBOUND, *STATUSES, *UNTOLD],
    address=CUSTOMER,
    send_path=twilio_provider.SEND_PATH,
    provider=lambda: twilio_provider.running(SENDER, CUSTOMER),
)
