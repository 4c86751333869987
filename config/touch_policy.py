"""What holds for every touch: limits, hours and caps by law, subjects, read from TOML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.spans import Clock, Country, Day, Language, Open, Place, Span, Whole, Word, Zone
from routing.touch import Hours, Limits

Misfit = tuple[tuple[str | int, ...], str]
SHIPPED_POLICY = Path(__file__).with_name("touch_policy.toml")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a customer can choose to get; *label* and *hint* are by language."""

    key: str
    marketing: bool
    always: bool
    label: Mapping[str, str]
    hint: Mapping[str, str]


class TouchKnobs(BaseModel):
    """The section [touches] of the configuration: what is on, and where the account is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: tuple[Word, ...] = Field(
        default=(), description="Keys of the touches that are sent, like ['birthday', 'after_delivery']."
    )
    file: Path | None = Field(default=None, description="Your own touches.toml; leave out for ours.")
    policy_file: Path | None = Field(default=None, description="Your own touch_policy.toml; or ours.")
    wording: Path | None = Field(
        default=None, description="A folder of your own texts, which win over ours of the same name."
    )
    zone: Zone = Field(
        default="UTC", description="The account's time zone, for customers of whom nothing is known."
    )
    country: str = Field(
        default="", pattern=r"^([A-Z]{2})?$", description="The account's country, like 'PT' (ISO 3166-1)."
    )


class LimitsEntry(BaseModel):
    """The limits as written; what is left out keeps its value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    birthday_at: Clock | None = Field(default=None, description="The hour of birthday wishes.")
    feb29: Literal["feb28", "mar1"] | None = Field(default=None, description="'feb28' or 'mar1'.")
    settle: Span | None = Field(default=None, description="How long a birthday told today waits.")
    clamp: Span | None = Field(default=None, description="How far from closing a birthday is put.")
    cooldown: Span | None = Field(default=None, description="Between two birthday wishes.")
    youngest: Whole | None = Field(default=None, ge=0, le=120, description="Years of age.")
    hours: Open | None = Field(default=None, description="Allowed hours where no law says less.")
    a_day: Whole | None = Field(default=None, ge=0, description="Marketing touches a day.")
    a_week: Whole | None = Field(default=None, ge=0, description="Marketing touches in any 7 days.")
    gap: Span | None = Field(default=None, description="The least between two marketing touches.")
    soft_opt_in: tuple[Country, ...] | None = Field(default=None, description="Countries, like 'GB'.")
    channels: tuple[str, ...] | None = Field(default=None, description="The account's order.")
    released_after: Span | None = Field(default=None, description="How long an open conversation holds.")
    complaint_birthday: Span | None = Field(default=None, description="From complaint to birthday.")
    complaint_follow_up: Span | None = Field(default=None, description="From complaint to follow-up.")
    follow_up_valid: Span | None = Field(default=None, description="How late a follow-up may be.")
    guess_margin: Span | None = Field(default=None, description="Kept from the ends of hours.")
    salt: str | None = Field(default=None, min_length=1, description="Draws who is left out.")


class HoursEntry(BaseModel):
    """One place's allowed hours as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Place = Field(description="A country or a state, like 'FR' or 'US-TX'.")
    week: dict[str, Open] = Field(
        min_length=1, description="Hours by days, like { mon-sat = ['09:00', '21:00'] }."
    )
    holidays: str = Field(
        default="", pattern=r"^([A-Z]{2})?$", description="The country whose public holidays are closed."
    )
    since: Day = Field(description="The day from which the row is known to hold.")
    source: str = Field(min_length=3, description="Where the law says so.")
    reviewed: Day = Field(description="The day somebody last compared the row with its source.")


class CapEntry(BaseModel):
    """One place's cap as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: Place = Field(description="A country or a state, like 'US-FL'.")
    touches: Whole = Field(ge=1, description="How many at most.")
    within: Span = Field(description="In how long, like '24 hours'.")
    source: str = Field(min_length=3, description="Where the law says so.")
    reviewed: Day = Field(description="The day somebody last compared the row with its source.")


