"""One hook's batch: each event by its type, and types that we do not know passed over."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Discriminator, Field, JsonValue, Tag

from bots.http.events import (
    CalledSaid,
    CallMissedSaid,
    ConsentSaid,
    DeletedSaid,
    EchoedSaid,
    EditedSaid,
    MessageSaid,
    ReactedSaid,
    ReceiptSaid,
    TypingSaid,
)

KNOWN: Final = frozenset(
    {
        "message",
        "edited",
        "deleted",
        "reacted",
        "echoed",
        "receipt",
        "consent",
        "call_missed",
        "called",
        "typing",
    }
)
NAMES: Final[list[JsonValue]] = [*sorted(KNOWN)]


class UnknownSaid(BaseModel):
    """A type that this version does not know: counted and passed over."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(json_schema_extra={"not": {"enum": NAMES}})


def _tag(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) and kind in KNOWN else "unknown"


SaidEvent = Annotated[
    Annotated[MessageSaid, Tag("message")]
    | Annotated[EditedSaid, Tag("edited")]
    | Annotated[DeletedSaid, Tag("deleted")]
    | Annotated[ReactedSaid, Tag("reacted")]
    | Annotated[EchoedSaid, Tag("echoed")]
    | Annotated[ReceiptSaid, Tag("receipt")]
    | Annotated[ConsentSaid, Tag("consent")]
    | Annotated[CallMissedSaid, Tag("call_missed")]
    | Annotated[CalledSaid, Tag("called")]
    | Annotated[TypingSaid, Tag("typing")]
    | Annotated[UnknownSaid, Tag("unknown")],
    Discriminator(_tag),
]


class Batch(BaseModel):
    """One hook: whatever happened, in order."""

    model_config = ConfigDict(extra="forbid", title="Events for tidings' HTTP channel")

    events: tuple[SaidEvent, ...] = Field(max_length=1_000, description="One to a thousand.")
