"""What a hook says: the values that come in over the border of a channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

AttachmentKind = Literal["image", "audio", "voice", "video", "document", "sticker", "location", "contact"]
ReceiptStatus = Literal["sent", "delivered", "read", "failed"]
ConsentWord = Literal["stop", "start", "help", "join"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One webhook call as it came: *url* is the public one, header names are lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Something sent with a message; *ref* is what `fetch` needs, size is in bytes.

    A location has latitude and longitude in degrees and nothing to fetch (*ref* empty).
    """

    kind: AttachmentKind
    ref: str = ""
    name: str = ""
    content_type: str = ""
    size: int | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageIn:
    """What a customer said. The same *external_id* on one channel is the same message.

    *text* may bear the marks of `bots.marks`. *also* are other addresses that the provider says are this
    very person's (a number beside an id); a *subject* stands above an e-mail.
    """

    address: str
    external_id: str
    text: str = ""
    also: tuple[str, ...] = ()
    subject: str = ""
    attachments: tuple[Attachment, ...] = ()
    sent_at: datetime
    sender_name: str = ""
    language: str = ""
    reply_to: str = ""
    group: str = ""
    raw: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The customer changed the message *external_id*."""

    address: str
    external_id: str
    text: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The customer took the message *external_id* back."""

    address: str
    external_id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """The customer reacted to the message *external_id*; an empty *emoji* takes it back."""

    address: str
    external_id: str
    emoji: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Echoed:
    """Something that left our account for the customer by another tool than this one, under *external_id*."""

    address: str
    external_id: str
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of the message *external_id* that we sent; *reason* is a sentence.

    Where the provider names no message, *external_id* is empty and it is so for all that we sent to
    *address* until *up_to*.
    """

    external_id: str
    status: ReceiptStatus
    sent_at: datetime
    up_to: datetime | None = None
    address: str = ""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentChanged:
    """The customer allowed or forbade messages; *external_id* makes a repeated hook harmless.

    Start opens the address again, join asks for marketing; *wording* is what they wrote. A stop of
    *marketing* alone leaves the address open for answers.
    """

    address: str
    external_id: str
    word: ConsentWord
    source: str
    sent_at: datetime
    wording: str = ""
    marketing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMissed:
    """The customer rang and nobody answered; *rang* is how long."""

    address: str
    external_id: str
    sent_at: datetime
    rang: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call that was spoken, for the log: *ours* where we rang; *lasted* is how long."""

    address: str
    external_id: str
    sent_at: datetime
    lasted: timedelta
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """The customer is writing."""

    address: str
    sent_at: datetime


Event = (
    MessageIn | Edited | Deleted | Reacted | Echoed | Receipt | ConsentChanged | CallMissed | Called | Typing
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the provider expects to hear once its hook is kept."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything one hook says; *skipped* names the kinds of event that mean nothing to us."""

    events: tuple[Event, ...] = ()
    response: Response = Response()
    skipped: tuple[str, ...] = ()
