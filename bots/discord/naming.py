"""Addresses, ids and times at Discord.

`discord:<user>` is a person in direct messages; `discord:<user>@<channel>` the same person in the support
channel, where an answer must go back to.
"""

import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any, Final

from bots.discord.spec import SPEC
from bots.errors import Refused
from bots.json_body import Json, text

EPOCH: Final = 1_420_070_400_000
"""Milliseconds: the first second of 2015, from which snowflakes count."""
_ADDRESS: Final = re.compile(r"discord:([0-9]{1,20})(?:@([0-9]{1,20}))?")
_MESSAGE: Final = re.compile(r"([0-9]{1,20}):([0-9]{1,20})")


def snowflake(value: Any) -> str:
    """Give *value* where it is an id, else an empty text."""
    found = text(value)
    return found if 0 < len(found) <= 20 and found.isascii() and found.isdecimal() else ""


def address_of(user: str, channel: str = "") -> str:
    """Name *user* in direct messages, or in the support *channel*."""
    return f"{SPEC.scheme}:{user}@{channel}" if channel else f"{SPEC.scheme}:{user}"


def place_of(address: str) -> tuple[str, str]:
    """Give the user and, for the support channel, the channel of *address*; raises Refused."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise Refused("The customer did not write on Discord.")
    return match[1], match[2] or ""


def message_of(external_id: str) -> tuple[str, str]:
    """Give the channel and the message of *external_id*; raises Refused."""
    match = _MESSAGE.fullmatch(external_id)
    if match is None:
        raise Refused("This is not a message of Discord's.")
    return match[1], match[2]


def moment(value: Any, otherwise: datetime) -> datetime:
    """Read an ISO 8601 time, or give *otherwise*."""
    try:
        found = datetime.fromisoformat(text(value))
        return otherwise if found.tzinfo is None else found.astimezone(UTC)
    except (OverflowError, ValueError):
        return otherwise


def emoji_of(emoji: Json) -> str:
    """Name an emoji as a path does: itself, or name and number of a server's own."""
    number = snowflake(emoji.get("id"))
    return f"{text(emoji.get('name'))}:{number}" if number else text(emoji.get("name"))


def first_after(moment: datetime) -> str:
    """Make the id that every message sent after *moment* exceeds."""
    return str(max(int(moment.timestamp() * 1000) - EPOCH, 0) << 22)


def user_of_token(token: str) -> str:
    """Read the bot's own id, which its token begins with; empty where it does not."""
    head = token.partition(".")[0]
    try:
        return snowflake(urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode())
    except ValueError:
        return ""
