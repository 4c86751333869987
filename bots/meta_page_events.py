"""What happened between a customer and our page or account: the items of `messaging`.

Sources: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events and
https://developers.facebook.com/docs/messenger-platform/instagram/features/webhook.
"""

from collections.abc import Callable, Iterable
from typing import Final

from bots.channel import (
    ConsentChanged,
    Deleted,
    Echoed,
    Edited,
    Event,
    MessageIn,
    Reacted,
    Receipt,
    ReceiptStatus,
)
from bots.consent_words import said as consent_said
from bots.meta_page_attachments import came_by, said
from bots.meta_page_side import Moment
from bots.meta_values import Json, id_of, made_id, moment_of, part_of, text_of

EMOJI: Final[dict[str, str]] = {
    "love": "❤️",
    "like": "👍",
    "dislike": "👎",
    "smile": "😆",
    "haha": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😠",
}
"""The emoji of a reaction that comes as a word alone."""


def _message(moment: Moment, message: Json) -> Iterable[Event]:
    """Read a message: said, taken back, or an echo of what left our account."""
    if moment.ours or message.get("is_echo") is True:
        return _echo(moment, message)
    if not moment.customer:
        return ()
    address, text = moment.address, text_of(message, "text")
    named = text_of(message, "mid")
    if message.get("is_deleted") is True:
        return (Deleted(address=address, external_id=named, sent_at=moment.sent_at),) if named else ()
    external_id = named or _made(moment, "message", text)
    words, files = said(message, moment.side.label)
    event = MessageIn(
        address=address,
        external_id=external_id,
        text=words,
        attachments=files,
        sent_at=moment.sent_at,
        reply_to=text_of(part_of(message, "reply_to"), "mid"),
        raw=moment.item,
    )
    consent = consent_said(text) if text else None
    if consent is None:
        return (event,)
    word, source = consent
    changed = ConsentChanged(
        address=address,
        external_id=external_id,
        word=word,
        source=source,
        sent_at=moment.sent_at,
        wording=text,
    )
    return (event, changed)


def _echo(moment: Moment, message: Json) -> Iterable[Event]:
    """Read what left our account by another app, or by hand; what our own app sent is known here."""
    side, app, external_id = moment.side, id_of(message.get("app_id")), text_of(message, "mid")
    customer = id_of(part_of(moment.item, "recipient").get("id"))
    moment.ours = True
    if not external_id or not customer or (side.app_id and app == side.app_id):
        return ()
    if message.get("is_deleted") is True:
        return ()
    words, files = said(message, side.label)
    echoed = Echoed(
        address=f"{side.scheme}:{customer}",
        external_id=external_id,
        text=words,
        attachments=files,
        sent_at=moment.sent_at,
    )
    return (echoed,)


def _postback(moment: Moment, postback: Json) -> Iterable[Event]:
    """Read a pressed button: its title is what the customer said; what it means to a bot stays in raw."""
    if not moment.customer or moment.ours:
        return ()
    title, meaning = text_of(postback, "title"), text_of(postback, "payload")
    words = title or f"[pressed a button{f': {meaning}' if meaning else ''}]"
    arrival = came_by(part_of(postback, "referral"))
    event = MessageIn(
        address=moment.address,
        external_id=text_of(postback, "mid") or _made(moment, "postback", meaning or title),
        text=f"{words}\n{arrival}" if arrival else words,
        sent_at=moment.sent_at,
        raw=moment.item,
    )
    return (event,)


def _reaction(moment: Moment, reaction: Json) -> Iterable[Event]:
    external_id, undone = text_of(reaction, "mid"), text_of(reaction, "action") == "unreact"
    emoji = text_of(reaction, "emoji") or EMOJI.get(text_of(reaction, "reaction"), "")
    if moment.ours or not moment.customer or not external_id or not (emoji or undone):
        return ()
    reacted = Reacted(
        address=moment.address,
        external_id=external_id,
        emoji="" if undone else emoji,
        sent_at=moment.sent_at,
    )
    return (reacted,)


def _edit(moment: Moment, edit: Json) -> Iterable[Event]:
    """Read a change; one without words, as Meta tells of some new messages, must not blank the message."""
    external_id, text = text_of(edit, "mid"), text_of(edit, "text")
    if moment.ours or not moment.customer or not external_id or not text:
        return ()
    edited = Edited(address=moment.address, external_id=external_id, text=text, sent_at=moment.sent_at)
    return (edited,)


def _delivery(moment: Moment, delivery: Json) -> Iterable[Event]:
    return _marks(moment, delivery, "delivered")


def _seen(moment: Moment, seen: Json) -> Iterable[Event]:
    return _marks(moment, seen, "read")


def _marks(moment: Moment, mark: Json, status: ReceiptStatus) -> Iterable[Event]:
    """Read a mark: the messages that it names, and that it is so for all until its watermark."""
    if moment.ours or not moment.customer:
        return
    named = mark.get("mids")
    for one in (*(named if isinstance(named, list) else ()), mark.get("mid")):
        if isinstance(one, str) and one:
            yield Receipt(external_id=one, status=status, sent_at=moment.sent_at, address=moment.address)
    until = moment_of(mark.get("watermark"))
    if until is not None:
        yield Receipt(
            external_id="", status=status, sent_at=moment.sent_at, up_to=until, address=moment.address
        )


def _optin(moment: Moment, optin: Json) -> Iterable[Event]:
    """Read that the customer allowed or stopped marketing messages; other opt-ins bring nobody's address."""
    if not moment.customer or text_of(optin, "type") != "notification_messages":
        return ()
    stopped = text_of(optin, "notification_messages_status") == "STOP_NOTIFICATIONS"
    did = "stopped" if stopped else "allowed"
    changed = ConsentChanged(
        address=moment.address,
        external_id=_made(moment, "optin", text_of(optin, "notification_messages_token")),
        word="stop" if stopped else "join",
        source=f"The customer {did} marketing messages in {moment.side.label}.",
        sent_at=moment.sent_at,
        wording=text_of(optin, "title"),
        marketing=True,
    )
    return (changed,)


def _made(moment: Moment, what: str, text: str) -> str:
    return made_id(what, moment.address, id_of(moment.item.get("timestamp")), text)


READERS: Final[dict[str, Callable[[Moment, Json], Iterable[Event]]]] = {
    "message": _message,
    "postback": _postback,
    "reaction": _reaction,
    "message_edit": _edit,
    "delivery": _delivery,
    "read": _seen,
    "optin": _optin,
}
