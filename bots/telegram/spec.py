"""What Telegram can do, as data."""

from bots.channel import Closing, Spec

MEGABYTE = 1_000_000  # the Bot API page says MB; the smaller reading is the safe one
PHOTO_LIMIT = 10 * MEGABYTE
UPLOAD_LIMIT = 50 * MEGABYTE
DOWNLOAD_LIMIT = 20 * 1024 * 1024

REACTIONS = (
    "👍", "👎", "❤", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🤮", "💩", "🙏",
    "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "❤\ufe0f\u200d🔥", "🌚", "🌭", "💯", "🤣", "⚡", "🍌",
    "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓", "👻", "👨\u200d💻", "👀",
    "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅", "🤪", "🗿", "🆒", "💘", "🙉",
    "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷\u200d♂\ufe0f", "🤷", "🤷\u200d♀\ufe0f", "😡",
)  # fmt: skip
"""The emoji that Telegram takes: https://core.telegram.org/bots/api#reactiontypeemoji.

Written out, since every start looks at this file and the library takes half a second to load.
"""

SPEC = Spec(
    kind="telegram",
    label="Telegram",
    mark="tg",
    scheme="telegram",
    text_limit=4096,
    text_unit="characters",  # 4096 emoji are taken, 4097 are not; only entities count UTF-16 units
    caption_limit=1024,
    media_sizes={
        "image": UPLOAD_LIMIT,  # above PHOTO_LIMIT it goes as a file
        "audio": UPLOAD_LIMIT,
        "voice": UPLOAD_LIMIT,
        "video": UPLOAD_LIMIT,
        "document": UPLOAD_LIMIT,
    },
    rate=30.0,
    rate_per_address=1.0,
    edits=True,
    deletes=True,  # for 48 hours
    reactions=REACTIONS,
    formats=True,
    closes={
        "403": Closing(reason="blocked"),
        "403:deactivated": Closing(reason="no_such_address"),
        "403:not_started": Closing(reason="undeliverable"),
        "403:kicked": Closing(reason="blocked"),
        "400:chat_not_found": Closing(reason="no_such_address"),
    },
)
