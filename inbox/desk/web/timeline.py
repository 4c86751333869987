"""Everything of one customer on a page: the newest first, day by day, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from inbox.desk.calling import ringing
from inbox.desk.life import SHOWN, Line, Telling, line
from inbox.desk.names import shown_language
from inbox.desk.web import log as log_of
from inbox.desk.web import pages
from inbox.desk.web.asking import names_of
from inbox.desk.web.parts import ChannelView, channel_view, tier_view
from inbox.desk.web.site import Visit, key_of
from storage import attachments, customers, found_people, timeline
from storage.database import Connection
from storage.desk_log import Log
from storage.rows import Customer, Happening
from storage.timeline import Edge, Entry

FOLLOWED = 20  # merges behind one another


@dataclass(slots=True, kw_only=True)
class Day:
    """What befell on one day, the newest first."""

    name: str
    iso: str
    lines: list[tuple[Line, ChannelView | None]] = field(default_factory=list)


async def page(visit: Visit) -> web.StreamResponse:
    """Show a customer's timeline, or go to the customer they became."""
    query, key = visit.request.query, int(visit.request.match_info["id"])
    chosen = query.get("show", "") if query.get("show", "") in SHOWN else ""
    channel = query.get("channel", "") if query.get("channel", "") in visit.app.channels else ""
    async with visit.app.database.reading() as connection:
        customer = await survivor(connection, key)
        if customer is None:
            return await pages.problem(visit, title="This customer is not here")
        if customer.id != key:
            raise web.HTTPFound(f"/desk/customer/{customer.id}")
        found = await timeline.page(
            connection,
            key,
            now=visit.now,
            kinds=SHOWN[chosen][1],
            channel=channel,
            before=edge_of(query.get("before", "")),
        )
        counted = await timeline.counts(connection, key)
        names = await names_of(connection)
        sounds = await _sounds(visit, connection, found.entries)
        latest = await found_people.latest_of(connection, [key])
    return await pages.plain(
        visit,
        "timeline.html",
        "find",
        key=key,
        whose=customer.name.strip() or "A customer without a name",
        tier=tier_view(customer.tier),
        facts=_facts(visit, customer),
        days=_days(visit, found.entries, customer, names),
        sounds=sounds,
        shown=SHOWN,
        chosen=chosen,
        counts=counted,
        channel=channel,
        channels={name: channel_view(visit.app.channels, name).label for name in visit.app.channels},
        talk=latest[0].id if latest else 0,
        earlier=written(found.edge) if found.edge else "",
        first=not query.get("before"),
    )


async def survivor(connection: Connection, customer_id: int) -> Customer | None:
    """Find a customer, or whom they became."""
    found = await customers.one(connection, customer_id)
    for _ in range(FOLLOWED):
        if found is None or found.merged_into is None:
            break
        found = await customers.one(connection, found.merged_into)
    return found


def written(edge: Edge) -> str:
    """Write where a page ended, for an address."""
    return ".".join(map(str, edge))


def edge_of(text: str) -> Edge | None:
    """Read what `written` wrote; None for anything else, which is the first page."""
    order, _, rest = text.partition(".")
    kind, _, last = rest.partition(".")
    known = next((one for one in timeline.KINDS if one == kind), None)
    at, key = key_of(order), key_of(last)
    if known is None or at is None or key is None or at > timeline.LAST:
        return None
    return at, known, key


async def _sounds(visit: Visit, connection: Connection, entries: Sequence[Entry]) -> dict[int, str]:
    """Link what callers left by voice, by message."""
    ring = ringing(visit.app.channels)
    left = [one.id for one in entries if one.kind == "said" and one.word == "in" and one.channel in ring]
    files = await attachments.of_messages(connection, left)
    return {
        key: visit.app.media.link(row.id)
        for key, rows in files.items()
        for row in rows
        if row.state == "kept" and row.content_type.startswith("audio/")
    }


def _facts(visit: Visit, customer: Customer) -> list[str]:
    known = [tier_view(customer.tier)[2]]
    if customer.zone:
        known.append(customer.zone.rpartition("/")[2].replace("_", " "))
    if customer.language:
        known.append(f"writes {shown_language(customer.language)}")
    if customer.erased_at is not None:
        known.append(f"erased {visit.reader.listed(customer.erased_at)}")
    return known


def _days(visit: Visit, entries: Sequence[Entry], customer: Customer, names: Mapping[int, str]) -> list[Day]:
    at, views = visit.reader, {name: channel_view(visit.app.channels, name) for name in visit.app.channels}
    befell = _befell(visit, entries, names)
    telling = Telling(
        me=visit.agent.id,
        customer=customer.name.strip() or "The customer",
        names=names,
        labels={name: view.label for name, view in views.items()},
        moment=at.moment,
        befell=lambda entry: befell.get(entry.id, ""),
        now=visit.now,
        ring=ringing(visit.app.channels),
    )
    days: list[Day] = []
    for entry in entries:
        told = line(entry, telling)
        if told is None:
            continue
        if not days or days[-1].iso != at.date(entry.at):
            days.append(Day(name=at.day(entry.at), iso=at.date(entry.at)))
        glyph = None if told.icon else channel_view(visit.app.channels, entry.channel)
        days[-1].lines.append((told, glyph))
    return days


def _befell(visit: Visit, entries: Sequence[Entry], names: Mapping[int, str]) -> dict[int, str]:
    """Say what befell as the log of a conversation says it."""
    rows = [
        Happening(
            id=entry.id,
            conversation_id=entry.conversation_id or 0,
            kind=entry.word,
            agent_id=entry.agent_id,
            at=entry.at,
            data=entry.data,
        )
        for entry in entries
        if entry.kind == "happened"
    ]
    told = log_of.entries(
        Log(messages=(), attachments={}, happenings=rows, earlier=False),
        names=names,
        teams={team.key: team.name for team in visit.app.policies.now.teams},
        customer="",
        specs={},
        media=visit.app.media,
        at=visit.reader,
    )
    return {int(one.part.removeprefix("h-")): one.text for one in told if one.part.startswith("h-")}
