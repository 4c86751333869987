"""What Discord can do, as data.

Sources: https://docs.discord.com/developers/resources/message,
https://docs.discord.com/developers/topics/opcodes-and-status-codes, .../topics/rate-limits.
"""

from datetime import timedelta
from typing import Final

from bots.channel import Closing, Spec

UPLOAD_LIMIT: Final = 10 * 1024 * 1024
"""Bytes of a request with files, for a bot where nobody paid for more."""
MOST_FILES: Final = 10
NONCE_LIFE: Final = timedelta(minutes=2)
"""Discord keeps a nonce for "the past few minutes" and says no more."""

CLOSES: Final = {
    "50007": Closing(reason="undeliverable", for_=timedelta(days=30)),
    "50278": Closing(reason="undeliverable", for_=timedelta(days=30)),
    "10013": Closing(reason="no_such_address"),
}
"""Whoever blocks the bot, takes no direct messages or left our server; and who is not there any more."""

SPEC = Spec(
    kind="discord",
    label="Discord",
    mark="discord",
    scheme="discord",
    text_limit=2000,
    caption_limit=2000,
    media_sizes={
        "image": UPLOAD_LIMIT,
        "audio": UPLOAD_LIMIT,
        "voice": UPLOAD_LIMIT,
        "video": UPLOAD_LIMIT,
        "document": UPLOAD_LIMIT,
    },
    media_per_message=MOST_FILES,
    rate=40.0,
    rate_per_address=1.0,
    edits=True,
    deletes=True,
    reactions=("👍", "❤️", "😂", "😮", "😢", "🙏", "👏", "🎉", "🔥", "✅", "👀", "👎"),
    looks_up=True,
    closes=CLOSES,
    formats=True,
    typing=True,
)
