"""The page of promises: mine, my teams' for who leads them, and how they were kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import add
from typing import Final

from aiohttp import web

from inbox.desk.web import asking, pages
from inbox.desk.web.promise_views import views_of
from inbox.desk.web.site import Visit
from storage import promise_tallies, promises
from storage.promise_tallies import OfAgent, Tally
from storage.rows import Agent

COUNTED: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: an agent or a team, what became of what came due, and the shares in words."""

    name: str
    tally: Tally
    kept: str
    in_time: str


async def page(visit: Visit) -> web.StreamResponse:
    """List what is open, mine and for leads the teams', with the share kept in the last ninety days."""
    me, now = visit.agent, visit.now
    teams = {team.key: team.name for team in visit.app.policies.now.teams}
    wide = led(me, list(teams))
    async with visit.app.database.reading() as connection:
        names = await asking.names_of(connection)
        mine = await promises.open_of(connection, [me.id])
        theirs = await promises.open_of_team(connection, wide) if wide else []
        counted = await promise_tallies.tallies(
            connection, now - COUNTED, now, **({"teams": wide} if wide else {"owner_ids": [me.id]})
        )
    others = [one for one in theirs if one.promise.owner_id != me.id]
    return await pages.plain(
        visit,
        "promises.html",
        "promises",
        done=pages.done(visit),
        mine=views_of(mine, names, visit.reader),
        others=views_of(others, names, visit.reader),
        leads=bool(wide),
        team_names=teams,
        agents=_by_agent(counted, names, me),
        teams=_by_team(counted, teams) if wide else (),
        days=COUNTED.days,
        view="mine",
    )


def led(agent: Agent, teams: Sequence[str]) -> list[str]:
    """List the teams whose promises an agent sees: their own for a lead, all for an admin, none else."""
    if agent.role == "admin":
        return list(teams)
    return [key for key in agent.teams if key in teams] if agent.role == "lead" else []


def _by_agent(counted: Sequence[OfAgent], names: Mapping[int, str], me: Agent) -> list[Line]:
    keys = sorted({one.agent_id for one in counted}, key=lambda key: (key != me.id, names.get(key, "")))
    return [
        _line(
            "You" if key == me.id else names.get(key, "Somebody who left"),
            [one for one in counted if one.agent_id == key],
        )
        for key in keys
    ]


def _by_team(counted: Sequence[OfAgent], teams: Mapping[str, str]) -> list[Line]:
    keys = sorted({one.team for one in counted}, key=lambda key: teams.get(key, key))
    return [_line(teams.get(key, key), [one for one in counted if one.team == key]) for key in keys]


def _line(name: str, parts: Sequence[OfAgent]) -> Line:
    tally = reduce(add, (one.tally for one in parts), Tally())
    return Line(name=name, tally=tally, kept=_share(tally.kept), in_time=_share(tally.kept_in_time))


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
