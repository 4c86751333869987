"""The page of fairness, for leads: who got how many, by tier and hour, and how long customers waited."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from aiohttp import web

from inbox import fairness
from inbox.desk.web import pages
from inbox.desk.web.site import Visit
from inbox.fairness import Report
from storage import agents

SPANS: Final = {
    "day": ("Today", 1),
    "week": ("7 days", 7),
    "month": ("28 days", 28),
    "quarter": ("91 days", 91),
}


async def page(visit: Visit) -> web.StreamResponse:
    """Show the report of the last days; leads see their teams', an admin all."""
    made, name = await _made(visit)
    return await pages.plain(
        visit,
        "fairness.html",
        "report",
        made=made,
        spans={key: label for key, (label, _) in SPANS.items()},
        span=name,
        minutes=fairness.minutes,
    )


async def download(visit: Visit) -> web.StreamResponse:
    """Give the report as CSV."""
    made, name = await _made(visit)
    return web.Response(
        body=("\ufeff" + fairness.table(made)).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="fairness-{name}.csv"'},
    )


async def _made(visit: Visit) -> tuple[Report, str]:
    asked = visit.request.query.get("span", "")
    name = asked if asked in SPANS else "month"
    today = visit.now.astimezone(visit.reader.zone).date()
    policies = visit.app.policies
    teams = None if visit.agent.role == "admin" else frozenset(visit.agent.teams)
    async with visit.app.database.reading() as connection:
        people = await agents.all_active(connection)
        shown = [one for one in people if teams is None or teams.intersection(one.teams)]
        made = await fairness.report(
            connection,
            _begin(today - timedelta(days=SPANS[name][1] - 1), visit),
            visit.now + timedelta(seconds=1),
            zone=visit.reader.zone,
            names={one.id: one.name for one in shown},
            capacity={
                one.id: policies.agents[one.key].capacity for one in shown if one.key in policies.agents
            },
            tiers=policies.house.tiers,
            unknown=policies.house.unknown_tier,
            teams=teams,
        )
    return made, name


def _begin(day: date, visit: Visit) -> datetime:
    return datetime.combine(day, time(), visit.reader.zone).astimezone(UTC)
