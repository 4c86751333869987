"""Finding: the search page, and the rows of the command palette."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from aiohttp import web

from inbox.desk.web import asking, pages
from inbox.desk.web.parts import ChannelView, channel_view, row_views, tier_view
from inbox.desk.web.site import Visit, key_of
from storage import agents, customers, desk, found_people, searching
from storage.database import Connection
from storage.searching import Edge, Hit

LONGEST: Final = 200
ROWS: Final = 8
PEOPLE: Final = 20
FIRST_PEOPLE: Final = 5  # rows of the palette that customers take while something was said as well
DIRECTIONS: Final = {"in": "The customer", "out": "Us", "note": "A note"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    """A conversation in which it was said: whose, over what, by whom, and the words with the hits marked."""

    hit: Hit
    name: str
    tier: tuple[str, str, str]
    channel: ChannelView
    said_by: str


async def find(visit: Visit) -> web.StreamResponse:
    """Find customers by name, address or number, and conversations by what was said in them."""
    words, narrowed, filled = _words(visit), *_narrowed(visit)
    before = _edge(visit.request.query.get("before", ""))
    async with visit.app.database.reading() as connection:
        who = await _who(connection, words) if words and not narrowed and before is None else []
        said = await searching.find(connection, words, **narrowed, before=before)
        names = await asking.names_of(connection)
        whose = await customers.one(connection, narrowed.get("customer_id", 0))
        everybody = await agents.all_active(connection)
    return await pages.plain(
        visit,
        "find.html",
        "find",
        q=words,
        found=row_views(who, visit.app.channels, visit.reader),
        hits=[_view(visit, hit, names) for hit in said.hits],
        later=".".join(map(str, said.edge)) if said.edge else "",
        whose=whose,
        filled=filled,
        channels={name: channel_view(visit.app.channels, name).label for name in visit.app.channels},
        everybody=everybody,
        directions=DIRECTIONS,
        view="all",
        chosen=0,
    )


async def palette(visit: Visit) -> web.StreamResponse:
    """Give the palette's rows as a fragment: who is found and where it was said, or what was last said."""
    words = _words(visit)
    async with visit.app.database.reading() as connection:
        rows = await _who(connection, words) if words else await _recent(visit, connection)
        said = await searching.find(connection, words, limit=ROWS)
        names = await asking.names_of(connection) if said.hits else {}
    listed = {row.id for row in rows[:FIRST_PEOPLE]}
    hits = [hit for hit in said.hits if hit.conversation_id not in listed]
    shown = rows[: max(FIRST_PEOPLE, ROWS - len(hits))]
    html = visit.part(
        "parts/found.html",
        found=row_views(shown, visit.app.channels, visit.reader),
        hits=[_view(visit, hit, names) for hit in hits[: ROWS - len(shown)]],
        words=words,
        view=asking.view_of(visit.request.query.get("view")),
    )
    return web.Response(text=html, content_type="text/html")


async def _who(connection: Connection, words: str) -> list[desk.QueueRow]:
    """List the latest conversation of each customer who is found, and the one of that number first."""
    found = await found_people.people(connection, words, limit=PEOPLE)
    rows = await found_people.latest_of(connection, [one.customer_id for one in found])
    number = key_of(words.strip().lower().removeprefix(searching.NUMBERED))
    one = await desk.row(connection, number) if number is not None else None
    return rows if one is None else [one, *(row for row in rows if row.id != one.id)]


async def _recent(visit: Visit, connection: Connection) -> list[desk.QueueRow]:
    """List the agent's own conversations, last said first, whether they wait or go on."""
    waiting = await desk.waiting(connection, "mine", visit.agent)
    going = await desk.going(connection, "mine", visit.agent, limit=ROWS)
    return sorted([*waiting, *going], key=lambda row: row.last_at, reverse=True)[:ROWS]


def _view(visit: Visit, hit: Hit, names: Mapping[int, str]) -> HitView:
    name = hit.customer_name.strip() or "A customer without a name"
    ours = "You" if hit.agent_id == visit.agent.id else names.get(hit.agent_id or 0, "Our side")
    said_by = name if hit.direction == "in" else f"Note by {ours}" if hit.direction == "note" else ours
    return HitView(
        hit=hit,
        name=name,
        tier=tier_view(hit.tier),
        channel=channel_view(visit.app.channels, hit.channel),
        said_by=said_by,
    )


def _words(visit: Visit) -> str:
    return visit.request.query.get("q", "").replace("\0", "").strip()[:LONGEST]


def _narrowed(visit: Visit) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what a search is narrowed by, and what the form said; what cannot be is as if it were not said."""
    query, zone = visit.request.query, visit.reader.zone
    filled = {
        name: query.get(name, "").strip() for name in ("customer", "channel", "agent", "by", "from", "to")
    }
    since, to = _day(filled["from"]), _day(filled["to"])
    wanted: dict[str, Any] = {
        "customer_id": key_of(filled["customer"]),
        "agent_id": key_of(filled["agent"]),
        "channel": filled["channel"] if filled["channel"] in visit.app.channels else None,
        "direction": filled["by"] if filled["by"] in DIRECTIONS else None,
        "since": datetime.combine(since, time(), zone) if since else None,
        "until": datetime.combine(to + timedelta(days=1), time(), zone) if to else None,
    }
    return {name: value for name, value in wanted.items() if value is not None}, filled


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1971 <= day.year <= 9000 else None


def _edge(text: str) -> Edge | None:
    below, _, skip = text.partition(".")
    key, shown = key_of(below), key_of(skip)
    return None if key is None or shown is None else (key, shown)
