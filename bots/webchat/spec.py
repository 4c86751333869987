"""What the web chat can do, as data."""

from bots.channel import Spec

MEBIBYTE = 1024 * 1024
FILE = 25 * MEBIBYTE

SPEC = Spec(
    kind="webchat",
    label="Web chat",
    mark="web",
    scheme="web",
    text_limit=10_000,
    caption_limit=10_000,
    media_sizes={"image": FILE, "audio": FILE, "voice": FILE, "video": FILE, "document": FILE},
    media_per_message=10,
    rate=1_000.0,
    edits=True,
    deletes=True,
    receipts=True,
    reads=True,
    looks_up=True,
    formats=True,
    pushed=False,
    visited=True,  # the page shows it when the visitor comes
)
