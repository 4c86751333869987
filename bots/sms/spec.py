"""What SMS and MMS over Twilio can do.

Sources: https://www.twilio.com/docs/messaging/api/message-resource (length, media) and
https://www.twilio.com/docs/messaging/guides/accepted-mime-types.
"""

from datetime import timedelta

from bots.channel import Closing, Spec

MEDIA_TOTAL = 5_000_000
"""Bytes that all the files of one message may have together."""

CLOSES = {
    "21211": Closing(reason="no_such_number"),
    "21214": Closing(reason="undeliverable"),
    "21217": Closing(reason="no_such_number"),
    "21612": Closing(reason="undeliverable", for_=timedelta(days=30)),
    "21614": Closing(reason="undeliverable"),
    "21635": Closing(reason="undeliverable"),
    "30003": Closing(reason="undeliverable", for_=timedelta(days=1)),  # switched off, out of reach
    "30004": Closing(reason="blocked"),
    "30005": Closing(reason="no_such_number"),
    "30006": Closing(reason="undeliverable"),
    "21610": Closing(reason="opted_out", for_=timedelta(0)),  # what they allow says so from now on
}
"""What Twilio calls an address that texts do not reach: https://www.twilio.com/docs/api/errors."""

SPEC = Spec(
    kind="sms",
    label="SMS",
    mark="sms",
    scheme="tel",
    text_limit=1600,
    caption_limit=1600,
    media_sizes={
        "image": MEDIA_TOTAL,
        "audio": 500_000,
        "voice": 500_000,
        "video": 500_000,
        "document": 500_000,
        "contact": 500_000,
    },
    media_per_message=10,
    rate=1.0,
    receipts=True,
    looks_up=True,
    phone=True,
    closes=CLOSES,
)
