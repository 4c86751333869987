"""What WhatsApp's Cloud API can do, as data.

Sources: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media (kinds and sizes),
https://developers.facebook.com/docs/whatsapp/cloud-api/overview#throughput (rates) and
https://developers.facebook.com/docs/whatsapp/pricing (window).
"""

from datetime import timedelta
from typing import Final

from bots.channel import AttachmentKind, Closing, ReceiptStatus, Spec

MEGABYTE: Final = 1024 * 1024
LARGEST_FILE: Final = 100 * MEGABYTE

SHOWN_AS: Final[dict[str, AttachmentKind]] = {
    "image/jpeg": "image",
    "image/png": "image",
    "video/mp4": "video",
    "video/3gpp": "video",
    "audio/aac": "audio",
    "audio/amr": "audio",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/ogg": "audio",
}
"""What the app plays or shows; all else is sent as a file."""

SHOWN_UP_TO: Final[dict[AttachmentKind, int]] = {
    "image": 5 * MEGABYTE,
    "video": 16 * MEGABYTE,
    "audio": 16 * MEGABYTE,
}
"""Bytes; what is larger is sent as a file."""

UPLOADED: Final = frozenset(SHOWN_AS) | {
    "image/webp",
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
"""What may be uploaded; Meta fetches files of other kinds from our address."""

STATUSES: Final[dict[str, ReceiptStatus]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
PASSED_OVER: Final = frozenset({"deleted", "warning"})
"""Statuses that say nothing about the arrival of a message."""

DAY: Final = timedelta(days=1)
THIS_ONE: Final = timedelta(0)
"""The failure is definite for the message at hand and closes nothing."""

CLOSES: Final = {
    "131026": Closing(reason="undeliverable", for_=30 * DAY),  # no WhatsApp, an old one, or no terms: unsaid
    "131049": Closing(reason="per_user_limit", for_=DAY),  # enough marketing lately, from whomever
    "130472": Closing(reason="per_user_limit", for_=7 * DAY),  # in an experiment without marketing
    "131050": Closing(reason="opted_out", for_=THIS_ONE),  # of marketing: what they allow says so from now on
    "131047": Closing(reason="window_closed", for_=THIS_ONE),
    "132000": Closing(reason="template_not_sendable", for_=THIS_ONE),
    "132001": Closing(reason="template_not_sendable", for_=THIS_ONE),
    "132005": Closing(reason="template_not_sendable", for_=THIS_ONE),
    "132012": Closing(reason="template_not_sendable", for_=THIS_ONE),
    "132015": Closing(reason="template_not_sendable", for_=THIS_ONE),
    "132016": Closing(reason="template_not_sendable", for_=THIS_ONE),
    "132018": Closing(reason="template_not_sendable", for_=THIS_ONE),
}
"""Failures after which another address of the customer may be tried."""

SPEC = Spec(
    kind="whatsapp",
    label="WhatsApp",
    mark="wa",
    scheme="whatsapp",
    text_limit=4096,
    caption_limit=1024,
    media_sizes={
        "image": LARGEST_FILE,
        "audio": LARGEST_FILE,
        "voice": LARGEST_FILE,
        "video": LARGEST_FILE,
        "document": LARGEST_FILE,
        "contact": LARGEST_FILE,
    },
    rate=80.0,
    rate_per_address=1 / 6,
    burst_per_address=45,  # borrowed from the minutes after them: 131056
    hook_bytes=3_000_000,
    window=timedelta(hours=24),
    margin=timedelta(seconds=60),
    receipts=True,
    reads=True,
    reactions=("👍", "❤️", "😂", "😮", "😢", "🙏", "🎉", "👏", "🔥", "✅"),
    phone=True,
    no_marketing_to=("US",),  # since April 2025; the other countries of +1 get them
    closes=CLOSES,
    formats=True,
    typing=True,
    marks_read=True,
)
