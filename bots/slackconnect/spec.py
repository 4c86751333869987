"""What Slack can do, as data; its error codes and the names of its emoji.

Sources: https://docs.slack.dev/reference/methods/chat.postMessage (codes, 1 a second a channel, text is best
kept to 4,000 characters) and chat.update (4,000 at most).
"""

from typing import Final

from bots.channel import Closing, Spec
from bots.errors import ChannelError, Misconfigured, Refused

OPERATOR: Final = "Ask whoever runs this inbox to look at the Slack app."
FILE: Final = 100_000_000
"""Bytes; Slack takes 1 GB, we do not hold that much in memory."""

EMOJI: Final[dict[str, str]] = {
    "+1": "👍", "thumbsup": "👍", "-1": "👎", "heart": "❤️", "joy": "😂",
    "smile": "😄", "slightly_smiling_face": "🙂", "tada": "🎉", "pray": "🙏", "eyes": "👀",
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "fire": "🔥", "clap": "👏",
    "rocket": "🚀", "open_mouth": "😮", "cry": "😢", "sob": "😭", "heart_eyes": "😍",
    "rage": "😡", "thinking_face": "🤔", "wave": "👋", "raised_hands": "🙌", "100": "💯",
    "ok_hand": "👌", "muscle": "💪", "sunglasses": "😎", "wink": "😉", "warning": "⚠️",
    "question": "❓", "exclamation": "❗",
}  # fmt: skip
"""Slack's names of the emoji people use most; another one is read as :name:."""
REACTIONS: Final = ("👍", "❤️", "🎉", "🙏", "👀", "✅", "😂", "👏", "🔥", "😮", "😢")

CODES: Final[dict[str, tuple[type[ChannelError], str]]] = {
    "invalid_auth": (Misconfigured, f"Slack does not accept our token. {OPERATOR}"),
    "not_authed": (Misconfigured, f"Slack does not accept our token. {OPERATOR}"),
    "account_inactive": (Misconfigured, f"The Slack app was taken out of the workspace. {OPERATOR}"),
    "token_revoked": (Misconfigured, f"The Slack app's token was revoked. {OPERATOR}"),
    "token_expired": (Misconfigured, f"The Slack app's token has expired. {OPERATOR}"),
    "missing_scope": (Misconfigured, f"The Slack app may not do this: a scope is missing. {OPERATOR}"),
    "not_allowed_token_type": (Misconfigured, f"This is another kind of token than Slack needs. {OPERATOR}"),
    "no_permission": (Misconfigured, f"The Slack app may not do this. {OPERATOR}"),
    "channel_not_found": (Refused, "The Slack channel is gone, or our app is not in it any more."),
    "not_in_channel": (Refused, "Our app is not in this Slack channel; somebody there must invite it."),
    "is_archived": (Refused, "The Slack channel is archived."),
    "restricted_action": (Refused, "The workspace does not let us post there."),
    "user_not_found": (Refused, "This person is not in Slack any more."),
    "user_disabled": (Refused, "This person is not in Slack any more."),
    "cannot_dm_bot": (Refused, "This is a bot; nobody would read it."),
    "messages_tab_disabled": (Misconfigured, f"The Slack app takes no direct messages. {OPERATOR}"),
    "msg_too_long": (Refused, "The text is too long for Slack."),
    "no_text": (Refused, "There is nothing to send: write some words or add a file."),
    "message_not_found": (Refused, "The message is not there any more."),
    "cant_update_message": (Refused, "Slack lets us change only what we sent."),
    "edit_window_closed": (Refused, "The workspace no longer lets this message be changed."),
    "cant_delete_message": (Refused, "Slack lets us take back only what we sent."),
    "file_not_found": (Refused, "The file is not in Slack any more."),
    "file_deleted": (Refused, "The file was deleted in Slack."),
    "invalid_name": (Refused, "Slack does not know this emoji."),
}
UNHEARD: Final = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
"""Answers after which Slack may have done it all the same."""
SLOW_DOWN: Final = frozenset({"ratelimited", "rate_limited"})
DONE_ALREADY: Final = frozenset({"already_reacted", "no_reaction", "message_not_found"})

SPEC = Spec(
    kind="slackconnect",
    label="Slack Connect",
    mark="slack",
    scheme="slackconnect",
    text_limit=4_000,
    caption_limit=4_000,
    media_sizes={"image": FILE, "audio": FILE, "voice": FILE, "video": FILE, "document": FILE},
    media_per_message=10,
    rate=1.0,
    rate_per_address=1.0,
    edits=True,
    deletes=True,
    reactions=REACTIONS,
    looks_up=True,
    closes={
        "channel_not_found": Closing(reason="undeliverable"),
        "is_archived": Closing(reason="undeliverable"),
        "user_not_found": Closing(reason="undeliverable"),
        "user_disabled": Closing(reason="undeliverable"),
    },
    formats=True,
    threads=True,  # an answer stands in the thread of what it answers
)
