"""`tidings touches`: what we begin ourselves: planned, paused, looked at beforehand."""

import asyncio
import getpass
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click
import orjson

from bots.channel import Channel
from bots.errors import ChannelError
from config.errors import Mistake
from config.settings import Settings
from inbox.channels import open_channels
from inbox.commands.noting import noted
from inbox.commands.reading import WRONG, configured, keyed, opened, tell
from inbox.commands.trying import try_
from inbox.touches.first_word import instance_of, rules_from
from inbox.touches.once import with_one_offs
from inbox.touches.pausing import Pause, pause, paused, resume
from inbox.touches.planning import plan
from inbox.touches.preview import Load, Shown, preview
from inbox.touches.rules import Rules
from inbox.touches.spans import span
from routing.reasons import REASONS
from storage import touch_pages
from storage.database import Database

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def touches() -> None:
    """Birthdays and follow-ups: what is planned, what was sent, and why not."""


@touches.command("pause")
@click.option("--why", default="", help="What colleagues shall read.")
@click.pass_context
def pause_(context: click.Context, why: str) -> None:
    """Let every touch wait, from this moment on, also those on their way to a provider."""
    now = datetime.now(UTC)
    asyncio.run(_pause(configured(context), Pause(by=getpass.getuser(), at=now, why=why)))
    click.echo("Touches wait. `tidings touches resume` lets them go.")


async def _pause(settings: Settings, told: Pause) -> None:
    async with opened(settings) as database, database.writing() as connection:
        await pause(connection, told)
        await noted(connection, database.ids, told.at, "changed", "pause_touches")


@touches.command("resume")
@click.pass_context
def resume_(context: click.Context) -> None:
    """Let touches go again; after a restore or a copy it says that this database may send."""
    waited = asyncio.run(_resume(configured(context), datetime.now(UTC)))
    click.echo("Touches go on." if waited else "Touches were not paused.")


async def _resume(settings: Settings, now: datetime) -> bool:
    async with opened(settings) as database:
        await instance_of(settings).trust(database)
        async with database.writing() as connection:
            await noted(connection, database.ids, now, "changed", "resume_touches")
            return await resume(connection, getpass.getuser(), now)


@touches.command("list")
@click.option("--first", type=DAY, help="The first day, like 2027-03-01; else today.")
@click.option("--last", type=DAY, help="The last day; else the first and six more.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_(context: click.Context, first: datetime | None, last: datetime | None, as_json: bool) -> None:
    """Count what is in the ledger, by day, touch, state and reason."""
    begin, end = _days(first, last, 6)
    rows, stop = asyncio.run(_list(configured(context), begin.isoformat(), end.isoformat()))
    if as_json:
        told = [
            {
                "day": row.day,
                "touch": row.kind,
                "state": row.state,
                "reason": row.reason,
                "number": row.number,
            }
            for row in rows
        ]
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    if stop is not None:
        click.echo(f"Paused by {stop.by} at {stop.at:%Y-%m-%d %H:%M}Z. {stop.why or REASONS[stop.reason]}")
    for row in rows:
        words = REASONS.get(row.reason, row.reason)
        click.echo(f"{row.day}  {row.kind:<20} {row.state:<11} {row.number:>8}  {words}".rstrip())
    if not rows:
        click.echo("Nothing is planned for these days.", err=True)


async def _list(settings: Settings, first: str, last: str) -> tuple[list[touch_pages.Counted], Pause | None]:
    async with opened(settings) as database, database.reading() as connection:
        return await touch_pages.of_days(connection, first, last), await paused(connection)


@touches.command("plan")
@click.pass_context
def plan_(context: click.Context) -> None:
    """Plan now what is due today and in two days; a running house does so every hour."""
    changed = asyncio.run(_with_rules(context, _plan))
    click.echo(f"{changed} touches are new or changed.")


async def _plan(database: Database, rules: Rules) -> int:
    now = datetime.now(UTC)
    return await plan(database, rules, now, span(now))


@touches.command("preview")
@click.option("--first", type=DAY, help="The first day, like 2027-03-01; else today.")
@click.option("--last", type=DAY, help="The last day; else the first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def preview_(context: click.Context, first: datetime | None, last: datetime | None, as_json: bool) -> None:
    """Show who would get what, when and why, and who not; it changes nothing."""
    begin, end = _days(first, last, 0)

    async def show(database: Database, rules: Rules) -> None:
        await _show(database, rules, begin, end, as_json=as_json)

    asyncio.run(_with_rules(context, show))


async def _show(database: Database, rules: Rules, first: date, last: date, *, as_json: bool) -> None:
    load = Load()
    async for page in preview(database, rules, first, last, datetime.now(UTC)):
        for one in page:
            if one.state == "planned":
                load.add(one.channel, one.due_at)
            click.echo(orjson.dumps(one).decode() if as_json else _line(one))
    if as_json:
        return
    for at, channel, number in load.by_hour():
        click.echo(f"{at:%Y-%m-%d %H:00}Z  {channel:<12} {number:>8}")
    rates = {name: way.rate for name, way in rules.ways.items()}
    for channel, done in sorted(load.finished(rates).items()):
        click.echo(f"{channel} has sent its own by {done:%Y-%m-%d %H:%M}Z.")


def _line(one: Shown) -> str:
    when = f"{one.day} {one.clock} {one.zone} ({one.due_at:%d. %H:%M}Z)"
    above = f" under {one.subject!r}" if one.subject else ""
    by = f" by the template {one.template}" if one.template else ""
    said = f"{one.channel}{by}{above}: {one.text!r}"
    what = said if one.state == "planned" else REASONS.get(one.reason, one.reason)
    return f"{when:<52} {one.kind:<18} {one.name[:24]:<24} {one.state:<10} {what}"


def _days(first: datetime | None, last: datetime | None, more: int) -> tuple[date, date]:
    begin = first.date() if first is not None else datetime.now(UTC).date()
    return begin, last.date() if last is not None else begin + timedelta(days=more)


async def _with_rules(context: click.Context, work: Callable[[Database, Rules], Any]) -> Any:
    settings = configured(context)
    channels = open_channels(keyed(settings))
    try:
        book, rules = rules_from(settings, channels)
    except Mistake as mistake:
        tell(mistake)
        raise click.exceptions.Exit(WRONG) from mistake
    await _learn(channels)
    async with opened(settings) as database:
        return await work(database, await with_one_offs(database, rules, book))


async def _learn(channels: Mapping[str, Channel]) -> None:
    """Let the channels ask for their templates, as a running house does; say where they did not come."""
    for name, channel in channels.items():
        try:
            await channel.learn()
        except ChannelError as error:
            click.echo(f"The templates of {name} are not known: {error.reason}", err=True)
        finally:
            await channel.stop()


touches.add_command(try_)
