"""`tidings report`: what can be read about our own work."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import click

from config.settings import Settings
from inbox import fairness
from inbox.commands.reading import configured, opened
from inbox.fairness import Line, Report, minutes
from inbox.policies import Policies
from storage import agents

DAY: Final = click.DateTime(["%Y-%m-%d"])
USUAL: Final = timedelta(days=28)


@click.group()
def report() -> None:
    """Reports about our own work."""


@report.command("fairness")
@click.option("--from", "since", type=DAY, help="The first day, like 2026-11-02; else four weeks ago.")
@click.option("--to", "until", type=DAY, help="The last day; else today.")
@click.option("--csv", "as_csv", is_flag=True, help="Print it as CSV.")
@click.pass_context
def fairness_(context: click.Context, since: datetime | None, until: datetime | None, as_csv: bool) -> None:
    """Print who got how many conversations, by tier and hour, and how long customers waited."""
    made = asyncio.run(_made(configured(context), since, until, datetime.now(UTC)))
    click.echo(fairness.table(made) if as_csv else text(made), nl=not as_csv)


async def _made(settings: Settings, since: datetime | None, until: datetime | None, now: datetime) -> Report:
    policies = Policies(settings)
    zone = ZoneInfo(settings.policy.first_team.zone)
    last = until.date() if until is not None else now.astimezone(zone).date()
    first = since.date() if since is not None else last - USUAL + timedelta(days=1)
    async with opened(settings) as database, database.reading() as connection:
        people = await agents.all_active(connection)
        return await fairness.report(
            connection,
            datetime.combine(first, time(), zone).astimezone(UTC),
            datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC),
            zone=zone,
            names={one.id: one.name for one in people},
            capacity={
                one.id: policies.agents[one.key].capacity for one in people if one.key in policies.agents
            },
            tiers=policies.house.tiers,
            unknown=policies.house.unknown_tier,
        )


def text(made: Report) -> str:
    """Write the report for a terminal; hours in which nothing was are left out."""
    hours = [one for one in made.hours if one.given or one.answered]
    parts = [_part(*each) for each in (("Agent", made.agents), ("Tier", made.tiers), ("Hour", hours))]
    foot = f"Spread of what was given for the capacity (0 is all alike): {made.spread:.2f}"
    return "\n\n".join([*parts, f"{foot}\nNot answered yet: {made.unanswered}"])


def _part(title: str, lines: Sequence[Line]) -> str:
    rows: list[Sequence[str]] = [("given", "answered", "median min", "p90 min", "longest min")]
    names = [title]
    for one in lines:
        names.append(one.of)
        waits = (minutes(each) or "–" for each in (one.median, one.p90, one.longest))
        rows.append((str(one.given), str(one.answered), *waits))
    wide = max(map(len, names))
    return "\n".join(
        f"{name:<{wide}}" + "".join(f"{cell:>13}" for cell in row)
        for name, row in zip(names, rows, strict=True)
    )
