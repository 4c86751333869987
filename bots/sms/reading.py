"""What Twilio's hooks say: messages, consent words and what became of ours.

Sources: https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks.
"""

import re
from datetime import datetime
from itertools import count
from typing import Final

from bots.channel import (
    Attachment,
    AttachmentKind,
    ConsentChanged,
    Event,
    Hook,
    MessageIn,
    Reading,
    Receipt,
    ReceiptStatus,
    Response,
)
from bots.errors import Malformed
from bots.sms.codes import sentence
from bots.sms.consent import said
from bots.sms.forms import Form, open_hook

# Words in plain text would be sent to the customer: an empty TwiML document says nothing.
RESPONSE: Final = Response(body="<Response/>", content_type="text/xml")
INBOUND: Final = frozenset({"", "received", "receiving"})
STATUSES: Final[dict[str, ReceiptStatus]] = {
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
CONTACT_TYPES: Final = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
OTHER_SCHEME: Final = re.compile(r"[a-z]+:")


def read(hook: Hook, token: bytes) -> Reading:
    """Check and translate one hook; raises BadSignature, or Malformed naming what is missing."""
    events: list[Event] = []
    skipped: list[str] = []
    for form in open_hook(hook, token):
        status = (first(form, "MessageStatus") or first(form, "SmsStatus")).lower()
        if status in INBOUND:
            events.extend(_message(form, hook.received_at))
        elif status in STATUSES:
            events.append(_receipt(form, STATUSES[status], status, hook.received_at))
        else:
            skipped.append(f"status {status}"[:64])
    return Reading(events=tuple(events), response=RESPONSE, skipped=tuple(skipped))


def first(form: Form, name: str) -> str:
    """Give the (first) value of *name*, empty where there is none."""
    value = form.get(name, "")
    if isinstance(value, str):
        return value
    return value[0] if value else ""


def address_of(sender: str) -> str:
    """Make an address of a sender: a number, a short code or a name; other schemes stay as they are."""
    sender = sender.strip()
    return sender if OTHER_SCHEME.match(sender) else f"tel:{sender}"


def _sid(form: Form) -> str:
    return first(form, "MessageSid") or first(form, "SmsMessageSid") or first(form, "SmsSid")


def _message(form: Form, received_at: datetime) -> list[Event]:
    """Translate an inbound message; Twilio gives no time, so it was sent when it came."""
    sid, sender, text = _sid(form), first(form, "From"), first(form, "Body")
    missing = [name for name, value in (("MessageSid", sid), ("From", sender.strip())) if not value]
    if missing:
        raise Malformed(f"The hook lacks {' and '.join(missing)}.")
    address = address_of(sender)
    message = MessageIn(
        address=address,
        external_id=sid,
        text=text,
        attachments=_attachments(form),
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


def _attachments(form: Form) -> tuple[Attachment, ...]:
    """Collect the media; NumMedia is not asked, since some senders of this form leave it out."""
    found: list[Attachment] = []
    if "MediaUrl0" in form:
        for index in count():
            if f"MediaUrl{index}" not in form:
                break
            content_type = first(form, f"MediaContentType{index}")
            ref = first(form, f"MediaUrl{index}")
            found.append(Attachment(kind=kind_of(content_type), ref=ref, content_type=content_type))
    if "Latitude" in form and "Longitude" in form:
        found.extend(_location(first(form, "Latitude"), first(form, "Longitude"), first(form, "Label")))
    return tuple(found)


def kind_of(content_type: str) -> AttachmentKind:
    """Choose the kind of attachment for a MIME type."""
    plain = content_type.partition(";")[0].strip().lower()
    if plain in CONTACT_TYPES:
        return "contact"
    match plain.partition("/")[0]:
        case "image":
            return "image"
        case "audio":
            return "audio"
        case "video":
            return "video"
        case _:
            return "document"


def _location(latitude: str, longitude: str, name: str) -> list[Attachment]:
    try:
        where = float(latitude), float(longitude)
    except ValueError:
        return []
    if not (abs(where[0]) <= 90 and abs(where[1]) <= 180):
        return []
    return [Attachment(kind="location", name=name, latitude=where[0], longitude=where[1])]


def _receipt(form: Form, status: ReceiptStatus, word: str, received_at: datetime) -> Receipt:
    sid, to = _sid(form), first(form, "To").strip()
    if not sid:
        raise Malformed("The hook lacks MessageSid.")
    code = first(form, "ErrorCode") if status == "failed" else ""
    code = "" if code == "0" else code
    if status != "failed":
        reason = ""
    elif word == "canceled":
        reason = "The message was cancelled at Twilio before it was sent."
    else:
        reason = sentence(code, first(form, "ErrorMessage"))
    return Receipt(
        external_id=sid,
        status=status,
        sent_at=received_at,
        address=address_of(to) if to else "",
        code=code,
        reason=reason,
    )
