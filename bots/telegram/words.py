"""What a Telegram message says: formatting kept, hidden links shown, wordless content named."""

from collections.abc import Callable, Sequence
from typing import Any

from bots.telegram.formatting import with_marks
from bots.telegram.media import MEDIA

Json = dict[str, Any]

# About the message, not in it.
_ABOUT = frozenset(
    """
    message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count sender_business_bot
    sender_tag date guest_query_id business_connection_id chat forward_origin is_topic_message
    is_automatic_forward reply_to_message external_reply quote reply_to_story reply_to_checklist_task_id
    reply_to_poll_option_id via_bot edit_date has_protected_content is_from_offline is_paid_post
    media_group_id author_signature paid_star_count text entities link_preview_options suggested_post_info
    effect_id caption caption_entities show_caption_above_media has_media_spoiler reply_markup forward_from
    forward_from_chat forward_from_message_id forward_signature forward_date forward_sender_name
    """.split()  # noqa: SIM905
)
# Telegram telling that something was done, not the customer saying something.
_QUIET = frozenset(
    """
    pinned_message message_auto_delete_timer_changed chat_background_set write_access_allowed
    forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened
    """.split()  # noqa: SIM905
)


def words(message: Json) -> str:
    """Return text or caption in the house's marks, with the address of each hidden link after its words."""
    text, entities = message.get("text"), message.get("entities")
    if not text:
        text, entities = message.get("caption") or "", message.get("caption_entities")
    return with_marks(text, entities) if entities else str(text)


def stand_in(message: Json) -> str:
    """Return words for a message that has none, so that nothing is lost; none if a file speaks for itself."""
    for key, name in _STAND_INS.items():
        if key in message:
            return name(message[key])
    if not MEDIA.isdisjoint(message):
        return ""
    unknown = sorted(message.keys() - _ABOUT)
    return f"[{', '.join(key.replace('_', ' ') for key in unknown) or 'empty message'}]"


def quiet(message: Json) -> list[str]:
    """Name what was merely done in *message*; empty if it also says something."""
    content = message.keys() - _ABOUT
    said = message.get("text") or message.get("caption")
    return sorted(content) if content and content <= _QUIET and not said else []


def _list(title: str, head: str, items: Sequence[Json]) -> str:
    return f"[{title}: {' · '.join([head, *(item['text'] for item in items)])}]"


def _money(payment: Json) -> str:
    return f"{payment.get('total_amount', 0)} {payment.get('currency', '')} (smallest units)"


def _rich(value: Any) -> str:
    """Gather the words of a rich message: a tree of blocks and texts, with the addresses of its links."""
    match value:
        case str():
            return value
        case list():
            rows = any(isinstance(item, dict) and "text" not in item for item in value)
            return ("\n" if rows else "").join(filter(None, map(_rich, value)))
        case {"text": text, "url": url}:
            return f"{_rich(text)} ({url})"
        case {"text": text}:
            return _rich(text)
        case dict():
            return "\n".join(
                filter(None, (_rich(item) for item in value.values() if isinstance(item, dict | list)))
            )
        case _:
            return ""


def _rich_message(message: Json) -> str:
    return "\n".join(filter(None, map(_rich, message["blocks"]))) or "[rich message]"


def _contact(card: Json) -> str:
    name = " ".join(filter(None, (card.get("first_name"), card.get("last_name"))))
    return f"[contact: {', '.join(filter(None, (name, card.get('phone_number'))))}]"


_STAND_INS: dict[str, Callable[[Any], str]] = {
    "sticker": lambda value: value.get("emoji") or "[sticker]",
    "venue": lambda value: ", ".join(filter(None, (value.get("title"), value.get("address")))),
    "contact": _contact,
    "poll": lambda value: _list("poll", value["question"], value.get("options", ())),
    "checklist": lambda value: _list("checklist", value["title"], value.get("tasks", ())),
    "dice": lambda value: f"[dice: {value.get('emoji', '')} {value.get('value', '')}]",
    "game": lambda value: f"[game: {value['title']}]",
    "invoice": lambda value: f"[invoice: {value['title']}, {_money(value)}]",
    "successful_payment": lambda value: f"[payment: {_money(value)}]",
    "refunded_payment": lambda value: f"[refund: {_money(value)}]",
    "story": lambda _: "[story]",
    "web_app_data": lambda value: f"[{value.get('button_text', 'form')}: {value['data']}]",
    "rich_message": _rich_message,
}
