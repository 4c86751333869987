"""What every page of touches stands on: the rules of today, all kinds by name, and whether all wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from config.errors import Mistake
from config.touches import touch_of
from inbox.desk.web import pages
from inbox.desk.web.pages import Toast
from inbox.desk.web.site import Visit
from inbox.touches.once import with_one_offs
from inbox.touches.pausing import Pause, paused
from inbox.touches.rules import Rules
from routing.reasons import REASONS
from routing.touch import Touch
from storage import one_offs
from storage.touch_rows import OneOff

DONE: Mapping[str, str] = {
    "held": "Held. It waits until you let it go.",
    "released": "Let go. It leaves at its hour.",
    "cancelled": "Cancelled. It will not be sent.",
    "approved": "Approved. It leaves at its hour.",
    "refused": "Refused. It will not be sent.",
    "edited": "The new text is kept for this one.",
    "gone": "It moved on meanwhile: nothing was changed.",
    "paused": "All touches are paused.",
    "resumed": "Touches go on.",
    "made": "Kept as a draft. Nothing is sent before it is approved.",
    "once-approved": "Approved. It is planned now.",
    "once-stopped": "Stopped. What was not sent is cancelled.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Why all touches wait: since when, by whom, in words."""

    by: str
    at: datetime
    why: str
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The rules as they are now, every kind that is known by its key, and what made once there is."""

    rules: Rules
    kinds: Mapping[str, Touch]
    names: Mapping[str, str]
    once: Mapping[str, OneOff]
    waiting: Waiting | None


async def ground(visit: Visit) -> Ground:
    """Read it; a one-off that makes no sense any more keeps its name."""
    first = visit.app.first_word
    rules = await with_one_offs(visit.app.database, first.rules, first.book)
    async with visit.app.database.reading() as connection:
        made = await one_offs.every(connection)
        stop = await paused(connection)
    kinds = {touch.key: touch for touch in first.book.every}
    names = {touch.key: touch.name for touch in first.book.every}
    for row in made:
        key = str(row.definition.get("key", ""))
        names[key] = str(row.definition.get("name", row.name))
        try:
            kinds[key] = touch_of(row.definition, book=first.book)
        except Mistake:
            continue
    return Ground(
        rules=rules,
        kinds={**kinds, **rules.touches},
        names=names,
        once={str(row.definition.get("key", "")): row for row in made},
        waiting=None if stop is None else _waiting(stop),
    )


def _waiting(stop: Pause) -> Waiting:
    changed = stop.reason != "paused"
    why = REASONS.get(stop.reason, "") if changed else stop.why
    return Waiting(by=stop.by, at=stop.at, why=why, changed=changed)


async def shown(
    visit: Visit,
    page: str,
    tab: str,
    stands: Ground,
    *,
    here: str = "touches",
    status: int = 200,
    **values: Any,
) -> web.Response:
    """Show one of the pages of touches, with its tabs and the button that pauses all."""
    return await pages.plain(
        visit,
        f"touches/{page}.html",
        here,
        status=status,
        tab=tab,
        waiting_all=stands.waiting,
        back=visit.request.path_qs,
        done=said(visit.request.query.get("done", "")),
        **values,
    )


def said(done: str) -> Toast | None:
    """Say what the form before this page did; only sentences of ours can be asked for."""
    return Toast(text=DONE[done], look="late" if done == "gone" else "fine") if done in DONE else None
