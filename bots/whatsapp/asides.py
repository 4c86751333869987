"""What WhatsApp tells beside messages: echoes, receipts, calls, and what customers want of our marketing."""

from datetime import datetime, timedelta
from typing import Final

from bots.channel import Called, CallMissed, ConsentChanged, ConsentWord, Echoed, Event, Receipt
from bots.json_body import Json, table, tables, text
from bots.meta_errors import code_of, sentence, words_of
from bots.meta_values import moment_of
from bots.whatsapp.codes import CODES, NO_MARKETING
from bots.whatsapp.messages import identifier
from bots.whatsapp.people import People, address_of
from bots.whatsapp.saying import content
from bots.whatsapp.spec import STATUSES

WISHES: Final[dict[str, ConsentWord]] = {"stop": "stop", "resume": "start", "signup": "join"}
"""What a customer may choose in WhatsApp about marketing messages of ours."""
OURS: Final = "BUSINESS_INITIATED"
LONGEST_CALL: Final = 7 * 24 * 3600
"""Seconds."""


def echo(said: Json, people: People, received_at: datetime) -> list[Event] | str:
    """Translate what was sent from the WhatsApp Business app, or changed there: the words as they are now."""
    kind = text(said.get("type"))
    address = address_of(text(said.get("to")), text(said.get("to_user_id")))
    shown = table(table(said.get("edit")).get("message")) if kind == "edit" else said
    if kind in ("revoke", "reaction") or not address or not shown:
        return f"echo {kind}".strip()
    words, attachments = content(shown)
    at = moment_of(said.get("timestamp")) or received_at
    name = identifier(said)
    return [Echoed(address=address, external_id=name, text=words, attachments=attachments, sent_at=at)]


def status(told: Json, people: People, received_at: datetime) -> list[Event] | str:
    """Translate one of `statuses`: what became of a message of ours."""
    name, word = text(told.get("id")), text(told.get("status"))
    meaning = STATUSES.get(word)
    if told.get("type") == "call" or not name or meaning is None:
        return f"status {word}"
    number = text(told.get("recipient_participant_id")) or text(told.get("recipient_id"))
    user_id = text(told.get("recipient_participant_user_id")) or text(told.get("recipient_user_id"))
    address = address_of(number, user_id)
    at = moment_of(told.get("timestamp")) or received_at
    if meaning != "failed":
        return [Receipt(external_id=name, status=meaning, sent_at=at, address=address)]
    errors = tables(told.get("errors"))
    error = errors[0] if errors else {}
    code = code_of(error.get("code"))
    reason = sentence(code, words_of(error), CODES)
    failed = Receipt(external_id=name, status="failed", sent_at=at, address=address, code=code, reason=reason)
    if code != NO_MARKETING or not address:
        return [failed]
    return [failed, _wish(address, f"{name}:{code}", "stop", at, reason)]


def preference(told: Json, people: People, received_at: datetime) -> list[Event] | str:
    """Translate what a customer chose in WhatsApp about marketing messages."""
    value, category = text(told.get("value")), text(told.get("category"))
    word = WISHES.get(value)
    number, user_id = text(told.get("wa_id")), text(told.get("user_id"))
    address = address_of(number, user_id)
    if word is None or category != "marketing_messages" or not address:
        return f"preference {category} {value}"
    at = moment_of(told.get("timestamp")) or received_at
    detail = text(told.get("detail")) or "The customer chose so in WhatsApp"
    name = f"{user_id or number}:{told.get('timestamp', '')}:{value}"
    return [_wish(address, name, word, at, f"{detail.rstrip('.')}.")]


def call(told: Json, people: People, received_at: datetime) -> list[Event] | str:
    """Translate the end of a call; one of theirs that nobody took has no duration."""
    ours = text(told.get("direction")) == OURS
    number, user_id = ("to", "to_user_id") if ours else ("from", "from_user_id")
    address = address_of(text(told.get(number)), text(told.get(user_id)))
    name, event = text(told.get("id")), text(told.get("event"))
    if event != "terminate" or not name or not address:
        return f"call {event}".strip()
    lasted = _duration(told.get("duration"))
    at = moment_of(told.get("start_time") or told.get("timestamp")) or received_at
    if lasted is not None:
        return [Called(address=address, external_id=name, sent_at=at, lasted=lasted, ours=ours)]
    if ours:
        return "call not taken"
    return [CallMissed(address=address, external_id=name, sent_at=at)]


def _duration(seconds: object) -> timedelta | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= LONGEST_CALL:
        return None
    return timedelta(seconds=seconds)


def _wish(address: str, name: str, word: ConsentWord, at: datetime, why: str) -> ConsentChanged:
    return ConsentChanged(
        address=address, external_id=name, word=word, source=why, sent_at=at, marketing=True
    )
