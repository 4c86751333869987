"""What Instagram's direct messages can do, as data.

Sources: https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message and
https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api.
"""

from datetime import timedelta

from bots.channel import Spec
from bots.meta_page_codes import CLOSES
from bots.meta_page_side import Side

MEGABYTES = 1_000_000  # the page says MB; the smaller reading is the safe one
LARGEST = 25 * MEGABYTES

SPEC = Spec(
    kind="instagram",
    label="Instagram",
    mark="ig",
    scheme="instagram",
    text_limit=1000,
    text_unit="bytes",
    media_sizes={
        "image": 8 * MEGABYTES,
        "audio": LARGEST,
        "voice": LARGEST,
        "video": LARGEST,
        "document": LARGEST,
    },
    rate=10.0,
    hook_bytes=3_000_000,
    window=timedelta(hours=24),
    margin=timedelta(minutes=5),
    receipts=True,
    reads=True,
    reactions=("❤️",),
    looks_up=True,
    closes=CLOSES,
    typing=True,
    marks_read=True,
    unwindowed=("instagram-comment:", "instagram:comment/"),
    places={
        "instagram-comment:": "in public, under their comment",
        "instagram:comment/": "in private, once, to who commented",
    },
)

SIDE = Side(
    kind="instagram",
    label="Instagram",
    scheme="instagram",
    comments="instagram-comment",
    shared_ids=True,
)
