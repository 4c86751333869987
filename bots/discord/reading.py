"""What the gateway dispatched, as events: one reader per kind, all pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bots.channel import Deleted, Edited, Event, Hook, MessageIn, Reacted, Reading, Typing
from bots.consent_words import wishes
from bots.discord.content import attachments, name_of, words
from bots.discord.naming import address_of, moment, snowflake
from bots.errors import Malformed
from bots.json_body import Json, table, table_of_body, text

SAID: dict[object, str] = {0: "message", 19: "reply"}
"""The types of message that somebody wrote; the others are Discord's own notes (pins, calls, joins)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Who we are and which channel of a server is ours; empty where there is none."""

    bot: str
    support: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The data of one dispatch, the *channel* where it happened, where we are, and when it came."""

    data: Json
    channel: str
    place: Place
    now: datetime

    def address(self, user: str) -> str:
        """Name *user* here; empty in a server's channel that is not ours."""
        if self.channel and self.channel == self.place.support:
            return address_of(user, self.channel)
        return "" if "guild_id" in self.data else address_of(user)

    def external_id(self, name: str = "id") -> str:
        """Name the message that *name* holds the number of: editing and quoting need its channel too."""
        message = snowflake(self.data.get(name))
        return f"{self.channel}:{message}" if self.channel and message else ""


def read(hook: Hook, place: Place) -> Reading:
    """Translate one dispatch; Malformed where it has no kind or no data."""
    frame = table_of_body(hook.body)
    kind, data = text(frame.get("t")), frame.get("d")
    if not kind or not isinstance(data, dict):
        raise Malformed("The dispatch has no kind or no data.")
    reader = READERS.get(kind)
    if reader is None:
        return Reading(skipped=(kind,))
    channel = snowflake(data.get("channel_id"))
    found = reader(Told(data=data, channel=channel, place=place, now=hook.received_at))
    if isinstance(found, str):
        return Reading(skipped=(f"{kind}: {found}",))
    return Reading(events=tuple(found))


def not_a_customer(told: Told, author: Json) -> str:
    """Say why *author*'s message is none of a customer's, or nothing."""
    user = snowflake(author.get("id"))
    if not user or not told.external_id():
        return "without author or number"
    if author.get("bot") is True or "webhook_id" in told.data or user == told.place.bot:
        return "of a bot"  # ours too: what this account sent by another tool
    return "" if told.address(user) else "in another channel"


def _message(told: Told) -> "list[Event] | str":
    data, author = told.data, table(told.data.get("author"))
    if why := not_a_customer(told, author):
        return why
    kind = data.get("type", 0)
    if not isinstance(kind, int) or kind not in SAID:
        return "a note of Discord's"
    user = snowflake(author["id"])
    address = told.address(user)
    reference = table(data.get("message_reference"))
    answered = snowflake(reference.get("message_id")) if kind == 19 else ""
    message = MessageIn(
        address=address,
        external_id=told.external_id(),
        text=words(data),
        also=(address_of(user),) if address != address_of(user) else (),
        attachments=attachments(data),
        sent_at=moment(data.get("timestamp"), told.now),
        sender_name=name_of(author),
        reply_to=f"{told.channel}:{answered}" if answered else "",
        raw=data,
    )
    return [message, *wishes(message)]  # Discord heeds none


def _edited(told: Told) -> "list[Event] | str":
    data, author = told.data, table(told.data.get("author"))
    if why := not_a_customer(told, author):
        return why
    if not text(data.get("edited_timestamp")):
        return "not by its author"  # a link's card was added, or it was pinned
    return [
        Edited(
            address=told.address(snowflake(author["id"])),
            external_id=told.external_id(),
            text=words(data),
            sent_at=moment(data["edited_timestamp"], told.now),
        )
    ]


def _deleted(told: Told) -> "list[Event] | str":
    """Read one or many that are gone; who had said them is not told, and their number is enough."""
    if "guild_id" in told.data and told.channel != told.place.support:
        return "in another channel"
    many = told.data.get("ids")
    numbers = many if isinstance(many, list) else [told.data.get("id")]
    gone = [f"{told.channel}:{number}" for number in map(snowflake, numbers) if number and told.channel]
    address = f"discord:#{told.channel}"
    return [Deleted(address=address, external_id=one, sent_at=told.now) for one in gone] or "without a number"


def _reacted(told: Told) -> "list[Event] | str":
    return _reaction(told, _emoji(table(told.data.get("emoji"))))


def _unreacted(told: Told) -> "list[Event] | str":
    return _reaction(told, "")


def _reaction(told: Told, emoji: str) -> "list[Event] | str":
    user, external_id = snowflake(told.data.get("user_id")), told.external_id("message_id")
    bot = table(table(told.data.get("member")).get("user")).get("bot") is True
    if not user or not external_id:
        return "without author or number"
    if bot or user == told.place.bot:
        return "of a bot"
    address = told.address(user)
    if not address:
        return "in another channel"
    return [Reacted(address=address, external_id=external_id, emoji=emoji, sent_at=told.now)]


def _emoji(emoji: Json) -> str:
    name = text(emoji.get("name"))
    return f":{name}:" if emoji.get("id") and name else name or "▫️"


def _typing(told: Told) -> "list[Event] | str":
    user = snowflake(told.data.get("user_id"))
    address = told.address(user) if user and user != told.place.bot else ""
    return [Typing(address=address, sent_at=told.now)] if address else "in another channel"


READERS: dict[str, Callable[[Told], "list[Event] | str"]] = {
    "MESSAGE_CREATE": _message,
    "MESSAGE_UPDATE": _edited,
    "MESSAGE_DELETE": _deleted,
    "MESSAGE_DELETE_BULK": _deleted,
    "MESSAGE_REACTION_ADD": _reacted,
    "MESSAGE_REACTION_REMOVE": _unreacted,
    "TYPING_START": _typing,
}