class SubjectEntry(BaseModel):
    """One subject as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Word = Field(description="A short word in small letters that never changes, like 'news'.")
    marketing: bool = Field(description="Whether it needs consent and keeps to hours and caps.")
    always: bool = Field(default=False, description="Whether customers cannot switch it off.")
    label: dict[Language, str] = Field(min_length=1, description="What customers see, by language.")
    hint: dict[Language, str] = Field(default_factory=dict, description="A few words below it.")


class TouchPolicy(BaseModel):
    """A policy file, or the part of touches.toml that differs from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limits: LimitsEntry = Field(default=LimitsEntry(), description="[limits]: numbers for all touches.")
    hours: tuple[HoursEntry, ...] = Field(default=(), description="[[hours]]: allowed hours by law.")
    caps: tuple[CapEntry, ...] = Field(default=(), description="[[caps]]: caps by law.")
    subjects: tuple[SubjectEntry, ...] = Field(default=(), description="[[subjects]]: what to choose.")


def misfits(policy: TouchPolicy, channels: Sequence[str] | None = None) -> list[Misfit]:
    """List what does not fit in one file, or names none of the *channels*, with its place and a sentence."""
    found: list[Misfit] = [
        (("limits", "channels"), f"there is no channel {name!r}")
        for name in policy.limits.channels or ()
        if channels is not None and name not in channels
    ]
    for noun, keys in (
        ("hours", [row.place for row in policy.hours]),
        ("caps", [row.place for row in policy.caps]),
        ("subjects", [row.key for row in policy.subjects]),
    ):
        name = "key" if noun == "subjects" else "place"
        found += [
            ((noun, n, name), f"{key} is written twice") for n, key in enumerate(keys) if key in keys[:n]
        ]
    for number, row in enumerate(policy.hours):
        try:
            week(row.week)
        except ValueError as error:
            found.append((("hours", number, "week"), str(error)))
    return found


def week(written: Mapping[str, tuple[time, time]]) -> tuple[tuple[time, time] | None, ...]:
    """Spread hours by days ("mon", "mon-fri") over seven days from Monday; raises ValueError."""
    spread: list[tuple[time, time] | None] = [None] * 7
    for days, hours in written.items():
        first, _, last = days.partition("-")
        if first not in DAYS or (last or first) not in DAYS or DAYS.index(last or first) < DAYS.index(first):
            raise ValueError(f"{days!r} are no days: write 'mon-fri' or 'sat'")
        for number in range(DAYS.index(first), DAYS.index(last or first) + 1):
            if spread[number] is not None:
                raise ValueError(f"{DAYS[number]} stands there twice")
            spread[number] = hours
    return tuple(spread)


def limits_of(
    layers: Sequence[TouchPolicy], knobs: TouchKnobs, language: str, channels: Sequence[str] = ()
) -> Limits:
    """Make Limits of policies, the later ones winning; *channels* is the order where none is written."""
    numbers: dict[str, Any] = {"channels": tuple(channels)}
    laws: dict[str, Hours] = {}
    caps: dict[str, tuple[int, timedelta]] = {}
    for layer in layers:
        said = layer.limits.model_dump(exclude_none=True)
        numbers |= {name: value for name, value in said.items() if value != () or name != "channels"}
        laws |= {row.place: _hours(row) for row in layer.hours}
        caps |= {row.place: (row.touches, row.within) for row in layer.caps}
    return Limits(
        zone=knobs.zone,
        country=knobs.country,
        language=language,
        laws=MappingProxyType(laws),
        place_caps=MappingProxyType(caps),
        **numbers,
    )


def subjects_of(layers: Sequence[TouchPolicy]) -> tuple[Subject, ...]:
    """List the subjects in their order; a later row of the same key takes the earlier one's place."""
    rows = {row.key: row for layer in layers for row in layer.subjects}
    return tuple(
        Subject(
            key=row.key,
            marketing=row.marketing,
            always=row.always,
            label=MappingProxyType(row.label),
            hint=MappingProxyType(row.hint),
        )
        for row in rows.values()
    )


def _hours(row: HoursEntry) -> Hours:
    return Hours(
        place=row.place,
        week=week(row.week),
        holidays=row.holidays,
        since=row.since,
        source=row.source,
        reviewed=row.reviewed,
    )
