"""WhatsApp over Twilio on trial."""

import json
from urllib.parse import urlencode

from bots.twilio_reading import INBOUND, STATUSES, UNTOLD
from tests.bots import twilio_provider
from tests.bots.contract import Case
from tests.bots.twilio_hooks import MESSAGE, SID, TOKEN

OTHER = "SM" + "2" * 32
CUSTOMER = "whatsapp:+34600123456"
SENDER = "whatsapp:+15005550006"
SAID = MESSAGE | {"From": CUSTOMER, "To": SENDER, "ProfileName": "Ana", "WaId": "34600123456"}
MEDIA = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/1", "MediaContentType0": "audio/ogg"}
PLACE = {"Body": "", "MessageType": "location", "Latitude": "12.16", "Longitude": "75.26", "Label": "Home"}
FAILED = {"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": "63016", "To": CUSTOMER}

CASE = Case(
    kind="twilio_whatsapp",
    section={
        "account_sid": "AC" + "0" * 32,
        "auth_token": TOKEN.decode(),
        "number": SENDER.removeprefix("whatsapp:"),
        "learn_templates": False,
    },
    secrets=[TOKEN.decode(), "look-alike-token"],
    sign=twilio_provider.sign,
    forge=twilio_provider.forge,
    real={
        "a text": urlencode(SAID).encode(),
        "a note": urlencode(SAID | MEDIA).encode(),
        "a place": urlencode(SAID | PLACE).encode(),
        "a button": urlencode(SAID | {"ButtonText": "Yes", "ButtonPayload": "y"}).encode(),
        "read": urlencode({"MessageSid": SID, "MessageStatus": "read", "To": CUSTOMER}).encode(),
        "a failure in JSON": json.dumps(FAILED).encode(),
    },
    batch=(json.dumps([SAID, SAID | {"MessageSid": OTHER}]).encode(), [SID, OTHER]),
    unknown=urlencode({"MessageSid": SID, "MessageStatus": "dreaming"}).encode(),
    statuses=twilio_provider.STATUSES,
    known_statuses=[*INBOUND, *STATUSES, *UNTOLD],
    address=CUSTOMER,
    send_path=twilio_provider.SEND_PATH,
    provider=lambda: twilio_provider.running(SENDER, CUSTOMER),
)
