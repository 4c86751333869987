"""`tidings owed`: what is not yet sent, what failed, and what to do about it."""

import asyncio
from datetime import UTC, datetime

import click

from config.settings import Settings
from inbox.commands.noting import noted
from inbox.commands.reading import configured, opened
from storage import deciding, deliveries, restored
from storage.restored import Held
from storage.rows import Delivery

PAUSED = (
    "Nothing leaves: the backup of {held.made_at:%Y-%m-%d %H:%M}Z was put back at "
    "{held.at:%Y-%m-%d %H:%M}Z by {held.by}, and what was owed may have been sent in between. "
    "`tidings resume` goes on."
)


@click.group()
def owed() -> None:
    """Deliveries that have not ended well: waiting, failed, or perhaps sent."""


@owed.command("list")
@click.option("--limit", default=100, show_default=True, help="At most so many.")
@click.pass_context
def list_(context: click.Context, limit: int) -> None:
    """List what is owed, oldest first."""
    held, rows = asyncio.run(_list(configured(context), limit))
    if held is not None:
        click.echo(PAUSED.format(held=held), err=True)
    for row in rows:
        told = (
            f"{row.id}  {row.owed_at:%Y-%m-%d %H:%M:%S}  {row.lane:<12} {row.kind:<10} {row.state:<8} "
            f"tries {row.tries}  {row.code} {row.reason}"
        )
        click.echo(told.rstrip())
    if not rows:
        click.echo("Nothing is owed.", err=True)


async def _list(settings: Settings, limit: int) -> tuple[Held | None, list[Delivery]]:
    async with opened(settings) as database, database.reading() as connection:
        return await restored.held(connection), await deliveries.owed(connection, limit)


@owed.command()
@click.argument("delivery_id", metavar="ID", type=int)
@click.pass_context
def resend(context: click.Context, delivery_id: int) -> None:
    """Owe a failed, dropped or perhaps sent delivery once more; a perhaps may then arrive twice."""
    if not asyncio.run(_again(configured(context), delivery_id, datetime.now(UTC))):
        raise click.ClickException(f"There is no delivery {delivery_id} that failed or was perhaps sent.")
    click.echo(f"{delivery_id} is owed again.")


async def _again(settings: Settings, delivery_id: int, now: datetime) -> bool:
    async with opened(settings) as database, database.writing() as connection:
        done = await deciding.send_again(connection, delivery_id, now)
        if done:
            await noted(connection, database.ids, now, "sent", "resend", detail=f"delivery {delivery_id}")
        return done


@owed.command()
@click.argument("delivery_id", metavar="ID", type=int)
@click.pass_context
def drop(context: click.Context, delivery_id: int) -> None:
    """Owe a delivery no more."""
    if not asyncio.run(_drop(configured(context), delivery_id, datetime.now(UTC))):
        raise click.ClickException(f"There is no delivery {delivery_id} that can be dropped.")
    click.echo(f"{delivery_id} is dropped.")


async def _drop(settings: Settings, delivery_id: int, now: datetime) -> bool:
    async with opened(settings) as database, database.writing() as connection:
        done = await deciding.drop(connection, delivery_id, now)
        if done:
            await noted(connection, database.ids, now, "changed", "drop", detail=f"delivery {delivery_id}")
        return done
