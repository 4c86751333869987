"""The occasions: every kind of touch as it is configured, with what became of it in 30 days."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from config.touches import Book
from inbox.desk.web.parts import channel_view
from inbox.desk.web.site import Visit
from inbox.desk.web.touches.ground import Ground, ground, shown
from inbox.desk.web.touches.words import BY_STATE, CHIPS, STOPS, span, when_of, who_of
from routing.touch import Touch
from storage import touch_report
from storage.touch_report import Ending
from storage.touch_rows import OneOff

LATELY = timedelta(days=30)
ONCE_STATES: Mapping[str, tuple[str, str]] = {
    "draft": ("Draft", ""),
    "approved": ("Approved", "fine"),
    "stopped": ("Stopped", "late"),
    "done": ("Done", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KindView:
    """One kind of touch in words; *row* is there for what is made once."""

    key: str
    name: str
    state: str
    look: str
    facts: Sequence[tuple[str, str]]
    chips: Sequence[tuple[str, str, int]]
    row: OneOff | None = None

    @property
    def draft(self) -> bool:
        """Whether it waits for somebody's word."""
        return self.row is not None and self.row.state == "draft"

    @property
    def stoppable(self) -> bool:
        """Whether it may still be stopped."""
        return self.row is not None and self.row.state in ("draft", "approved")


async def kinds(visit: Visit) -> web.StreamResponse:
    """Show every kind, those of the configuration and those made once."""
    stands = await ground(visit)
    today = visit.now.astimezone(visit.reader.zone).date()
    async with visit.app.database.reading() as connection:
        ended = await touch_report.endings(connection, today - LATELY, today)
    counted = _counted(ended)
    book = visit.app.first_word.book
    on = {touch.key for touch in book.touches}
    return await shown(
        visit,
        "kinds",
        "kinds",
        stands,
        kinds=[
            _view(visit, book, touch, counted, *(("On", "fine") if touch.key in on else ("Off", "")))
            for touch in book.every
        ],
        once=once_views(visit, stands, counted),
    )


def once_views(visit: Visit, stands: Ground, counted: Mapping[str, Counter[str]]) -> list[KindView]:
    """Show those made once, newest first; one that cannot be read any more says so."""
    found = []
    for key, row in stands.once.items():
        state, look = ONCE_STATES[row.state]
        touch = stands.kinds.get(key)
        if touch is None:
            facts = [("Wrong", "It cannot be read any more: its subject, channel or wording is gone.")]
            found.append(
                KindView(
                    key=key, name=stands.names[key], state=state, look=look, facts=facts, chips=(), row=row
                )
            )
            continue
        found.append(_view(visit, visit.app.first_word.book, touch, counted, state, look, row))
    return found


def _counted(ended: Sequence[Ending]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for one in ended:
        found.setdefault(one.kind, Counter())[BY_STATE[one.state].key] += one.count
    return found


def _view(
    visit: Visit,
    book: Book,
    touch: Touch,
    counted: Mapping[str, Counter[str]],
    state: str,
    look: str,
    row: OneOff | None = None,
) -> KindView:
    counts = counted.get(touch.key, Counter())
    return KindView(
        key=touch.key,
        name=touch.name,
        state=state,
        look=look,
        facts=facts_of(visit, book, touch),
        chips=[(chip.word, chip.look, counts[chip.key]) for chip in CHIPS if counts[chip.key]],
        row=row,
    )


def facts_of(visit: Visit, book: Book, touch: Touch) -> list[tuple[str, str]]:
    """Say who, when, over what, which words, and what stops it."""
    over = [channel_view(visit.app.channels, name).label for name in touch.channels]
    subject = book.subject(touch.subject)
    about = subject.label.get("en", touch.subject) if subject else touch.subject
    stops = [STOPS[one] for one in touch.stops]
    late = "until the day is over" if touch.valid is None else f"up to {span(touch.valid)} late"
    facts = [
        ("Who", who_of(touch.who)),
        ("When", f"{when_of(touch)}, {late}"),
        ("Over", ", then ".join(over) if over else "The customer's choice, then our order"),
        ("Wording", touch.wording + (f", or {touch.belated} when late" if touch.belated else "")),
        ("About", f"{about}{', which is marketing' if touch.marketing else ''}"),
        ("Stops when", ", or ".join(stops) if stops else "only what stops every touch"),
        ("Left out", f"{touch.holdout:.0%} to compare" if touch.holdout else "nobody"),
    ]
    if touch.approve:
        facts.append(("Asks", "an agent before each one"))
    return facts
