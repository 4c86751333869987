"""What stands beside the answer box of sending: other addresses, what waits to be sent, tags."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.desk.calling import reached
from inbox.desk.names import shown_address
from inbox.desk.ways import Way, ways
from inbox.desk.web.site import Visit
from storage import laters, tags
from storage.database import Connection
from storage.desk_log import About
from storage.laters import Later


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """An address to send to, as people write it; *why_not* is empty where it may be."""

    id: int
    label: str
    shown: str
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterView:
    """A message to be sent later: where to, and its time as a form's field wants it."""

    row: Later
    to: str
    when: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The customer's *other* addresses, *all* that may be written to at some time, what waits, and tags.

    *calls* says that they can be called, *meets* that there is a place to meet by video.
    """

    other: Sequence[WayOut]
    all: Sequence[WayOut]
    laters: Sequence[LaterView]
    tags: Sequence[str]
    calls: bool = False
    meets: bool = False


async def sending(visit: Visit, connection: Connection, about: About) -> Sending:
    """Read it for a conversation."""
    channels, here = visit.app.channels, about.conversation.address_id
    others = [one for one in about.addresses if one.id != here]
    ever = [shown(one) for one in ways(channels, about.addresses, visit.now, ever=True) if not one.why_not]
    labels = {one.id: one.label for one in ever}
    waits = await laters.waiting_in(connection, about.conversation.id)
    return Sending(
        other=[shown(one) for one in ways(channels, others, visit.now)],
        all=sorted(ever, key=lambda one: one.id != here),
        laters=[later_view(visit, one, labels.get(one.address_id, "")) for one in waits],
        tags=await tags.of(connection, about.conversation.id),
        calls=about.conversation.state != "resolved" and bool(reached(channels, about.addresses)),
        meets=bool(visit.app.policies.now.calls.meeting_url),
    )


def shown(way: Way) -> WayOut:
    """Make a way readable."""
    address = shown_address(way.address.address)
    bare = address.removeprefix(f"{way.label} ")
    return WayOut(id=way.address.id, label=way.label, shown=bare, why_not=way.why_not)


def later_view(visit: Visit, row: Later, to: str) -> LaterView:
    """Make a message that waits readable."""
    local = row.at.astimezone(visit.reader.zone)
    return LaterView(row=row, to=to, when=visit.reader.moment(row.at), field=f"{local:%Y-%m-%dT%H:%M}")
