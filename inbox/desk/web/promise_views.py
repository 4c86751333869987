"""Promises as pages show them: what, by when in words, who keeps it, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from inbox.desk.web.site import Reader, Visit
from storage import promises
from storage.database import Connection
from storage.promises import OPEN, WITHDRAWN, Named, Promise

ENDS = {"kept": "Kept", "broken": "Not kept", WITHDRAWN: "Taken back"}
SHOWN_ENDED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseView:
    """One promise; *look* is late, soon or nothing, *when* says by when or what became of it.

    *owner* and *maker* are names, or "you". *begins* is a new time as a form's field writes it.
    """

    row: Promise
    open: bool
    look: str
    when: str
    owner: str
    maker: str
    begins: str
    customer: str = ""
    team: str = ""


def view_of(
    row: Promise, names: Mapping[int, str], at: Reader, customer: str = "", team: str = ""
) -> PromiseView:
    """Make the view of one promise."""
    is_open = row.state == OPEN
    late = is_open and row.due_at <= at.now
    soon = is_open and at.date(row.due_at) == at.date(at.now)
    return PromiseView(
        row=row,
        open=is_open,
        look="late" if late else "soon" if soon else "",
        when=_due(row, at, late) if is_open else _ended(row, at),
        owner=_named(row.owner_id, names, at),
        maker=_named(row.made_by, names, at),
        begins=_begins(row, at),
        customer=customer,
        team=team,
    )


def views_of(rows: Sequence[Named], names: Mapping[int, str], at: Reader) -> list[PromiseView]:
    """Make the views of a list."""
    return [view_of(one.promise, names, at, one.customer, one.team) for one in rows]


async def beside(
    visit: Visit, connection: Connection, customer_id: int, names: Mapping[int, str]
) -> list[PromiseView]:
    """Read a customer's promises: those that are open first, the soonest first, then the last that ended."""
    rows = await promises.of_customer(connection, customer_id)
    open_ones = sorted((row for row in rows if row.state == OPEN), key=lambda row: row.due_at)
    return [view_of(row, names, visit.reader) for row in (*open_ones, *(r for r in rows if r.state != OPEN))]


def listed(views: Sequence[PromiseView]) -> list[PromiseView]:
    """Choose what the customer's panel lists: all that is open, and the last three that ended."""
    ended = [one for one in views if not one.open]
    return [*(one for one in views if one.open), *ended[:SHOWN_ENDED]]


async def due_today(visit: Visit, connection: Connection) -> int:
    """Count what the agent has to keep before their day ends."""
    here = visit.now.astimezone(visit.reader.zone)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), visit.reader.zone)
    return await promises.count_due(connection, visit.agent.id, midnight)


def _named(agent_id: int, names: Mapping[int, str], at: Reader) -> str:
    return "you" if agent_id == at.agent.id else names.get(agent_id, "a colleague")


def _due(row: Promise, at: Reader, late: bool) -> str:
    return f"{'late, was due' if late else 'by'} {at.moment(row.due_at)}"


def _ended(row: Promise, at: Reader) -> str:
    said = ENDS.get(row.state, row.state.capitalize())
    when = f" {at.moment(row.ended_at)}" if row.ended_at else ""
    late = ", late" if row.state == "kept" and row.ended_at and row.was_late(row.ended_at) else ""
    return f"{said}{when}{late}"


def _begins(row: Promise, at: Reader) -> str:
    """Offer the same hour on the day after, or tomorrow."""
    day = max(row.due_at, at.now) + timedelta(days=1)
    local = day.astimezone(at.zone).date()
    return f"{local.isoformat()}T{row.due_at.astimezone(at.zone):%H:%M}"
