"""What Twilio's hooks say of WhatsApp: messages, consent words and what became of ours.

Source: https://www.twilio.com/docs/messaging/guides/webhook-request (whatsapp-specific parameters).
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from bots import consent_words
from bots.channel import Attachment, AttachmentKind, ConsentChanged, Event, Hook, MessageIn, Reading
from bots.twilio_consent import by_twilio
from bots.twilio_forms import Form, open_hook
from bots.twilio_reading import attachments_of, first, named, told
from bots.twilio_whatsapp.codes import CODES

SCHEME: Final = "whatsapp:"
OTHER_SCHEME: Final = re.compile(r"[a-z]+:")
SHOWN_AS: Final[dict[str, AttachmentKind]] = {"audio/ogg": "voice", "image/webp": "sticker"}
"""What WhatsApp makes itself: notes that are spoken into it, and stickers."""


def read(hook: Hook, token: bytes) -> Reading:
    """Check and translate one hook; raises BadSignature, or Malformed naming what is missing."""
    forms = open_hook(hook, token)
    return told(forms, hook.received_at, message=_message, address_of=address_of, codes=CODES)


def address_of(sender: str) -> str:
    """Make an address of a number or of an identifier; some hooks come without the scheme."""
    return sender if OTHER_SCHEME.match(sender) else f"{SCHEME}{sender}"


def _message(form: Form, received_at: datetime) -> list[Event]:
    """Translate an inbound message; Twilio gives no time, so it was sent when it came."""
    sid, sender = named(form)
    address = address_of(sender)
    # A pressed button or a chosen row has its words in Body too, as far as we have seen; not by promise.
    text = first(form, "Body") or first(form, "ButtonText") or first(form, "ListTitle")
    message = MessageIn(
        address=address,
        external_id=sid,
        text=text,
        also=_also(form, address),
        attachments=tuple(map(_shown, attachments_of(form))),
        sent_at=received_at,
        sender_name=first(form, "ProfileName"),
        reply_to=first(form, "OriginalRepliedMessageSid"),
        raw=form,
    )
    # Only an opt-out list of a messaging service acts on words here: by itself Twilio does not.
    taken = first(form, "OptOutType")
    word = (by_twilio(taken) if taken else None) or consent_words.said(text)
    offers = consent_words.said_of_offers(text) if word is None else None
    meant = word or offers
    if meant is None:
        return [message]
    changed = ConsentChanged(
        address=address,
        external_id=sid,
        word=meant[0],
        source=meant[1],
        sent_at=received_at,
        wording=text,
        marketing=offers is not None,
    )
    return [message, changed]


def _also(form: Form, address: str) -> tuple[str, ...]:
    """List the sender's other addresses: the identifier beside a number, the number beside an identifier."""
    identifier, number = first(form, "ExternalUserId").strip(), first(form, "WaId").strip().lstrip("+")
    found = [address_of(identifier)] if identifier else []
    if number.isascii() and number.isdigit():
        found.append(f"{SCHEME}+{number}")
    return tuple(dict.fromkeys(one for one in found if one != address))


def _shown(attachment: Attachment) -> Attachment:
    plain = attachment.content_type.partition(";")[0].strip().lower()
    kind = SHOWN_AS.get(plain)
    return attachment if kind is None else replace(attachment, kind=kind)
