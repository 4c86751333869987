"""Telegram's update as events: one reader per kind of update, all pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from bots.channel import Deleted, Edited, Hook, MessageIn, Reacted, Reading, Response
from bots.comparing import is_one_of
from bots.errors import BadSignature, Malformed
from bots.telegram.media import attachments, without_echoes
from bots.telegram.naming import address, consent, identify, label, moment, name
from bots.telegram.parsing import parse
from bots.telegram.sound import sound
from bots.telegram.words import quiet, stand_in, words

Json = dict[str, Any]
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105
UPDATES = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
"""The kinds of update we ask Telegram for; reactions come only when named."""


def read(hook: Hook, secrets: Sequence[str]) -> Reading:
    """Translate *hook*; BadSignature without one of our *secrets*, Malformed if it is not an update."""
    check(hook.headers, secrets)
    update = parse(hook.body)
    if "update_id" not in update:
        raise Malformed("The update has no update_id.")
    for kind, value in update.items():
        if (reader := _READERS.get(kind)) is not None:
            return _translated(reader, kind, value, update, hook.received_at)
    return Reading(skipped=tuple(key for key in update if key != "update_id") or ("empty update",))


def check(headers: Mapping[str, str], secrets: Sequence[str]) -> None:
    """Raise BadSignature unless Telegram's header repeats one of *secrets*; compared in constant time."""
    said = headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
    if not is_one_of(said, (secret.encode() for secret in secrets)):
        raise BadSignature


def _translated(reader: "Reader", kind: str, value: Json, update: Json, now: datetime) -> Reading:
    try:
        return sound(reader(kind, value, update, now))
    except KeyError as missing:
        raise Malformed(f"The update's {kind} has no {missing.args[0]}.") from None
    except (AttributeError, IndexError, RecursionError, TypeError, ValueError):
        raise Malformed(f"A field of the update's {kind} is not of the documented type.") from None


def _message(kind: str, message: Json, update: Json, now: datetime) -> Reading:
    if skipped := _not_ours(kind, message):
        return Reading(skipped=skipped)
    if done := quiet(message):
        return Reading(skipped=tuple(f"{kind}: {thing}" for thing in done))
    message = without_echoes(message)
    said = MessageIn(
        address=address(message),
        external_id=identify(message),
        text=words(message) or stand_in(message),
        attachments=attachments(message),
        sent_at=moment(message.get("date"), now),
        sender_name=name(message.get("from") or message["chat"]),
        language=(message.get("from") or {}).get("language_code") or "",
        reply_to=identify(message["reply_to_message"], message) if "reply_to_message" in message else "",
        group=message.get("media_group_id") or "",
        raw=update,
    )
    if said.text == "/start" or said.text.startswith("/start "):
        return Reading(
            events=(consent(said.address, f"start:{said.external_id}", "start", said.sent_at), said)
        )
    return Reading(events=(said,))


def _edited(kind: str, message: Json, update: Json, now: datetime) -> Reading:
    if skipped := _not_ours(kind, message):
        return Reading(skipped=skipped)
    if "location" in message and "venue" not in message:
        return Reading(skipped=(f"{kind}: live location",))  # it moves every few seconds
    edited = Edited(
        address=address(message),
        external_id=identify(message),
        text=words(message) or stand_in(message),
        sent_at=moment(message.get("edit_date") or message.get("date"), now),
    )
    return Reading(events=(edited,))


def _deleted(kind: str, value: Json, update: Json, now: datetime) -> Reading:
    events = [
        Deleted(address=address(value), external_id=identify({**value, "message_id": number}), sent_at=now)
        for number in value["message_ids"]
    ]
    return Reading(events=tuple(events))


def _reacted(kind: str, value: Json, update: Json, now: datetime) -> Reading:
    if skipped := _not_ours(kind, value):
        return Reading(skipped=skipped)
    emoji = "".join(_EMOJI.get(reaction["type"]) or reaction["emoji"] for reaction in value["new_reaction"])
    reacted = Reacted(
        address=address(value),
        external_id=identify(value),
        emoji=emoji,
        sent_at=moment(value.get("date"), now),
    )
    return Reading(events=(reacted,))


def _pressed(kind: str, query: Json, update: Json, now: datetime) -> Reading:
    """Read a pressed button as its label; a call as our answer stops the button's spinner."""
    message = query.get("message") or {}
    if message.get("chat", {}).get("type", "private") != "private":
        return Reading(skipped=(f"{kind} in a {message['chat']['type']}",))
    pressed = MessageIn(
        address=f"telegram:{query['from']['id']}",
        external_id=f"cb:{query['id']}",
        text=label(message, query.get("data")) or query.get("data") or "[button]",
        sent_at=now,
        sender_name=name(query["from"]),
        language=query["from"].get("language_code") or "",
        reply_to=identify(message) if message else "",
        raw=update,
    )
    answer = orjson.dumps({"method": "answerCallbackQuery", "callback_query_id": query["id"]}).decode()
    return Reading(events=(pressed,), response=Response(body=answer, content_type="application/json"))


def _membership(kind: str, value: Json, update: Json, now: datetime) -> Reading:
    if skipped := _not_ours(kind, value):
        return Reading(skipped=skipped)
    status, at = value["new_chat_member"]["status"], moment(value.get("date"), now)
    key = f"{status}:{value['chat']['id']}:{value.get('date', update['update_id'])}"
    match status:
        case "kicked":
            return Reading(events=(consent(address(value), key, "stop", at, "telegram: blocked"),))
        case "member":
            return Reading(events=(consent(address(value), key, "start", at, "telegram: unblocked"),))
        case _:
            return Reading(skipped=(f"{kind}: {status}",))


def _not_ours(kind: str, value: Json) -> tuple[str, ...]:
    """Name why *value* is not a customer's: said in a group or channel, or by our own business account."""
    chat = value["chat"]
    if chat.get("type", "private") != "private":
        return (f"{kind} in a {chat['type']}",)
    author: Json = value.get("from") or chat
    if "business_connection_id" in value and author["id"] != chat["id"]:
        return (f"{kind} of our own",)
    return ()


_EMOJI = {"paid": "⭐", "custom_emoji": "▫️"}
Reader = Callable[[str, Json, Json, datetime], Reading]
_READERS: dict[str, Reader] = {
    "message": _message,
    "edited_message": _edited,
    "business_message": _message,
    "edited_business_message": _edited,
    "deleted_business_messages": _deleted,
    "message_reaction": _reacted,
    "callback_query": _pressed,
    "my_chat_member": _membership,
}
