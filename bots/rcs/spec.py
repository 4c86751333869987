"""What RCS over Twilio can do.

Sources: https://www.twilio.com/docs/rcs/send-an-rcs-message and
https://www.twilio.com/docs/messaging/api/message-resource (length).
"""

from datetime import timedelta
from typing import Final

from bots.channel import Closing, Spec

LARGEST_FILE: Final = 16_000_000

CLOSES: Final = {
    "21211": Closing(reason="no_such_number"),
    "63003": Closing(reason="no_such_number"),
    "63106": Closing(reason="undeliverable", for_=timedelta(days=30)),  # no RCS on this phone, as yet
    "30003": Closing(reason="undeliverable", for_=timedelta(days=1)),
    "30004": Closing(reason="blocked"),
    "30005": Closing(reason="no_such_number"),
    "30006": Closing(reason="undeliverable"),
    "21610": Closing(reason="opted_out", for_=timedelta(0)),  # what they allow says so from now on
}
"""What Twilio calls a phone that RCS does not reach."""

SPEC = Spec(
    kind="rcs",
    label="RCS",
    mark="rcs",
    scheme="rcs",
    text_limit=1600,  # of Twilio's Body, though RCS itself takes 3072: longer ones are refused (21617)
    caption_limit=1600,
    media_sizes={
        "image": LARGEST_FILE,
        "audio": LARGEST_FILE,
        "voice": LARGEST_FILE,
        "video": LARGEST_FILE,
        "document": LARGEST_FILE,
        "contact": LARGEST_FILE,
    },
    rate=10.0,
    receipts=True,
    reads=True,
    looks_up=True,
    phone=True,
    closes=CLOSES,
)
