"""The pages of the desk: the queue, a conversation, a customer, what was not sent."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from aiohttp import web

from inbox.desk.errors import NotThere
from inbox.desk.names import shown_name
from inbox.desk.web import asking, promise_views
from inbox.desk.web.asking import ListView, Open, Refusal
from inbox.desk.web.parts import ChannelView, channel_view
from inbox.desk.web.site import Site, Visit, key_of
from inbox.desk.web.words import DONE, MARKS, Mark
from storage import desk, desk_log, restored
from storage.desk_log import Stuck

KINDS = {
    "edit": "A change to an answer",
    "delete": "An answer to take back",
    "card": "A card in Slack",
    "call": "A call",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """What was just done, and how to undo it."""

    text: str
    look: str = "fine"
    undo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckView:
    """One delivery that needs somebody."""

    row: Stuck
    name: str
    channel: ChannelView
    mark: Mark
    what: str


async def queue(visit: Visit) -> web.StreamResponse:
    """Show the list alone."""
    view = asking.view_of(visit.request.query.get("view"))
    async with visit.app.database.reading() as connection:
        listed = await asking.the_list(visit, connection, view)
    return _desk(visit, listed, None, pane="list", toast=done(visit))


async def conversation(visit: Visit) -> web.StreamResponse:
    """Show a conversation; its words count as read by whoever owns it."""
    key = int(visit.request.match_info["id"])
    try:
        await visit.desk.read_up_to(key, visit.agent.id, now=visit.now)
    except NotThere:
        return await problem(visit)
    return await opened(visit, key, pane="conversation")


async def customer(visit: Visit) -> web.StreamResponse:
    """Show the customer's panel, which has its own address on a phone."""
    return await opened(visit, int(visit.request.match_info["id"]), pane="customer")


async def opened(
    visit: Visit,
    key: int,
    *,
    pane: str,
    view: str | None = None,
    refusal: Refusal | None = None,
    trouble: str = "",
) -> web.Response:
    """Show one conversation, with the words of a form that was refused or the *trouble* it met."""
    chosen = asking.view_of(view or visit.request.query.get("view"))
    before = visit.request.query.get("before", "")
    async with visit.app.database.reading() as connection:
        shown = await asking.the_conversation(visit, connection, key, before=key_of(before), refusal=refusal)
        if shown is None:
            return await problem(visit)
        listed = await asking.the_list(visit, connection, chosen)
    toast = Toast(text=trouble, look="late") if trouble else done(visit, shown.head.name)
    return _desk(visit, listed, shown, pane=pane, toast=toast, status=409 if refusal or trouble else 200)


def _desk(
    visit: Visit,
    listed: ListView,
    shown: Open | None,
    *,
    pane: str,
    toast: Toast | None,
    status: int = 200,
) -> web.Response:
    return visit.page(
        "desk.html",
        status=status,
        pane=pane,
        done=toast,
        chosen=shown.head.id if shown else 0,
        teams=visit.app.policies.now.teams,
        **flat(listed),
        **(flat(shown) if shown else {"head": None, "log": ()}),
    )


def flat(value: Any) -> dict[str, Any]:
    """Return the fields of a view value by name, as templates want them."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


async def problem(visit: Visit, status: int = 404, title: str = "", text: str = "") -> web.Response:
    """Say that there is nothing here, or why something could not be done."""
    return await plain(
        visit,
        "problem.html",
        "none",
        status=status,
        title=title or "This conversation is not here",
        text=text or "The address may be wrong, or the conversation was removed.",
    )


async def owed(visit: Visit) -> web.StreamResponse:
    """List what failed and what was perhaps sent, for who sees to it."""
    before = visit.request.query.get("before", "")
    async with visit.app.database.reading() as connection:
        rows = await desk_log.stuck(connection, before=key_of(before))
        held = await restored.held(connection)
        waits = 0 if held is None else await restored.doubtful(connection, held)
    views = [
        StuckView(
            row=row,
            name=shown_name(row.customer_name, row.address),
            channel=channel_view(visit.app.channels, row.delivery.lane),
            mark=MARKS[row.delivery.state],
            what=KINDS.get(row.delivery.kind, "A file"),
        )
        for row in rows
    ]
    more = rows[-1].delivery.id if len(rows) == desk_log.STUCK_PAGE else 0
    return await plain(
        visit, "owed.html", "owed", stuck=views, more=more, done=done(visit), held=held, waits=waits
    )


async def plain(visit: Visit, name: str, here: str, *, status: int = 200, **values: Any) -> web.Response:
    """Show a page of its own beside the rail, where the place *here* is marked."""
    async with visit.app.database.reading() as connection:
        counts = await desk.counts(connection, visit.agent)
        due = await promise_views.due_today(visit, connection)
    return visit.page(
        name, status=status, here=here, waiting_mine=counts["waiting"], promises_due=due, **values
    )


def done(visit: Visit, showing: str = "") -> Toast | None:
    """Say what the form before this page did; only sentences of ours can be asked for."""
    what, of = visit.request.query.get("done", ""), visit.request.query.get("of", "")
    if what not in DONE:
        return None
    undo = {"resolved": "reopen", "snoozed": "wake"}.get(what, "") if of.isdecimal() else ""
    text = f"{DONE[what]} Next: {showing}" if undo and showing else DONE[what]
    return Toast(text=text, undo=f"/desk/c/{of}/{undo}" if undo else "")


async def static(site: Site, request: web.Request, _now: datetime) -> web.StreamResponse:
    """Serve a stylesheet or a script."""
    return site.assets.answer(request.match_info["name"], request)
