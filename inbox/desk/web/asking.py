"""Reading what a page shows: one transaction, many questions, view values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from inbox.desk.web import log as log_of
from inbox.desk.web import promise_views
from inbox.desk.web.composing import BoxView, box_view
from inbox.desk.web.log import Entry
from inbox.desk.web.parts import (
    HeadView,
    RowView,
    WayView,
    head_view,
    row_views,
    spec_of,
    way_views,
)
from inbox.desk.web.pinning import with_pins
from inbox.desk.web.promise_views import PromiseView
from inbox.desk.web.reactions import with_reactions
from inbox.desk.web.sending_views import Sending, sending
from inbox.desk.web.site import Visit, key_of
from inbox.desk.web.times import Choice, choices
from inbox.desk.web.touches.beside import Beside, beside
from inbox.desk.web.words import EMPTY, VIEWS
from storage import agents, desk, desk_log, drafts, found_people, likely
from storage.database import Connection
from storage.desk import Edge, View
from storage.drafts import Mode
from storage.instants import from_micros, to_micros
from storage.likely import Likely
from storage.pins import of_customer as pins_of
from storage.rows import Agent, Message
from storage.safety import of_conversation as is_guarded
from storage.wishes import Wish
from storage.wishes import open_of as open_wish


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """The list of conversations with its counts; the *more* fields say where the next page begins."""

    view: View
    waiting: Sequence[RowView]
    going: Sequence[RowView]
    waiting_more: str
    going_more: str
    waiting_here: int
    counts: Mapping[str, int]
    empty: str
    promises_due: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """One open conversation: everything its three panes show."""

    head: HeadView
    box: BoxView
    log: Sequence[Entry]
    earlier: int
    later: bool
    last_id: int
    ways: Sequence[WayView]
    others: Sequence[RowView]
    colleagues: Sequence[Agent]
    snoozes: Sequence[Choice]
    about: desk_log.About
    touched: Beside
    promised: Sequence[PromiseView]
    sending: Sending
    alike: Sequence[Likely]
    pinned: Sequence[Message]
    wish: Wish | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A form that was not done: its words are kept, with the sentence why."""

    mode: Mode
    text: str
    error: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """Who is who: the *colleagues* of today, all *names* by key, the *teams* by key."""

    colleagues: Sequence[Agent]
    names: Mapping[int, str]
    teams: Mapping[str, str]


def view_of(wanted: str | None) -> View:
    """Read the name of a view; mine where it is none."""
    return cast(View, wanted) if wanted in VIEWS else "mine"


def edge_of(wanted: str | None) -> Edge | None:
    """Read where a page ended, as `edge_after` wrote it; None for what is not one."""
    micros, _, key = (wanted or "").partition(".")
    last = key_of(key)
    try:
        return (from_micros(int(micros)), last) if last is not None else None
    except (ValueError, OverflowError):
        return None


def edge_after(rows: Sequence[RowView]) -> str:
    """Write where this page ends, if it is full."""
    if len(rows) < desk.PAGE:
        return ""
    return f"{to_micros(rows[-1].since)}.{rows[-1].row.id}"


async def the_list(visit: Visit, connection: Connection, view: View) -> ListView:
    """Read the list of *view*, at the page that the address names."""
    after, before = (edge_of(visit.request.query.get(name)) for name in ("after", "before"))
    channels, at = visit.app.channels, visit.reader
    waiting = row_views(await desk.waiting(connection, view, visit.agent, after=after), channels, at)
    going = row_views(await desk.going(connection, view, visit.agent, before=before), channels, at)
    return ListView(
        view=view,
        waiting=waiting,
        going=going,
        waiting_more=edge_after(waiting),
        going_more=edge_after(going),
        waiting_here=await desk.count_waiting(connection, view, visit.agent),
        counts=await desk.counts(connection, visit.agent),
        empty=EMPTY[view],
        promises_due=await promise_views.due_today(visit, connection),
    )


