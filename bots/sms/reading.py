"""What Twilio's hooks say of texts: messages, consent words and what became of ours."""

import re
from datetime import datetime
from typing import Final

from bots.channel import ConsentChanged, Event, Hook, MessageIn, Reading
from bots.sms.codes import CODES
from bots.twilio_consent import said
from bots.twilio_forms import Form, open_hook
from bots.twilio_reading import attachments_of, first, named, told

OTHER_SCHEME: Final = re.compile(r"[a-z]+:")


def read(hook: Hook, token: bytes) -> Reading:
    """Check and translate one hook; raises BadSignature, or Malformed naming what is missing."""
    forms = open_hook(hook, token)
    return told(forms, hook.received_at, message=_message, address_of=address_of, codes=CODES)


def address_of(sender: str) -> str:
    """Make an address of a sender: a number, a short code or a name; other schemes stay as they are."""
    return sender if OTHER_SCHEME.match(sender) else f"tel:{sender}"


def _message(form: Form, received_at: datetime) -> list[Event]:
    """Translate an inbound message; Twilio gives no time, so it was sent when it came."""
    sid, sender = named(form)
    text, address = first(form, "Body"), address_of(sender)
    message = MessageIn(
        address=address,
        external_id=sid,
        text=text,
        attachments=attachments_of(form),
        sent_at=received_at,
        sender_name=first(form, "ProfileName"),
        reply_to=first(form, "OriginalRepliedMessageSid"),
        raw=form,
    )
    word = said(text, first(form, "OptOutType"))
    if word is None:
        return [message]
    changed = ConsentChanged(
        address=address, external_id=sid, word=word[0], source=word[1], sent_at=received_at, wording=text
    )
    return [message, changed]
