"""The events that a script posts, as it writes them; `schema.json` says the same for other languages.

A field that is not here is a mistake and named: a misspelt optional field would be lost in silence.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from bots.channel import AttachmentKind, ConsentWord, ReceiptStatus


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time is outside of the calendar") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Address = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*:\S+$", max_length=500)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Seconds = Annotated[float, Field(ge=0, le=timedelta(days=7).total_seconds())]


class Said(BaseModel):
    """What all events have."""

    model_config = ConfigDict(extra="forbid")

    sent_at: Moment | None = Field(
        default=None, description="When it happened, RFC 3339 with a zone; when it came, if left out."
    )


class File(BaseModel):
    """A file at a web address, or a place on the map."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, StringConstraints(pattern=r"^(|https?://\S+)$", max_length=8_192)] = Field(
        default="", description="Where the file is fetched, once; media_origin says where with credentials."
    )
    kind: AttachmentKind | None = Field(default=None, description="Told by the type or the name if left out.")
    name: str = Field(default="", description="The file's name.")
    content_type: str = Field(default="", description="The MIME type.")
    size: int | None = Field(default=None, ge=0, description="Bytes.")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="Degrees, of a location.")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="Degrees, of a location.")

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.kind == "location":
            if self.latitude is None or self.longitude is None:
                raise ValueError("a location needs latitude and longitude")
        elif not self.url:
            raise ValueError("a file needs its url")
        return self


class MessageSaid(Said):
    """The customer wrote."""

    type: Literal["message"]
    address: Address = Field(description="Whose, with the scheme of the settings, as in tel:+34600123456.")
    external_id: Id = Field(description="The provider's own; the same id is the same message.")
    text: str = Field(default="", description="What they wrote; may bear the marks *bold*, _italic_.")
    also: tuple[Address, ...] = Field(default=(), description="Other addresses of this very person.")
    subject: str = Field(default="", description="What stands above it.")
    attachments: tuple[File, ...] = Field(default=(), max_length=100, description="Files and places.")
    sender_name: str = Field(default="", description="What the provider calls them.")
    language: str = Field(default="", max_length=35, description="Their language, as in pt or pt-BR.")
    reply_to: str = Field(default="", description="The id of the message that this one answers.")
    group: str = Field(default="", description="What binds several messages to one, as an album.")
    raw: Any = Field(default=None, description="The provider's own words, kept beside.")


class EditedSaid(Said):
    """The customer changed a message."""

    type: Literal["edited"]
    address: Address
    external_id: Id = Field(description="Of the message.")
    text: str = Field(description="What it says now.")


class DeletedSaid(Said):
    """The customer took a message back."""

    type: Literal["deleted"]
    address: Address
    external_id: Id = Field(description="Of the message.")


class ReactedSaid(Said):
    """The customer reacted to a message of ours or theirs."""

    type: Literal["reacted"]
    address: Address
    external_id: Id = Field(description="Of the message.")
    emoji: str = Field(max_length=64, description="Empty where they took it off.")


class EchoedSaid(Said):
    """Another tool of yours sent this to the customer; it is shown and not sent again."""

    type: Literal["echoed"]
    address: Address
    external_id: Id
    text: str = ""
    attachments: tuple[File, ...] = Field(default=(), max_length=100)


class ReceiptSaid(Said):
    """What became of a message of ours, or of all up to a time."""

    type: Literal["receipt"]
    status: ReceiptStatus
    external_id: str = Field(default="", max_length=500, description="The id that your answer gave.")
    address: Address | Literal[""] = ""
    up_to: Moment | None = Field(default=None, description="Without external_id: all sent until then.")
    code: str = Field(default="", max_length=100, description="The provider's code of a failure.")
    reason: str = Field(default="", description="A sentence for the agent; of a failure only.")

    @model_validator(mode="after")
    def _is_of_something(self) -> Self:
        if not self.external_id and not (self.address and self.up_to):
            raise ValueError("a receipt needs external_id, or address and up_to")
        return self


class ConsentSaid(Said):
    """The customer allowed or forbade messages."""

    type: Literal["consent"]
    address: Address
    external_id: Id = Field(description="Makes a repetition harmless; the message's own id will do.")
    word: ConsentWord = Field(description="stop, start, help, or join to ask for marketing.")
    source: str = Field(default="", description="Who says so, a sentence.")
    wording: str = Field(default="", description="What they wrote.")
    marketing: bool = Field(default=False, description="Only marketing stops; answers stay welcome.")


class CallMissedSaid(Said):
    """The customer rang and nobody answered."""

    type: Literal["call_missed"]
    address: Address
    external_id: Id
    rang: Seconds | None = Field(default=None, description="Seconds.")


class CalledSaid(Said):
    """A call that was spoken."""

    type: Literal["called"]
    address: Address
    external_id: Id
    lasted: Seconds = Field(description="Seconds.")
    ours: bool = Field(default=False, description="We rang.")


class TypingSaid(Said):
    """The customer is writing."""

    type: Literal["typing"]
    address: Address
