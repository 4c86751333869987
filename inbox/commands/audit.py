"""`tidings audit`: who did and saw what."""

import asyncio
import csv
import sys
from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime

import click

from config.settings import Settings
from inbox.commands.reading import configured, opened
from inbox.preferences.copying import guarded
from storage import audit as rows
from storage import merging, preferences
from storage.audit import Asked, Line

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.group()
def audit() -> None:
    """The audit log: lines that are added and never changed."""


@audit.command("list")
@click.option("--agent", default="", help="The key of one of [[agents]], also of one who left.")
@click.option("--customer", default="", help="A customer: a key, the shop's number or an address.")
@click.option(
    "--what", default="", help="The kind: saw, changed, sent, exported, merged, refused, signed_in …"
)
@click.option("--since", type=DAY, help="A day, like 2026-11-24, or a moment: 2026-11-24T09:00 (UTC).")
@click.option("--until", type=DAY, help="The day or moment before which it was.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--csv", "table", is_flag=True, help="As CSV, in which no cell is a formula.")
@click.pass_context
def list_(
    context: click.Context,
    agent: str,
    customer: str,
    what: str,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    table: bool,
) -> None:
    """List who did what, newest first."""
    days = Asked(what=what, since=_utc(since), until=_utc(until))
    lines = asyncio.run(_list(configured(context), days, agent, customer, limit))
    if table:
        out = csv.writer(sys.stdout)
        out.writerows(
            [guarded(str(each if each is not None else "")) for each in astuple(one)] for one in lines
        )
        return
    for one in lines:
        click.echo(_said(one))
    if not lines:
        click.echo("No line fits.", err=True)


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None else None


def _said(one: Line) -> str:
    of = f"customer {one.customer_id}" if one.customer_id else ""
    on = f"conversation {one.conversation_id}" if one.conversation_id else ""
    did = f"{one.what} {one.operation}".strip()
    told = [f"{one.at:%Y-%m-%d %H:%M:%S}", f"{one.name or one.who:<12}", f"{did:<28}"]
    return "  ".join([*told, *filter(None, (of, on, one.face, one.ip, one.detail))]).rstrip()


async def _list(settings: Settings, asked: Asked, agent: str, customer: str, limit: int) -> Sequence[Line]:
    async with opened(settings) as database, database.reading() as connection:
        if agent:
            known = {one.key: one.id for one in await rows.people(connection)}
            if agent not in known:
                raise click.ClickException(f"There is no agent {agent!r}. There are: {', '.join(known)}.")
            asked = replace(asked, agents=[known[agent]])
        if customer:
            found = await preferences.named(connection, customer)
            if found is None:
                raise click.ClickException(f"There is no customer {customer!r}.")
            asked = replace(asked, customers=await merging.everybody(connection, found.id))
        return await rows.page(connection, asked, limit)
