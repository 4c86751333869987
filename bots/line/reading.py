"""LINE's hook as events: all of its batch, each by its kind, all pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bots.channel import ConsentChanged, Deleted, Event, Hook, MessageIn, Reading
from bots.consent_words import wishes
from bots.errors import Malformed
from bots.json_body import Json, moment, table, table_of_body, text
from bots.line.content import attachments, group, words

SOURCES = {"user": "userId", "group": "groupId", "room": "roomId"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What LINE gives along with an event and takes back with an answer, by address and message."""

    address: str
    external_id: str = ""
    reply: str = ""
    quote: str = ""
    read: str = ""


def read(hook: Hook) -> tuple[Reading, list[Tokens]]:
    """Translate a *hook* whose signature is checked; Malformed where it has no list of events."""
    told = table_of_body(hook.body).get("events")
    if not isinstance(told, list):
        raise Malformed('The body has no list "events".')
    events: list[Event] = []
    skipped: list[str] = []
    tokens: list[Tokens] = []
    for one in told:
        found = _translated(table(one), hook.received_at)
        if isinstance(found, str):
            skipped.append(found)
            continue
        events.extend(found)
        tokens.append(_tokens(one, found[0].address))
    return Reading(events=tuple(events), skipped=tuple(skipped)), tokens


def address_of(event: Json) -> str:
    """Name where *event* was said: a person, a group or a room; empty where that is not told."""
    source = table(event.get("source"))
    found = text(source.get(SOURCES.get(text(source.get("type")), "")))
    return f"line:{found}" if found else ""


def _translated(event: Json, now: datetime) -> "list[Told] | str":
    """Give what *event* means, or the name of what means nothing to us."""
    kind = text(event.get("type"))
    reader = READERS.get(kind)
    if reader is None:
        return kind or "event without a type"
    if event.get("mode") == "standby":
        return "standby"  # another module of the account has the conversation
    address = address_of(event)
    if not address:
        return f"{kind} of nobody"
    return reader(event, address, moment(event.get("timestamp"), now))


def _message(event: Json, address: str, at: datetime) -> "list[Told] | str":
    message = table(event.get("message"))
    external_id = text(message.get("id"))
    if not external_id:
        return "message without an id"
    found = MessageIn(
        address=address,
        external_id=external_id,
        text=words(message),
        attachments=attachments(message),
        sent_at=at,
        reply_to=text(message.get("quotedMessageId")),
        group=group(message),
        raw=event,
    )
    of_one = table(event.get("source")).get("type") == "user"  # nobody speaks for a group
    return [found, *(wishes(found) if of_one else [])]


def _postback(event: Json, address: str, at: datetime) -> "list[Told] | str":
    """Read a pressed button; the words on it are not told, only its data and what was chosen."""
    pressed = table(event.get("postback"))
    data, params = text(pressed.get("data")), table(pressed.get("params"))
    chosen = [f"{name}: {value}" for name, value in params.items() if isinstance(value, str)]
    label = f"{data} ({', '.join(chosen)})" if data and chosen else data or ", ".join(chosen)
    return [
        MessageIn(
            address=address,
            external_id=f"postback:{_key(event)}",
            text=label or "[button]",
            sent_at=at,
            raw=event,
        )
    ]


def _unsend(event: Json, address: str, at: datetime) -> "list[Told] | str":
    external_id = text(table(event.get("unsend")).get("messageId"))
    if not external_id:
        return "unsend of nothing"
    return [Deleted(address=address, external_id=external_id, sent_at=at)]


def _follow(event: Json, address: str, at: datetime) -> "list[Told] | str":
    back = table(event.get("follow")).get("isUnblocked") is True
    source = "line: unblocked" if back else "line: added us as a friend"
    key = f"follow:{_key(event)}"
    return [ConsentChanged(address=address, external_id=key, word="start", source=source, sent_at=at)]


def _unfollow(event: Json, address: str, at: datetime) -> "list[Told] | str":
    key = f"unfollow:{_key(event)}"
    return [ConsentChanged(address=address, external_id=key, word="stop", source="line: blocked", sent_at=at)]


def _key(event: Json) -> str:
    """Name *event* the same at every redelivery; old payloads have no id of their own."""
    return text(event.get("webhookEventId")) or f"{address_of(event)}:{event.get('timestamp')}"


def _tokens(event: Json, address: str) -> Tokens:
    message = table(event.get("message"))
    return Tokens(
        address=address,
        external_id=text(message.get("id")),
        reply=text(event.get("replyToken")),
        quote=text(message.get("quoteToken")),
        read=text(message.get("markAsReadToken")),
    )


Told = MessageIn | Deleted | ConsentChanged
READERS: dict[str, Callable[[Json, str, datetime], "list[Told] | str"]] = {
    "message": _message,
    "postback": _postback,
    "unsend": _unsend,
    "follow": _follow,
    "unfollow": _unfollow,
}
