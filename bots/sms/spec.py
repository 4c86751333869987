"""What SMS and MMS over Twilio can do.

Sources: https://www.twilio.com/docs/messaging/api/message-resource (length, media) and
https://www.twilio.com/docs/messaging/guides/accepted-mime-types.
"""

from bots.channel import Spec

MEDIA_TOTAL = 5_000_000
"""Bytes that all the files of one message may have together."""

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
)
