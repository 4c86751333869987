"""What Messenger can do, as data.

Sources: https://developers.facebook.com/docs/messenger-platform/reference/send-api and
https://developers.facebook.com/docs/messenger-platform/policy/policy-overview.
"""

from datetime import timedelta

from bots.channel import Spec
from bots.meta_page_codes import CLOSES
from bots.meta_page_side import Side

MEGABYTES = 1_000_000  # the page says MB; the smaller reading is the safe one
LARGEST = 25 * MEGABYTES

SPEC = Spec(
    kind="messenger",
    label="Messenger",
    mark="msg",
    scheme="messenger",
    text_limit=2000,
    text_unit="characters",
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
    reactions=("👍", "❤️", "😆", "😮", "😢", "😠", "🙏", "🎉"),  # any emoji is taken; these are enough
    looks_up=True,
    closes=CLOSES,
    typing=True,
    marks_read=True,
    unwindowed=("messenger-comment:", "messenger:comment/"),
    places={
        "messenger-comment:": "in public, under their comment",
        "messenger:comment/": "in private, once, to who commented",
    },
)

SIDE = Side(kind="page", label="Messenger", scheme="messenger", comments="messenger-comment")
