"""What cannot be meant in a touch: fields that contradict, hours and offsets that never come."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from config.errors import meant
from config.telling import VARIABLES
from config.touch_entries import TouchEntry
from config.touch_policy import Subject
from config.wording import Wording
from routing.touch import Hours, Limits

BELONGS = {"on": "once", "belated": "birthday", "bulk_same_day": "birthday"} | {
    "overdue_factor": "overdue",
    "rating_at_least": "rated",
}
FARTHEST = {"birthday": 180, "anniversary": 364}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a touch may name; *channels* and *today* are None where they are not known."""

    subjects: Mapping[str, Subject]
    limits: Limits
    wording: Wording
    channels: Collection[str] | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that cannot be: at which *field*, *what* and its *remedy*."""

    field: str
    what: str
    remedy: str = ""


def wrong(entry: TouchEntry, known: Known) -> list[Wrong]:
    """List all that cannot be meant in one touch."""
    return [
        *_named(entry, known),
        *_filled(entry),
        *_belonging(entry),
        *_when(entry),
        *_never(entry, known),
        *_who(entry),
        *_said(entry, known),
    ]


def _named(entry: TouchEntry, known: Known) -> Iterator[Wrong]:
    if entry.subject not in known.subjects:
        yield Wrong(
            field="subject",
            what=f"there is no subject {entry.subject!r}",
            remedy=meant(entry.subject, [*known.subjects]),
        )
    for field, channels in (
        ("channels", entry.channels),
        ("who", entry.who.channels),
        ("templates", tuple(entry.templates)),
    ):
        for channel in channels if known.channels is not None else ():
            if channel not in (known.channels or ()):
                yield Wrong(
                    field=field,
                    what=f"there is no channel {channel!r}",
                    remedy=meant(channel, [*(known.channels or ())]),
                )


def _filled(entry: TouchEntry) -> Iterator[Wrong]:
    for template in entry.templates.values():
        for variable in template.variables.values():
            if variable not in VARIABLES:
                yield Wrong(
                    field="templates",
                    what=f"there is no variable {variable!r}",
                    remedy=meant(variable, [*VARIABLES]),
                )


def _belonging(entry: TouchEntry) -> Iterator[Wrong]:
    for field, start in BELONGS.items():
        if getattr(entry, field) and entry.start != start:
            yield Wrong(
                field=field,
                what=f"{field} belongs to start = {start!r}",
                remedy="Take it out, or change start.",
            )
    if entry.stops and entry.start in ("birthday", "once"):
        yield Wrong(
            field="stops",
            what=f"nothing goes before a {entry.start} touch that could stop it",
            remedy="Take stops out; an open conversation or complaint holds it anyway.",
        )
    if entry.words and entry.wording:
        yield Wrong(
            field="words", what="words and wording contradict each other", remedy="Keep one of the two."
        )


def _when(entry: TouchEntry) -> Iterator[Wrong]:
    if entry.start == "once":
        if entry.on is None or entry.at is None:
            yield Wrong(
                field="on",
                what="a touch made once needs on and at",
                remedy='Write on = 2027-03-01 and at = "10:00".',
            )
        for field in ("after", "days"):
            if getattr(entry, field) is not None:
                yield Wrong(
                    field=field, what=f"{field} and on contradict each other", remedy=f"Take {field} out."
                )
        return
    if entry.after is not None and entry.days is not None:
        yield Wrong(
            field="after",
            what="after and days contradict each other",
            remedy='Keep after ("2 hours", elapsed) or days (calendar, with at).',
        )
    elif entry.after is not None and entry.at is not None:
        yield Wrong(
            field="at",
            what="after is elapsed time and at an hour of the day",
            remedy="Take at out, or write days.",
        )
    elif entry.start == "birthday" and entry.after is not None:
        yield Wrong(field="after", what="a birthday has no hour to count from", remedy="Write days.")
    elif entry.start != "birthday" and entry.after is None and entry.days is None:
        yield Wrong(
            field="start",
            what="it says not when",
            remedy='Write after = "2 hours", or days = 3 and at = "18:00".',
        )
    elif entry.start != "birthday" and entry.days is not None and entry.at is None:
        yield Wrong(field="days", what="days needs an hour of the day", remedy='Write at = "18:00".')


def _never(entry: TouchEntry, known: Known) -> Iterator[Wrong]:
    farthest = FARTHEST.get(entry.start, 1825)
    nearest = -farthest if entry.start == "birthday" else 0
    if entry.days is not None and not nearest <= entry.days <= farthest:
        yield Wrong(
            field="days",
            what=f"an offset of {entry.days} days never falls",
            remedy=f"From {entry.start} it may be {nearest} to {farthest}.",
        )
    if entry.valid == timedelta(0):
        yield Wrong(field="valid", what="it ends when it begins, so it never falls", remedy='Write "3 days".')
    if entry.on is not None and known.today is not None and entry.on < known.today:
        yield Wrong(
            field="on", what=f"{entry.on} has passed, so it never falls", remedy="Write a day to come."
        )
    subject = known.subjects.get(entry.subject)
    if entry.at is not None and subject and subject.marketing and not _allowed(entry, known.limits):
        start, end = known.limits.hours
        yield Wrong(
            field="at",
            what=f"{entry.at:%H:%M} is outside the allowed hours of every recipient",
            remedy=f"Choose an hour from {start:%H:%M} and before {end:%H:%M}.",
        )


def _allowed(entry: TouchEntry, limits: Limits) -> bool:
    at = entry.at or limits.birthday_at
    week = Hours(place="", week=[limits.hours] * 7)
    for hours in (week, *limits.laws.values()):
        days = [hours.week[entry.on.weekday()]] if entry.on else hours.week
        if any(_holds(open_, at) for open_ in days if open_):
            return True
    return False


def _holds(hours: tuple[time, time], at: time) -> bool:
    start, end = hours
    return start <= at < end if start < end else at >= start or at < end


def _who(entry: TouchEntry) -> Iterator[Wrong]:
    who = entry.who
    both = sorted(set(who.tags) & set(who.without_tags))
    if both:
        yield Wrong(
            field="who", what=f"tag {both[0]!r} is both asked for and refused", remedy="Keep one of the two."
        )
    within, beyond = who.ordered_within_days, who.not_ordered_within_days
    if within is not None and beyond is not None and within <= beyond:
        yield Wrong(
            field="who",
            what=f"nobody ordered within {within} days but not within {beyond}",
            remedy="ordered_within_days is the larger of the two.",
        )
    if entry.channels and who.channels and not set(entry.channels) & set(who.channels):
        yield Wrong(
            field="channels", what="none of these channels is one of who.channels", remedy="Name one of them."
        )


def _said(entry: TouchEntry, known: Known) -> Iterator[Wrong]:
    language = known.limits.language
    for field, name in (("wording", entry.wording or entry.key), ("belated", entry.belated)):
        if name and known.wording.find(name, language) is None:
            shown = field if getattr(entry, field) else "words" if entry.words else "key"
            yield Wrong(
                field=shown,
                what=f"there are no words of {name!r} in the account's language, {language!r}",
                remedy=f"Write {name}.{language}.txt in the folder of wording, or words.{language}.",
            )
