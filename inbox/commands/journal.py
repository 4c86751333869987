"""`tidings journal`: every hook that came, what became of it, and another try."""

import asyncio
from datetime import UTC, datetime

import click

from bots.errors import ChannelError
from config.errors import Mistake
from config.settings import Settings
from inbox.accept import Accept, Unknown
from inbox.commands.noting import noted
from inbox.commands.reading import WRONG, at_today, configured, keyed, opened, tell
from inbox.logs import HIDDEN, SECRET_NAMES
from storage import hooks
from storage.database import StorageError, Unavailable
from storage.rows import HookRow

STUCK = ("waiting", "failed")
MANY = 100_000


@click.group()
def journal() -> None:
    """Hooks that were kept, and those that could not be applied."""


@journal.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that were applied.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@click.pass_context
def list_(context: click.Context, everything: bool, limit: int) -> None:
    """List the hooks that were not applied, oldest first; with --all the last ones, newest first."""
    rows = asyncio.run(_list(configured(context), everything=everything, limit=limit))
    for row in rows:
        told = f"{row.id}  {row.received_at:%Y-%m-%d %H:%M:%S}  {row.channel:<12} {row.state:<8} {row.error}"
        click.echo(told.rstrip())
    if not rows:
        click.echo("Nothing here." if everything else "Every hook was applied.", err=True)


async def _list(settings: Settings, *, everything: bool, limit: int) -> list[HookRow]:
    async with opened(settings) as database, database.reading() as connection:
        if everything:
            return await hooks.recent(connection, limit)
        return await hooks.in_state(connection, STUCK, limit)


@journal.command()
@click.argument("hook_id", metavar="ID", type=int)
@click.pass_context
def show(context: click.Context, hook_id: int) -> None:
    """Print one hook as it came, secret headers hidden. It holds what the customer wrote."""
    row = asyncio.run(_one(configured(context), hook_id))
    if row is None:
        raise click.ClickException(f"There is no hook {hook_id} in the journal.")
    click.echo(f"{row.method} {row.url}")
    for name, value in row.headers.items():
        click.echo(f"{name}: {HIDDEN if SECRET_NAMES.search(name) else value}")
    click.echo(f"\n{row.body.decode('utf-8', 'backslashreplace')}\n")
    click.echo(f"{row.channel}, {row.received_at.isoformat()}, {row.state} {row.error}".rstrip())


async def _one(settings: Settings, hook_id: int) -> HookRow | None:
    async with opened(settings) as database, database.reading() as connection:
        return await hooks.one(connection, hook_id)


@journal.command()
@click.argument("hook_ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every hook that could not be applied.")
@click.pass_context
def replay(context: click.Context, hook_ids: tuple[int, ...], everything: bool) -> None:
    """Apply hooks once more; what was kept before is not kept twice."""
    if bool(hook_ids) == everything:
        raise click.UsageError("Name hooks by their ID, or say --all.")
    settings = keyed(configured(context))
    try:
        failed = asyncio.run(_replay(settings, hook_ids))
    except Mistake as mistake:
        tell(mistake)
        context.exit(WRONG)
    for hook_id, error in failed:
        click.echo(f"{hook_id}: {error}", err=True)
    context.exit(1 if failed else 0)


async def _replay(settings: Settings, hook_ids: tuple[int, ...]) -> list[tuple[int, str]]:
    """Apply hooks once more, also beside a running `tidings run`; return those that failed, and why."""
    from inbox.app import build  # here, so that the other commands begin sooner

    app = build(settings)
    async with at_today(app.database) as database:
        if not hook_ids:
            async with database.reading() as connection:
                hook_ids = tuple(row.id for row in await hooks.in_state(connection, STUCK, MANY))
        accept = app.accepting()
        tried = [(hook_id, await _try(accept, hook_id)) for hook_id in hook_ids]
        async with database.writing() as connection:
            now, detail = datetime.now(UTC), f"{len(tried)} hooks"
            await noted(connection, database.ids, now, "changed", "replay", detail=detail)
        await accept.close()
    return [(hook_id, error) for hook_id, error in tried if error]


async def _try(accept: Accept, hook_id: int) -> str:
    """Apply one hook; return why it could not be, or nothing."""
    try:
        await accept.replay(hook_id)
    except Unknown:
        return "there is no such hook, or its channel is off"
    except (ChannelError, StorageError, Unavailable, ValueError, LookupError, TypeError) as error:
        return f"{type(error).__name__}: {error}"
    return ""
