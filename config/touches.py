"""Touches as data: touches.toml and its policy become the values that routing decides on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from config.errors import Mistake, meant, together
from config.filling import Source, fill
from config.settings import Settings, read
from config.touch_checks import Known, wrong
from config.touch_entries import Stop, TouchEntry, TouchesFile
from config.touch_policy import (
    SHIPPED_POLICY,
    Subject,
    TouchKnobs,
    TouchPolicy,
    limits_of,
    misfits,
    subjects_of,
)
from config.where import Place
from config.wording import Wording, load_wording, words_of
from routing.touch import Limits, Segment, Start, Template, Touch

SHIPPED_TOUCHES = Path(__file__).with_name("touches.toml")
REMEDY = "Name a readable file in [touches], or leave it out for ours."
STOPS: Mapping[Start, tuple[Stop, ...]] = {
    "delivered": ("writes", "returns"),
    "closed": ("writes",),
    "unanswered": ("writes",),
    "overdue": ("writes", "buys"),
}
Written = TypeVar("Written", bound=TouchPolicy)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All that is said of touches.

    *touches* are those switched on, *every* all that are written; *limits*, *subjects* and
    *wording* hold for both and for one-offs.
    """

    touches: tuple[Touch, ...]
    limits: Limits
    subjects: tuple[Subject, ...]
    every: tuple[Touch, ...]
    wording: Wording
    channels: Collection[str] | None = None

    def touch(self, key: str) -> Touch | None:
        """Find a touch that is written, switched on or not."""
        return next((touch for touch in self.every if touch.key == key), None)

    def subject(self, key: str) -> Subject | None:
        """Find a subject."""
        return next((subject for subject in self.subjects if subject.key == key), None)


def book_of(settings: Settings, channels: Sequence[str] | None = None) -> Book:
    """Read what the configuration names; *channels* are the accounts that are on, in their order."""
    return load_touches(
        settings.touches.file,
        knobs=settings.touches,
        language=settings.language,
        business=settings.business,
        channels=channels,
        source=settings.source,
    )


def load_touches(
    path: Path | None = None,
    *,
    knobs: TouchKnobs | None = None,
    language: str = "en",
    business: str = "Tidings",
    channels: Sequence[str] | None = None,
    source: Source | None = None,
) -> Book:
    """Read the touches at *path*, ours where it is None; raises Mistake, with every mistake found.

    Without *knobs* every touch is on. *source* is the configuration that holds the knobs.
    """
    on = None if knobs is None else knobs.on
    knobs = knobs or TouchKnobs()
    policies = [_file(TouchPolicy, each, channels)[0] for each in (SHIPPED_POLICY, knobs.policy_file) if each]
    written, said = _file(TouchesFile, path or SHIPPED_TOUCHES, channels)
    layers = (*policies, written)
    wording = load_wording(knobs.wording, language=language, business=business, country=knobs.country)
    for number, entry in enumerate(written.touches):
        wording = wording.plus(words_of(entry.words, entry.key, said, ("touches", number, "words")))
    known = Known(
        subjects={subject.key: subject for subject in subjects_of(layers)},
        limits=limits_of(layers, knobs, language, channels or ()),
        wording=wording,
        channels=channels,
    )
    _check(written.touches, known, said)
    every = tuple(_touch(entry, known) for entry in written.touches)
    _check_on(on or (), every, source or Source(file="[touches]"))
    return Book(
        touches=tuple(touch for touch in every if on is None or touch.key in on),
        limits=known.limits,
        subjects=subjects_of(layers),
        every=every,
        wording=wording,
        channels=channels,
    )


def touch_of(
    definition: Mapping[str, Any],
    *,
    book: Book,
    source: Source | None = None,
    place: Place = (),
    today: date | None = None,
) -> Touch:
    """Make a touch of the parts that touches.toml has, for one made once; raises Mistake.

    Values are those of JSON: days like "2027-03-01", hours like "10:00", spans like "3 days". Its
    own *words* are read with `wording_of`. With *today* a day gone by is a mistake.
    """
    source = source or Source(file="the touch")
    entry = fill(TouchEntry, definition, source, place=place)
    known = Known(
        subjects={subject.key: subject for subject in book.subjects},
        limits=book.limits,
        wording=wording_of(definition, book=book, source=source, place=place),
        channels=book.channels,
        today=today,
    )
    if mistakes := _wrong(entry, known, source, place):
        raise together(mistakes)
    return _touch(entry, known)


def wording_of(
    definition: Mapping[str, Any], *, book: Book, source: Source | None = None, place: Place = ()
) -> Wording:
    """Give the book's wording with the texts that stand in a touch itself; raises Mistake."""
    source = source or Source(file="the touch")
    entry = fill(TouchEntry, definition, source, place=place)
    return book.wording.plus(words_of(entry.words, entry.key, source, (*place, "words")))


def _file(model: type[Written], path: Path, channels: Sequence[str] | None) -> tuple[Written, Source]:
    source, written = read(path, {}, remedy=REMEDY)
    policy = fill(model, written, source)
    if found := misfits(policy, channels):
        raise together(
            [source.mistake(place, f"{'.'.join(map(str, place))}: {what}.") for place, what in found]
        )
    return policy, source


def _check(entries: Sequence[TouchEntry], known: Known, source: Source) -> None:
    mistakes = []
    for number, entry in enumerate(entries):
        place = ("touches", number)
        mistakes += _wrong(entry, known, source, place)
        if entry.key in [other.key for other in entries[:number]]:
            mistakes.append(
                source.mistake((*place, "key"), f"The key {entry.key!r} is already taken.", "Choose another.")
            )
    if mistakes:
        raise together(mistakes)


def _wrong(entry: TouchEntry, known: Known, source: Source, place: Place) -> list[Mistake]:
    return [
        source.mistake((*place, each.field), f"{entry.key}: {each.what}.", each.remedy)
        for each in wrong(entry, known)
    ]


def _check_on(on: Sequence[str], every: Sequence[Touch], source: Source) -> None:
    keys = [touch.key for touch in every]
    if unknown := [key for key in on if key not in keys]:
        raise source.mistake(("touches", "on"), f"There is no touch {unknown[0]!r}.", meant(unknown[0], keys))


def _touch(entry: TouchEntry, known: Known) -> Touch:
    birthday, once = entry.start == "birthday", entry.start == "once"
    follow_up = ONE_DAY if once else known.limits.follow_up_valid
    return Touch(
        key=entry.key,
        name=entry.name,
        start=entry.start,
        subject=entry.subject,
        after=entry.after,
        days=0 if birthday and entry.days is None else entry.days,
        at=entry.at or (known.limits.birthday_at if birthday else None),
        on=entry.on,
        valid=entry.valid or (None if birthday else follow_up),
        who=Segment(**{name: getattr(entry.who, name) for name in type(entry.who).model_fields}),
        channels=entry.channels,
        wording=entry.wording or entry.key,
        belated=entry.belated,
        marketing=known.subjects[entry.subject].marketing,
        holdout=entry.holdout,
        approve=entry.approve,
        bulk_same_day=bool(entry.bulk_same_day),
        overdue_factor=entry.overdue_factor or 1.5,
        rating_at_least=entry.rating_at_least or 0,
        stops=STOPS.get(entry.start, ()) if entry.stops is None else entry.stops,
        templates={
            channel: Template(name=one.name, variables=one.variables)
            for channel, one in entry.templates.items()
        },
    )
