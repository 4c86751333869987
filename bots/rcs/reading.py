"""What Twilio's hooks say of RCS: messages, consent words and what became of ours.

Source: https://www.twilio.com/docs/rcs/send-an-rcs-message
"""

import re
from datetime import datetime
from typing import Final

from bots.channel import ConsentChanged, Event, Hook, MessageIn, Reading
from bots.rcs.codes import CODES
from bots.twilio_consent import said
from bots.twilio_forms import Form, open_hook
from bots.twilio_reading import attachments_of, first, named, told

SCHEME: Final = "rcs:"
NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
OTHER_SCHEME: Final = re.compile(r"[a-z]+:")


def read(hook: Hook, token: bytes) -> Reading:
    """Check and translate one hook; raises BadSignature, or Malformed naming what is missing."""
    forms = open_hook(hook, token)
    return told(forms, hook.received_at, message=_message, address_of=address_of, codes=CODES)


def address_of(sender: str) -> str:
    """Make an address of a number; one that bears a scheme stays as it is."""
    return sender if OTHER_SCHEME.match(sender) else f"{SCHEME}{sender}"


def _message(form: Form, received_at: datetime) -> list[Event]:
    """Translate an inbound message; Twilio gives no time, so it was sent when it came."""
    sid, sender = named(form)
    address = address_of(sender)
    text = first(form, "Body") or first(form, "ButtonText")
    number = address.removeprefix(SCHEME)
    by_text = f"tel:{number}" if NUMBER.fullmatch(number) else ""
    message = MessageIn(
        address=address,
        external_id=sid,
        text=text,
        also=(by_text,) if by_text else (),  # RCS has no other name than the phone's own number
        attachments=attachments_of(form),
        sent_at=received_at,
        sender_name=first(form, "ProfileName"),
        reply_to=first(form, "OriginalRepliedMessageSid"),
        raw=form,
    )
    word = said(text, first(form, "OptOutType"))
    if word is None:
        return [message]
    changes: list[Event] = [
        ConsentChanged(
            address=one,
            external_id=key,
            word=word[0],
            source=word[1],
            sent_at=received_at,
            wording=text,
        )
        # Since March 2026 Twilio keeps one opt-out for RCS, SMS and MMS.
        for one, key in ((address, sid), (by_text, f"{sid}:sms"))
        if one
    ]
    return [message, *changes]
