"""Touches made once, from the browser: made, looked at, approved, stopped."""

from collections import Counter
from dataclasses import replace
from datetime import date

from aiohttp import web

from config.errors import Mistake
from config.touches import touch_of, wording_of
from inbox.desk.web.actions import gone_to
from inbox.desk.web.forms import form_of
from inbox.desk.web.parts import channel_view
from inbox.desk.web.site import Visit
from inbox.desk.web.touches.calendar_page import chips
from inbox.desk.web.touches.ground import Ground, ground, shown
from inbox.desk.web.touches.kinds import ONCE_STATES, facts_of
from inbox.desk.web.touches.lines import lines
from inbox.desk.web.touches.once_form import TIERS, Filled, read, tongues
from inbox.desk.web.touches.previewing import preview
from inbox.desk.web.touches.words import BY_STATE, TIER_NAMES
from routing.touch import Touch
from storage import one_offs, touches
from storage.database import Database
from storage.tables import touches as rows_of
from storage.touch_days import PAGE
from storage.touch_rows import OneOff, TouchRow
from storage.touch_states import CANCELLED

NOT_THERE = "This touch is not here"


async def begin(visit: Visit) -> web.StreamResponse:
    """Show the empty form."""
    return await _form(visit, Filled(fields={"at": "10:00", "valid": "1 day", "holdout": "0"}))


async def make(visit: Visit) -> web.StreamResponse:
    """Keep a draft, or show the form again with what is wrong beside each field."""
    form = await form_of(visit)
    book = visit.app.first_word.book
    filled = read(form, book, list(visit.app.channels), _today(visit))
    stands = await ground(visit)
    key = str(filled.definition["key"])
    if key in stands.names or any(row.name == filled.definition["name"] for row in stands.once.values()):
        filled.add("name", "There is a touch of this name. Choose another.")
    if filled.wrong:
        return await _form(visit, filled, status=422)
    async with visit.ground.gesture(visit.now, "make_campaign", visit.agent.id) as act:
        name = str(filled.definition["name"])
        made = await one_offs.add(act.connection, act.ids, name, filled.definition, visit.agent.id, visit.now)
        act.tell(name)
    return gone_to(visit, f"/desk/touches/once/{made}?done=made")


async def look(visit: Visit) -> web.StreamResponse:
    """Show one, with everybody it would go to and why not to the others; nothing is sent by looking."""
    stands, row = await _found(visit)
    if row is None:
        raise web.HTTPNotFound(text=NOT_THERE)
    book, now = visit.app.first_word.book, visit.now
    found: list[TouchRow] = []
    counts: Counter[str] = Counter()
    wrong = ""
    touch: Touch | None = None
    rules = stands.rules
    try:
        touch = touch_of(row.definition, book=book)
        words = wording_of(row.definition, book=book)
        rules = replace(rules, touches={touch.key: touch}, wordings={touch.key: words})
    except Mistake as mistake:
        wrong = f"{mistake.what} {mistake.remedy}"
    if touch is not None and touch.on is not None and row.state in ("draft", "approved"):
        async for page in preview(visit.app.database, rules, touch.on, touch.on, now):
            counts.update(BY_STATE[one.state].key for one in page)
            found += page[: max(0, PAGE - len(found))]
    async with visit.app.database.reading() as connection:
        views = await lines(
            connection,
            found,
            rules=rules,
            kinds={touch.key: touch} if touch else {},
            names=stands.names,
            channels=visit.app.channels,
            at=visit.reader,
        )
    return await shown(
        visit,
        "once",
        "kinds",
        stands,
        row=row,
        called=str(row.definition.get("name", row.name)),
        state=ONCE_STATES[row.state],
        facts=facts_of(visit, book, touch) if touch else [],
        wrong=wrong,
        lines=views,
        chips=chips(counts),
        total=sum(counts.values()),
        past=touch is not None and touch.on is not None and touch.on < _today(visit),
        day=touch.on if touch else None,
    )


async def approve(visit: Visit) -> web.StreamResponse:
    """Let it be planned and sent; one whose day has passed, or that is not a draft, stays what it is."""
    await form_of(visit)
    _, row = await _found(visit)
    if row is None:
        raise web.HTTPNotFound(text=NOT_THERE)
    done = "gone"
    if row.state == "draft" and _is_sound(visit, row):
        async with visit.ground.gesture(visit.now, "approve_campaign", visit.agent.id) as act:
            await one_offs.change(act.connection, row.name, state="approved")
            act.tell(row.name)
        visit.app.first_word.loop.plan_soon()
        done = "once-approved"
    return gone_to(visit, f"/desk/touches/once/{row.id}?done={done}")


async def stop(visit: Visit) -> web.StreamResponse:
    """Send no more of it: what waits is cancelled."""
    await form_of(visit)
    _, row = await _found(visit)
    if row is None:
        raise web.HTTPNotFound(text=NOT_THERE)
    async with visit.ground.gesture(visit.now, "stop_campaign", visit.agent.id) as act:
        await one_offs.change(act.connection, row.name, state="stopped")
        act.tell(row.name)
    await _cancel(visit, visit.app.database, str(row.definition.get("key", "")))
    visit.app.first_word.loop.plan_soon()
    return gone_to(visit, f"/desk/touches/once/{row.id}?done=once-stopped")


async def _cancel(visit: Visit, database: Database, kind: str) -> None:
    while True:
        async with database.writing() as connection:
            which = rows_of.c.kind == kind
            ended = await touches.end_all(
                connection, database.ids, which, CANCELLED, "stopped_by_agent", visit.now
            )
        if not ended:
            return


def _is_sound(visit: Visit, row: OneOff) -> bool:
    try:
        touch_of(row.definition, book=visit.app.first_word.book, today=_today(visit))
    except Mistake:
        return False
    return True


async def _found(visit: Visit) -> tuple[Ground, OneOff | None]:
    stands = await ground(visit)
    key = int(visit.request.match_info["id"])
    return stands, next((row for row in stands.once.values() if row.id == key), None)


def _today(visit: Visit) -> date:
    return visit.now.astimezone(visit.reader.zone).date()


async def _form(visit: Visit, filled: Filled, status: int = 200) -> web.Response:
    stands = await ground(visit)
    book = visit.app.first_word.book
    return await shown(
        visit,
        "once_form",
        "kinds",
        stands,
        status=status,
        filled=filled.fields,
        wrong=filled.wrong,
        tongues=tongues(book),
        own=book.limits.language,
        subjects=[(one.key, one.label.get("en", one.key)) for one in book.subjects],
        tier_names=[(tier, TIER_NAMES[tier]) for tier in TIERS],
        ways=[(name, channel_view(visit.app.channels, name)) for name in visit.app.channels],
        today=_today(visit),
    )
