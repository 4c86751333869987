"""Subjects by addresses: what a customer may tick, as values that the page and its form share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bots.channel import Channel
from config.touch_policy import Subject
from inbox.desk.web.parts import channel_view
from inbox.preferences.masks import short
from inbox.preferences.words import Words
from storage.consents import MARKETING
from storage.preferences import Known
from storage.rows import Address

Kind = Literal["box", "always", "none", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One address, or a channel that the customer has not connected (*address* None)."""

    label: str
    mark: str
    shown: str
    address: Address | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One cell; *name* is what its field is called, *label* exactly what the customer reads beside it."""

    kind: Kind
    column: Column
    subject: Subject
    label: str
    on: bool

    @property
    def name(self) -> str:
        """What the field is called."""
        return f"{self.column.address.id}:{self.subject.key}" if self.column.address else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One subject with its cells."""

    label: str
    hint: str
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The whole table."""

    columns: Sequence[Column]
    rows: Sequence[Row]

    @property
    def boxes(self) -> list[Box]:
        """Everything that can be ticked."""
        return [box for row in self.rows for box in row.boxes if box.kind == "box"]


def matrix(
    known: Known, subjects: Sequence[Subject], channels: Mapping[str, Channel], speech: Words, language: str
) -> Matrix:
    """Lay out what a customer may choose, in *language*, whose sentences are *speech*."""
    columns = _columns(known.addresses, channels, speech)
    rows = [
        Row(
            label=said(subject.label, language),
            hint=said(subject.hint, language),
            boxes=[_box(known, subject, column, speech, language) for column in columns],
        )
        for subject in subjects
    ]
    return Matrix(columns=columns, rows=rows)


def said(by_language: Mapping[str, str], language: str) -> str:
    """Choose a text by language: that one, English, or whatever there is; empty where there is none."""
    return by_language.get(language) or by_language.get("en") or next(iter(by_language.values()), "")


def is_on(known: Known, address_id: int, subject: Subject) -> bool:
    """Whether a subject goes to an address: marketing by a yes alone, the rest until a no."""
    word = known.allowed.get((address_id, subject.key))
    if word is None and subject.marketing:
        word = known.allowed.get((address_id, MARKETING))
    return not subject.marketing if word is None else word


def _columns(ours: Sequence[Address], channels: Mapping[str, Channel], speech: Words) -> list[Column]:
    order = list(channels)
    ranked = sorted(ours, key=lambda one: order.index(one.channel) if one.channel in order else len(order))
    found = []
    for one in ranked:
        view = channel_view(channels, one.channel)
        found.append(Column(label=view.label, mark=view.mark, shown=short(one.address), address=one))
    taken = {one.channel for one in ours}
    for name in order:
        if name not in taken:
            view = channel_view(channels, name)
            found.append(Column(label=view.label, mark=view.mark, shown=speech["off"], address=None))
    return found


def _box(known: Known, subject: Subject, column: Column, speech: Words, language: str) -> Box:
    label = said(subject.label, language)
    sentence = speech["box"].format(subject=label, channel=column.label, where=column.shown).strip()
    hint = said(subject.hint, language)
    on = column.address is not None and is_on(known, column.address.id, subject)
    return Box(
        kind=_kind(subject, column),
        column=column,
        subject=subject,
        label=f"{sentence}. {hint}" if hint else sentence,
        on=on,
    )


def _kind(subject: Subject, column: Column) -> Kind:
    if column.address is None:
        return "none"
    if column.address.stopped_at is not None:
        return "stopped"
    return "always" if subject.always else "box"
