"""What a customer did, by WhatsApp's word: wrote, changed, took back, reacted, moved to another number."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Final

from bots.channel import ConsentChanged, Deleted, Edited, Event, MessageIn, Reacted
from bots.consent_words import said as consent_word
from bots.consent_words import said_of_offers
from bots.json_body import Json, table, text
from bots.meta_values import moment_of
from bots.whatsapp.people import SCHEME, People, Person, address_of
from bots.whatsapp.saying import content, kind_of

QUIET: Final = frozenset({"request_welcome", "ephemeral"})
"""Kinds that tell of something done, with nothing said."""
WRITTEN: Final = frozenset({"text", "button"})
"""Kinds in which the customer's own words may be a consent word."""


def message(said: Json, people: People, received_at: datetime) -> list[Event] | str:
    """Translate one of `messages`; a text is the name of what is passed over."""
    kind = text(said.get("type"))
    if kind in QUIET:
        return kind
    person = people.find(text(said.get("from")), text(said.get("from_user_id")))
    if person is None:
        return "message of nobody"
    at = moment_of(said.get("timestamp")) or received_at
    match kind:
        case "reaction":
            reaction = table(said.get("reaction"))
            name, emoji = text(reaction.get("message_id")), text(reaction.get("emoji"))
            if not name:
                return "reaction to nothing"
            return [Reacted(address=person.address, external_id=name, emoji=emoji, sent_at=at)]
        case "edit" | "revoke":
            return _changed(table(said.get(kind)), kind, person, at)
        case "system":
            return _moved(said, person, at)
        case _:
            return _said(said, kind, person, at)


def identifier(said: Json) -> str:
    """Give Meta's identifier of a message; without one, one that is made of the whole of it."""
    known = text(said.get("id"))
    if known:
        return known
    return "sha256:" + sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:40]


def _said(said: Json, kind: str, person: Person, at: datetime) -> list[Event]:
    words, attachments = content(said)
    context = table(said.get("context"))
    name = identifier(said)
    events: list[Event] = [
        MessageIn(
            address=person.address,
            external_id=name,
            text=_with_product(words, table(context.get("referred_product"))),
            also=person.also,
            attachments=attachments,
            sent_at=at,
            sender_name=person.name,
            reply_to=text(context.get("id")),
            raw=said,
        )
    ]
    offers = said_of_offers(words) if kind in WRITTEN else None
    meant = offers or (consent_word(words) if kind in WRITTEN else None)
    if meant is not None:
        changed = ConsentChanged(
            address=person.address,
            external_id=name,
            word=meant[0],
            source=meant[1],
            sent_at=at,
            wording=words,
            marketing=offers is not None,
        )
        events.append(changed)
    return events


def _with_product(words: str, product: Json) -> str:
    """Say which product of the catalogue is asked about: "is this in red?" means nothing without it."""
    name = text(product.get("product_retailer_id"))
    return f"{words}\n[about: {name}]".strip() if name else words


def _changed(change: Json, kind: str, person: Person, at: datetime) -> list[Event] | str:
    name = text(change.get("original_message_id"))
    if not name:
        return f"{kind} of nothing"
    if kind == "revoke":
        return [Deleted(address=person.address, external_id=name, sent_at=at)]
    new = table(change.get("message"))
    if not kind_of(new):
        return "edit into nothing"
    words, _ = content(new)
    return [Edited(address=person.address, external_id=name, text=words, sent_at=at)]


def _moved(said: Json, person: Person, at: datetime) -> list[Event] | str:
    """Tell of a customer with a new number or identifier: they are who they were."""
    system = table(said.get("system"))
    kind = text(system.get("type"))
    number = text(system.get("wa_id")) or text(system.get("new_wa_id"))
    user_id = text(system.get("user_id")) or text(system.get("new_user_id"))
    address = address_of(number, user_id)
    if kind not in ("user_changed_number", "user_changed_user_id") or not address:
        return f"system {kind}"
    known = (person.address, *person.also, *((SCHEME + user_id,) if user_id else ()))
    also = tuple(dict.fromkeys(one for one in known if one != address))
    moved = MessageIn(
        address=address,
        external_id=identifier(said),
        text=_bracketed(text(system.get("body")) or "The customer has a new number."),
        also=also,
        sent_at=at,
        sender_name=person.name,
        raw=said,
    )
    return [moved]


def _bracketed(words: str) -> str:
    return f"[{words}]"
