"""What LINE can do, as data.

Source: https://developers.line.biz/en/reference/messaging-api/ (message objects, rate limits).
"""

from datetime import timedelta
from typing import Final

from bots.channel import Closing, Spec

MEGABYTE: Final = 1_000_000  # the page says MB; the smaller reading is the safe one
MOST_MESSAGES: Final = 5
"""Message objects in one call."""
URL_LENGTH: Final = 2000
PICTURES: Final = frozenset({"image/jpeg", "image/png"})

REPLY_LIFE: Final = timedelta(seconds=50)
"""A reply token is good for one minute after the hook; nothing is promised beyond."""
RETRY_LIFE: Final = timedelta(hours=23)
"""A retry key is remembered at LINE for 24 hours."""

CLOSES: Final = {
    "400:to": Closing(reason="undeliverable"),
    "400:failed": Closing(reason="undeliverable", for_=timedelta(days=30)),
}
"""An id that LINE does not know (for this account), and one that it could not send to."""

SPEC = Spec(
    kind="line",
    label="LINE",
    mark="line",
    scheme="line",
    text_limit=5000,
    text_unit="utf16",
    caption_limit=5000,
    media_sizes={
        "image": 10 * MEGABYTE,
        "audio": 200 * MEGABYTE,
        "voice": 200 * MEGABYTE,
        "video": 200 * MEGABYTE,
        "document": 200 * MEGABYTE,
    },
    media_per_message=MOST_MESSAGES - 1,
    rate=500.0,
    looks_up=True,
    closes=CLOSES,
    typing=True,
    marks_read=True,
)
