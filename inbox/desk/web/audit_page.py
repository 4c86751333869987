"""The audit log in the browser: who did and saw what, for leads and admins; searched, paged, taken away."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from inbox.desk.web import pages
from inbox.desk.web.site import Visit, key_of
from inbox.preferences.copying import guarded
from storage import audit, merging, preferences
from storage.audit import Asked, Line, Person
from storage.database import Connection

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "saw": "Saw",
        "changed": "Changed",
        "sent": "Sent",
        "handed_over": "Handed over",
        "merged": "Merged",
        "unmerged": "Parted again",
        "exported": "Exported",
        "erased": "Erased",
        "signed_in": "Signed in",
        "signed_out": "Signed out",
        "refused": "Was refused",
        "settings": "Changed settings",
        "keys": "Rotated keys",
    }
)
PAGE: Final = 100
AT_ONCE: Final = 1_000
COLUMNS: Final = (
    "at",
    "who",
    "name",
    "what",
    "operation",
    "customer",
    "conversation",
    "face",
    "ip",
    "detail",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line as it is read: *who* did it, *did* what, to *whom*."""

    line: Line
    who: str
    did: str
    whom: str


async def page(visit: Visit) -> web.StreamResponse:
    """Show the newest lines that are asked for; leads see what the people of their teams did."""
    async with visit.app.database.reading() as connection:
        everybody = await _whose(visit, connection)
        asked = await _asked(visit, connection, everybody)
        lines = await audit.page(connection, asked, PAGE) if asked is not None else []
        whom = await audit.names(connection, sorted({one.customer_id for one in lines if one.customer_id}))
    names = {one.id: one.name for one in everybody}
    views = [_view(one, names, whom) for one in lines]
    filled = {name: visit.request.query.get(name, "") for name in ("agent", "customer", "what", "from", "to")}
    wanted = {name: text for name, text in filled.items() if text}
    older = urlencode(wanted | {"before": lines[-1].id}) if len(lines) == PAGE else ""
    return await pages.plain(
        visit,
        "audit.html",
        "audit",
        lines=views,
        filled=filled,
        kinds=KINDS,
        everybody=everybody,
        older=older,
        query=urlencode(wanted),
        unknown=asked is None,
    )


async def download(visit: Visit) -> web.StreamResponse:
    """Give all lines that are asked for as CSV, in which no cell is a formula."""
    response = web.StreamResponse(headers={"Content-Disposition": 'attachment; filename="audit.csv"'})
    response.content_type, response.charset = "text/csv", "utf-8"
    async with visit.app.database.reading() as connection:
        asked = await _asked(visit, connection, await _whose(visit, connection))
    await response.prepare(visit.request)
    if visit.request.method == "HEAD":
        return response
    await response.write(("\ufeff" + _csv([COLUMNS])).encode())
    while asked is not None:
        async with visit.app.database.reading() as connection:
            lines = await audit.page(connection, asked, AT_ONCE)
        await response.write(_csv([_row(one) for one in lines]).encode())
        asked = replace(asked, before=lines[-1].id) if len(lines) == AT_ONCE else None
    return response


async def _whose(visit: Visit, connection: Connection) -> list[Person]:
    """List of whom this agent may read: an admin of all, a lead of who shares a team with them."""
    everybody = await audit.people(connection)
    if visit.agent.role == "admin":
        return everybody
    mine = set(visit.agent.teams)
    return [one for one in everybody if not mine.isdisjoint(one.teams)]


async def _asked(visit: Visit, connection: Connection, everybody: Sequence[Person]) -> Asked | None:
    """Read what is wanted; None where no such agent or customer is this agent's to read of."""
    query = visit.request.query
    whose = None if visit.agent.role == "admin" else [one.id for one in everybody]
    if query.get("agent"):
        whose = [one.id for one in everybody if str(one.id) == query["agent"]]
        if not whose:
            return None
    theirs = None
    if who := query.get("customer", "").strip()[:200]:
        found = await preferences.named(connection, who)
        if found is None:
            return None
        theirs = await merging.everybody(connection, found.id)
    last = _day(visit, query.get("to", ""))
    return Asked(
        agents=whose,
        customers=theirs,
        what=query.get("what", "") if query.get("what") in KINDS else "",
        since=_day(visit, query.get("from", "")),
        until=last + timedelta(days=1) if last is not None else None,
        before=key_of(query.get("before", "")),
    )


def _day(visit: Visit, text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), visit.reader.zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _view(line: Line, names: Mapping[int, str], whom: Mapping[int, str]) -> LineView:
    return LineView(
        line=line,
        who=names.get(line.agent_id or 0, "") or line.name or line.who.capitalize(),
        did=KINDS.get(line.what, line.what),
        whom=whom.get(line.customer_id or 0, "")
        or (f"customer {line.customer_id}" if line.customer_id else ""),
    )


def _row(line: Line) -> list[str]:
    told = [line.at.isoformat(), line.who, line.name, line.what, line.operation]
    told += [str(line.customer_id or ""), str(line.conversation_id or ""), line.face, line.ip, line.detail]
    return [guarded(each) for each in told]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
