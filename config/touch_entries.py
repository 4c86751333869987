"""Touches as they are written, in touches.toml or once."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from config.spans import Clock, Day, Language, Span, Whole, Word
from config.touch_policy import TouchPolicy
from routing.touch import Start

Stop = Literal["writes", "buys", "returns"]


class SegmentEntry(BaseModel):
    """Who a touch is for, as written; what is left out lets everybody in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tiers: tuple[Literal["platinum", "gold", "iron", "lead"], ...] = Field(
        default=(), description="Places in the pyramid."
    )
    tags: tuple[str, ...] = Field(default=(), description="Any of these tags.")
    without_tags: tuple[str, ...] = Field(default=(), description="None of these tags.")
    channels: tuple[str, ...] = Field(default=(), description="Those who can be reached over any of these.")
    languages: tuple[Language, ...] = Field(default=(), description="Any of these languages, like 'pt'.")
    ordered_within_days: Whole | None = Field(
        default=None, ge=1, description="Their last order is at most so many days ago."
    )
    not_ordered_within_days: Whole | None = Field(
        default=None, ge=1, description="Their last order is longer ago than so many days."
    )


def _numbered(written: object) -> object:
    """Take a list for the places 1, 2 and so on."""
    if not isinstance(written, list | tuple):
        return written
    return {str(number): variable for number, variable in enumerate(written, 1)}


class TemplateEntry(BaseModel):
    """A channel's approved template, as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        default="", max_length=512, description="What it is called at the provider; as the texts if left out."
    )
    variables: Annotated[dict[str, str], BeforeValidator(_numbered)] = Field(
        default_factory=dict,
        description="What its places stand for: ['name', 'order'] for {{1}} and {{2}}, or "
        "{ first_name = 'name' }; leave out where the two are called alike.",
    )


class TouchEntry(BaseModel):
    """A touch as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Word = Field(description="A short word in small letters that never changes, like 'birthday'.")
    name: str = Field(min_length=1, max_length=80, description="What agents see, like 'Birthday'.")
    start: Start = Field(
        description="What it follows: birthday, delivered, closed, unanswered, overdue, anniversary, "
        "rated, or once for a single day."
    )
    subject: str = Field(description="What it is about, as customers choose it: the key of a subject.")
    after: Span | None = Field(default=None, description="Elapsed time from its start, like '2 hours'.")
    days: Whole | None = Field(default=None, description="Calendar days from its start, like 3.")
    at: Clock | None = Field(default=None, description="The hour on the customer's clock, like '18:00'.")
    on: Day | None = Field(default=None, description="The day of a touch that is made once, like 2027-03-01.")
    valid: Span | None = Field(default=None, description="How late it may still leave, like '3 days'.")
    who: SegmentEntry = Field(default=SegmentEntry(), description="Who it is for.")
    channels: tuple[str, ...] = Field(
        default=(), description="Channels to try, in this order; leave out for the account's order."
    )
    wording: str = Field(
        default="",
        pattern=r"^([a-z0-9][a-z0-9_-]*)?$",
        description="The name of its texts; its key if left out.",
    )
    words: dict[str, str] = Field(
        default_factory=dict, description="The texts themselves by language, instead of files."
    )
    templates: dict[str, TemplateEntry] = Field(
        default_factory=dict,
        description="By channel, the approved template that goes once its window for free text is closed.",
    )
    belated: str = Field(
        default="",
        pattern=r"^([a-z0-9][a-z0-9_-]*)?$",
        description="The name of the texts for a birthday that has gone by.",
    )
    holdout: float = Field(default=0.0, ge=0, le=0.5, description="The share left out to compare.")
    approve: bool = Field(default=False, description="Whether an agent is asked before each one.")
    bulk_same_day: bool | None = Field(
        default=None, description="Whether a birthday imported today in bulk is wished today."
    )
    overdue_factor: float | None = Field(
        default=None, gt=1, le=20, description="How many of their usual intervals make one overdue."
    )
    rating_at_least: Whole | None = Field(default=None, ge=1, le=10, description="The least good rating.")
    stops: tuple[Stop, ...] | None = Field(
        default=None, description="What ends it before it leaves: writes, buys, returns."
    )


class TouchesFile(TouchPolicy):
    """A touches.toml: the touches, and where this account's policy differs."""

    touches: tuple[TouchEntry, ...] = Field(default=(), description="[[touches]]: when we write first.")