async def the_conversation(
    visit: Visit,
    connection: Connection,
    conversation_id: int,
    *,
    before: int | None = None,
    refusal: Refusal | None = None,
) -> Open | None:
    """Read one conversation; None where there is none."""
    about = await desk_log.about(connection, conversation_id)
    if about is None:
        return None
    at, channels = visit.reader, visit.app.channels
    people = await _people(visit, connection)
    safe = await is_guarded(connection, conversation_id)
    head = replace(_head(visit, about, people), safe=safe)
    log = await desk_log.log(connection, conversation_id, before=before)
    others = await found_people.others_of(connection, about.customer.id, conversation_id)
    ours = [one.id for one in log.messages if one.direction == "out" and one.agent_id is None]
    touched = await beside(connection, about, ours, visit.app.first_word, at, head.first)
    promised = await promise_views.beside(visit, connection, about.customer.id, people.names)
    pinned = await pins_of(connection, about.customer.id)
    return Open(
        head=head,
        box=await _box(visit, connection, about, head, refusal),
        log=await with_reactions(
            connection,
            with_pins(_entries(visit, log, people, head.name, touched, promised), pinned),
            channels,
            visit.app.policies.now,
            about.conversation.team,
        ),
        earlier=log.messages[0].id if log.earlier else 0,
        later=before is not None,
        last_id=log.messages[-1].id if log.messages else 0,
        ways=way_views(about, channels),
        others=row_views(others, channels, at),
        colleagues=people.colleagues,
        snoozes=choices(visit.now, at.zone),
        about=about,
        touched=touched,
        promised=promise_views.listed(promised),
        sending=await sending(visit, connection, about),
        alike=await likely.same(connection, about.customer.id, limit=2),
        pinned=pinned,
        wish=await open_wish(connection, about.customer.id),
    )


async def _people(visit: Visit, connection: Connection) -> _People:
    """Name every agent by key, also those who left, and every team."""
    colleagues = await agents.all_active(connection)
    return _People(
        colleagues=colleagues,
        names=await names_of(connection, colleagues),
        teams={team.key: team.name for team in visit.app.policies.now.teams},
    )


async def names_of(connection: Connection, colleagues: Sequence[Agent] | None = None) -> dict[int, str]:
    """Name every agent by key, also those who left."""
    here = await agents.all_active(connection) if colleagues is None else colleagues
    left = await desk_log.names_of_others(connection, [agent.id for agent in here])
    return {**left, **{agent.id: agent.name for agent in here}}


def _head(visit: Visit, about: desk_log.About, people: _People) -> HeadView:
    conversation = about.conversation
    owner = people.names.get(conversation.owner_id or 0, "")
    team = people.teams.get(conversation.team, conversation.team)
    return head_view(about, owner, team, visit.app.channels, about.address)


async def _box(
    visit: Visit, connection: Connection, about: desk_log.About, head: HeadView, refusal: Refusal | None
) -> BoxView:
    begun = await drafts.kept(connection, visit.agent.id, about.conversation.id)
    refused = {} if refusal is None else {name: getattr(refusal, name) for name in Refusal.__slots__}
    spec = spec_of(visit.app.channels, about.conversation.channel)
    return box_view(about, head, spec, begun, visit.reader, **refused)


def _entries(
    visit: Visit,
    log: desk_log.Log,
    people: _People,
    customer: str,
    touched: Beside,
    promised: Sequence[PromiseView],
) -> Sequence[Entry]:
    return log_of.entries(
        log,
        names=people.names,
        teams=people.teams,
        customer=customer,
        specs={name: channel.spec for name, channel in visit.app.channels.items()},
        media=visit.app.media,
        at=visit.reader,
        bubbles=touched.bubbles,
        promises={one.row.id: one for one in promised},
    )


async def next_waiting(visit: Visit, connection: Connection, view: View, but: int) -> desk.QueueRow | None:
    """Find who waits longest in *view*, other than the conversation just left."""
    rows = await desk.waiting(connection, view, visit.agent, limit=2)
    return next((row for row in rows if row.id != but), None)
