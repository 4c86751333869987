"""What a conversation shows of touches: a strip, the next one, whether a complaint is open, its bubbles."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inbox.desk.web.site import Reader
from inbox.desk.web.touches.words import BY_STATE
from inbox.touches import birthdays
from inbox.touches.birthdays import Today, becomes
from inbox.touches.first_word import FirstWord
from storage import holds, one_offs, touch_days, touch_pages
from storage.database import Connection
from storage.desk_log import About
from storage.holds import Hold
from storage.touch_rows import TouchRow
from storage.touch_states import HELD, WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """A touch in the log: its occasion, and what more is known of it."""

    occasion: str
    rest: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """All of it for one conversation; *strip* and *next* are empty where there is nothing to say.

    *held* says that an agent holds touches to the customer.
    """

    strip: tuple[str, str] | None = None
    next: str = ""
    next_at: datetime | None = None
    complaint: datetime | None = None
    held: bool = False
    bubbles: Mapping[int, Bubble] = field(default_factory=dict)


async def beside(
    connection: Connection,
    about: About,
    message_ids: Collection[int],
    first: FirstWord,
    at: Reader,
    name: str,
) -> Beside:
    """Read it: four statements, whatever was said."""
    whose = about.customer.id
    names = {touch.key: touch.name for touch in first.book.every}
    waiting = await touch_days.next_of(connection, whose)
    ours = await touch_pages.by_messages(connection, message_ids) if message_ids else {}
    held = await holds.of(connection, whose)
    if any(row.kind not in names for row in (*waiting, *ours.values())):
        made = await one_offs.every(connection)
        names |= {str(one.definition.get("key")): str(one.definition.get("name")) for one in made}
    open_since = next((one.since for one in held if one.kind == "complaint" and not one.ended_at), None)
    today = await birthdays.today(connection, first.current.rules, about.customer, at.now)
    ahead = [row for row in waiting if row.valid_until > at.now]
    return Beside(
        strip=strip(today, held, name),
        next=f"{names.get(ahead[0].kind, ahead[0].kind)}, {_how(ahead[0])}" if ahead else "",
        next_at=ahead[0].due_at if ahead else None,
        complaint=open_since,
        held=any(one.kind == "agent" and not one.ended_at for one in held),
        bubbles={
            key: Bubble(
                occasion=f"{names.get(row.kind, row.kind)} touch", rest=_rest(row), language=row.language
            )
            for key, row in ours.items()
        },
    )


def strip(today: Today | None, held: Sequence[Hold], name: str) -> tuple[str, str] | None:
    """Say what changes the answer: a birthday today, or a complaint that is open; nothing else."""
    complains = any(one.kind == "complaint" and one.ended_at is None for one in held)
    if today is not None:
        row = today.touch
        if complains and (row is None or row.state in WAITING):
            told = becomes(HELD, "open_complaint", "")
        else:
            told = becomes(row.state, row.reason, row.clock) if row is not None else ""
            told += " A complaint is open: other touches are held." if complains else ""
        return f"{name}’s birthday is today.", told
    if complains:
        return "A complaint is open.", "Touches to this customer are held."
    return None


def _how(row: TouchRow) -> str:
    return BY_STATE[row.state].name.lower()


def _rest(row: TouchRow) -> str:
    follows = row.anchor_ref if row.anchor_ref.startswith("order ") else ""
    return " · ".join(part for part in (follows, BY_STATE[row.state].name.lower()) if part)
