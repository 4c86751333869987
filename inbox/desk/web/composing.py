"""The answer box: what may be written there, over what, how much fits and what was begun."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from bots.channel import Spec
from bots.marks import plain
from bots.sms.segments import count as count_segments
from inbox.desk.texts import sent_length
from inbox.desk.web.parts import ChannelView, HeadView
from inbox.desk.web.site import Reader
from inbox.desk.web.window import WindowView, closed, is_over, open_window
from storage.desk_log import About
from storage.drafts import Draft, Mode

MERGED = "The conversation goes on in another: answer there."
RESOLVED: Final = "Open it again to answer; a note can be kept."
STOPPED: Final = "Nothing is sent to this address until they allow it again."
OFF: Final = "Whoever runs the house can switch it on in the configuration."
ELSEWHERE: Final = "Answer at another of their addresses, or call them."
OVER: Final = "It opens again when the customer writes."


class Block(NamedTuple):
    """Why no answer can leave, the *next* step, and how it looks."""

    says: str
    next: str
    look: str = "soon"
    icon: str = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """What was begun in each mode."""

    answer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxView:
    """The answer box; *blocked* says why no answer can leave now, *over* why not once its window closes."""

    mode: Mode
    text: str
    drafts: Drafts
    kept_at: datetime | None
    key: str
    label: str
    channel: ChannelView
    address: str
    limit: int
    unit: str
    in_parts: bool
    window: WindowView | None = None
    over: Block | None = None
    blocked: Block | None = None
    error: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a text fits a channel: "161 / 201", "3 SMS", and why a character costs."""

    shown: str
    parts: str = ""
    why: str = ""
    over: bool = False


def box_view(
    about: About,
    head: HeadView,
    spec: Spec | None,
    drafts: Mapping[str, Draft],
    at: Reader,
    *,
    mode: Mode | None = None,
    text: str | None = None,
    error: str = "",
    again: bool = False,
) -> BoxView:
    """Make the box; *mode* and *text* are those of a form that was refused."""
    blocked = _block(about, head, spec, at)
    window = None if blocked else open_window(spec, about.address.last_in_at, at.now, about.address.address)
    mode = mode or ("note" if blocked and "answer" not in drafts else "answer")
    begun = drafts.get(mode)
    return BoxView(
        mode=mode,
        text=text if text is not None else (begun.text if begun else ""),
        drafts=Drafts(**{name: draft.text for name, draft in drafts.items()}),
        kept_at=begun.kept_at if begun and text is None else None,
        key=secrets.token_urlsafe(12),
        label=head.channel.label,
        channel=head.channel,
        address=head.address.removeprefix(f"{head.channel.label} "),  # not Telegram, Telegram 42
        limit=spec.text_limit if spec else 0,
        unit=spec.text_unit if spec else "characters",
        in_parts=spec is not None and spec.kind == "sms",
        window=window,
        over=Block(closed(head.channel.label, window.length), OVER) if window else None,
        blocked=blocked,
        error=error,
        again=again,
    )


def fit(text: str, spec: Spec | None) -> Fit:
    """Say how *text* fits what the channel can carry."""
    if spec is None:
        return Fit(shown="")
    if spec.kind == "sms":
        return _segmented(text, spec)
    used = sent_length(text, spec)
    return Fit(shown=f"{used} / {spec.text_limit}", over=used > spec.text_limit)


def _segmented(text: str, spec: Spec) -> Fit:
    counted = count_segments(plain(text))
    room = counted.per_part * counted.parts
    why = ""
    if counted.culprit:
        named = "The emoji" if ord(counted.culprit) > 0x2190 else f"“{counted.culprit}”"
        why = f"{named} makes each SMS {counted.per_part} long"
    return Fit(
        shown=f"{counted.units} / {room}",
        parts=f"{counted.parts} SMS" if counted.parts > 1 else "",
        why=why,
        over=sent_length(text, spec) > spec.text_limit,
    )


def _block(about: About, head: HeadView, spec: Spec | None, at: Reader) -> Block | None:
    if head.merged_into is not None:
        return Block("The customers were merged.", MERGED, look="soon", icon="check")
    if head.state == "resolved":
        return Block("This conversation is resolved.", RESOLVED, look="soon", icon="check")
    if head.stopped_at is not None:
        said = f"{head.name} said stop on {at.moment(head.stopped_at)}."
        return Block(said, STOPPED, look="late", icon="stop")
    if spec is None:
        return Block(f"The channel {head.channel.label} is switched off.", OFF)
    if not spec.writes:
        return Block(f"{head.channel.label} carries no messages.", ELSEWHERE)
    heard = about.address.last_in_at
    if is_over(spec, heard, at.now, about.address.address):
        return Block(closed(head.channel.label, at.now - heard if heard else None), OVER)
    return None
