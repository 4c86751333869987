"""How Telegram names people, messages and moments, and how we do."""

from datetime import UTC, datetime
from typing import Any

from bots.channel import ConsentChanged, ConsentWord

Json = dict[str, Any]


def consent(
    address: str, key: str, word: ConsentWord, at: datetime, source: str = "telegram: /start"
) -> ConsentChanged:
    """Say that the customer at *address* allowed or forbade messages."""
    return ConsentChanged(address=address, external_id=key, word=word, source=source, sent_at=at)


def address(value: Json) -> str:
    """Name the customer of a private chat, which has their id; TypeError for an id that is no number."""
    if not isinstance(number := value["chat"]["id"], int):
        raise TypeError("an id is a number")
    return f"telegram:{number}"


def identify(message: Json, in_reply: Json | None = None) -> str:
    """Name a message: numbers are unique in a chat only, and a business connection counts for itself."""
    around = in_reply or message
    connection = around.get("business_connection_id")
    return f"{around['chat']['id']}:{message['message_id']}" + (f":{connection}" if connection else "")


def name(person: Json) -> str:
    """Return how a person calls themselves, or an empty string."""
    first, last = person.get("first_name") or "", person.get("last_name") or ""
    return f"{first} {last}".strip() or person.get("username") or ""


def label(message: Json, data: str | None) -> str:
    """Return what the button that sends *data* shows under *message*, if it is still there."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or ()
    return next(
        (button["text"] for row in rows for button in row if data and button.get("callback_data") == data), ""
    )


def moment(seconds: int | None, now: datetime) -> datetime:
    """Return Unix *seconds* as a moment; *now* where they are missing or absurd."""
    if not seconds:
        return now
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError, TypeError):
        return now
