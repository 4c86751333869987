"""What the hooks of Twilio's messages say, whatever network carried them.

Sources: https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from typing import Final

from bots.channel import (
    Attachment,
    ConsentChanged,
    Event,
    Reading,
    Receipt,
    ReceiptStatus,
    Response,
)
from bots.errors import Malformed
from bots.media_types import kind_of
from bots.twilio_codes import Codes, sentence
from bots.twilio_forms import Form

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
UNTOLD: Final = frozenset({"accepted", "scheduled", "queued", "sending"})
"""Statuses that tell an agent nothing; they are skipped by name, as is every one that is new."""
OPTED_OUT: Final = "21610"

Translate = Callable[[Form, datetime], list[Event]]
"""Make the events of an inbound message, which came at the given time."""
AddressOf = Callable[[str], str]
"""Make our address of the provider's."""


def told(
    forms: Iterable[Form],
    received_at: datetime,
    *,
    message: Translate,
    address_of: AddressOf,
    codes: Codes,
) -> Reading:
    """Translate checked *forms*, each a message or a status.

    Raises Malformed naming what is missing, unless another of them can be read.
    """
    events: list[Event] = []
    skipped: list[str] = []
    broken: list[Malformed] = []
    for form in forms:
        status = (first(form, "MessageStatus") or first(form, "SmsStatus")).lower()
        try:
            if status in INBOUND:
                events.extend(message(form, received_at))
            elif status in STATUSES:
                receipt = _receipt(form, status, received_at, address_of, codes)
                events += [receipt, *_refused(receipt)]
            else:
                skipped.append(f"status {status}"[:64])
        except Malformed as error:
            broken.append(error)
    if broken and not events:
        raise broken[0]
    skipped += [error.reason for error in broken]
    return Reading(events=tuple(events), response=RESPONSE, skipped=tuple(skipped))


def first(form: Form, name: str) -> str:
    """Give the (first) value of *name*, empty where there is none."""
    value = form.get(name, "")
    if isinstance(value, str):
        return value
    return value[0] if value else ""


def sid_of(form: Form) -> str:
    """Give the message's identifier, whichever name it has."""
    return first(form, "MessageSid") or first(form, "SmsMessageSid") or first(form, "SmsSid")


def named(form: Form) -> tuple[str, str]:
    """Give identifier and sender of an inbound message; raises Malformed naming what is missing."""
    sid, sender = sid_of(form), first(form, "From").strip()
    if sid and sender:
        return sid, sender
    missing = [name for name, value in (("MessageSid", sid), ("From", sender)) if not value]
    raise Malformed(f"The hook lacks {' and '.join(missing)}.")


def attachments_of(form: Form) -> tuple[Attachment, ...]:
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
        found.extend(_location(form))
    return tuple(found)


def _location(form: Form) -> list[Attachment]:
    try:
        where = float(first(form, "Latitude")), float(first(form, "Longitude"))
    except ValueError:
        return []
    if not (abs(where[0]) <= 90 and abs(where[1]) <= 180):
        return []
    name = first(form, "Label") or first(form, "Address")
    return [Attachment(kind="location", name=name, latitude=where[0], longitude=where[1])]


def _refused(receipt: Receipt) -> list[Event]:
    """Say that the customer stopped, where Twilio tells it by a status: of a Messaging Service it does."""
    if receipt.code != OPTED_OUT or not receipt.address:
        return []
    return [
        ConsentChanged(
            address=receipt.address,
            external_id=f"{receipt.external_id}:{OPTED_OUT}",
            word="stop",
            source="provider",
            sent_at=receipt.sent_at,
            wording=receipt.reason,
        )
    ]


def _receipt(form: Form, word: str, received_at: datetime, address_of: AddressOf, codes: Codes) -> Receipt:
    sid, to = sid_of(form), first(form, "To").strip()
    if not sid:
        raise Malformed("The hook lacks MessageSid.")
    status = STATUSES[word]
    code = first(form, "ErrorCode") if status == "failed" else ""
    code = "" if code == "0" else code
    if status != "failed":
        reason = ""
    elif word == "canceled":
        reason = "The message was cancelled at Twilio before it was sent."
    else:
        reason = sentence(codes, code, first(form, "ErrorMessage"))
    return Receipt(
        external_id=sid,
        status=status,
        sent_at=received_at,
        address=address_of(to) if to else "",
        code=code,
        reason=reason,
    )
