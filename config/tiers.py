"""The pyramid as it is written: who is served first, and how soon we answer."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from config.spans import Duration, Whole, Word

NEVER: Final = timedelta.max
"""What "none" becomes until it is settled: nothing is promised."""


def _or_none(written: object) -> object:
    return NEVER if written == "none" else written


Promise = Annotated[Duration, BeforeValidator(_or_none)]


class TargetEntry(BaseModel):
    """How soon we answer, in the team's open hours; "none" promises nothing, what is left out is ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_reply: Promise | None = Field(
        default=None, description="How soon the first answer is there, like '30m', or 'none'."
    )
    next_reply: Promise | None = Field(
        default=None, description="How soon each answer after it is there, like '1h', or 'none'."
    )
    resolution: Promise | None = Field(
        default=None, description="How soon the matter is settled, like '16h' of open time, or 'none'."
    )


class ChannelTarget(BaseModel):
    """How soon we answer on a channel where that differs; what is left out is the tier's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_reply: Duration | None = Field(default=None, description="How soon the first answer is there.")
    next_reply: Duration | None = Field(default=None, description="How soon each answer after it is there.")
    resolution: Duration | None = Field(default=None, description="How soon the matter is settled.")


class TierEntry(TargetEntry):
    """A place in the pyramid; for one of ours, only what differs is written."""

    rank: Whole | None = Field(
        default=None, ge=0, le=1000, description="The lower, the sooner served: ours are 10, 20, 30 and 40."
    )
    channels: dict[Word, ChannelTarget] = Field(
        default_factory=dict, description="Targets of their own, by channel or kind of channel."
    )


class AnsweringKnobs(BaseModel):
    """How long we wait for somebody, and when nobody may wait longer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    patience: Duration = Field(
        default=timedelta(minutes=10),
        description="How long a customer waits for their account manager who is back soon, like '10m'.",
    )
    bound: float = Field(
        default=3.0,
        ge=1,
        le=100,
        description="Nobody waits longer than this many times the longest first-reply target.",
    )
    warn_share: float = Field(
        default=0.75,
        gt=0,
        lt=1,
        description="The share of a target that has passed when the owner is warned.",
    )
    unknown_tier: Word = Field(
        default="lead", description="The tier of customers whose tier nobody has said."
    )


def _tier(rank: int, first: int, later: int, hours: int, chat: int) -> TierEntry:
    """Make a shipped tier: minutes to answers, hours to the end, minutes to any answer on a web chat."""
    return TierEntry(
        rank=rank,
        first_reply=timedelta(minutes=first),
        next_reply=timedelta(minutes=later),
        resolution=timedelta(hours=hours),
        channels={
            "webchat": ChannelTarget(first_reply=timedelta(minutes=chat), next_reply=timedelta(minutes=chat))
        },
    )


SHIPPED_TIERS: Mapping[str, TierEntry] = MappingProxyType(
    {
        "platinum": _tier(10, 10, 15, 8, 2),
        "gold": _tier(20, 30, 45, 16, 5),
        "iron": _tier(30, 120, 120, 24, 10),
        "lead": _tier(40, 240, 240, 40, 15),
    }
)


def whole_tiers(written: Mapping[str, TierEntry]) -> dict[str, TierEntry]:
    """Put what was written over the shipped tiers; a tier of the operator's own stands as it is."""
    keys = dict.fromkeys((*SHIPPED_TIERS, *written))
    return {key: _over(SHIPPED_TIERS.get(key, TierEntry()), written.get(key)) for key in keys}


def _over(ours: TierEntry, theirs: TierEntry | None) -> TierEntry:
    if theirs is None:
        return ours
    said = {name: value for name, value in _said(theirs).items() if name != "channels"}
    channels = dict(ours.channels)
    for channel, target in theirs.channels.items():
        channels[channel] = channels.get(channel, ChannelTarget()).model_copy(update=_said(target))
    return ours.model_copy(update={**said, "channels": channels})


def _said(entry: BaseModel) -> dict[str, object]:
    return {name: getattr(entry, name) for name in sorted(entry.model_fields_set)}
