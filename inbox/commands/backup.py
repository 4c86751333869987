"""`tidings backup`, `restore` and `resume`: a copy of everything, putting it back, and sending again."""

import asyncio
import getpass
from datetime import UTC, datetime
from pathlib import Path

import click

from config.settings import Settings
from inbox import backing_up, restoring
from inbox.backing_up import Made
from inbox.backups import BackupError
from inbox.commands.reading import configured, opened
from inbox.restoring import PutBack
from inbox.touches.first_word import instance_of
from inbox.touches.pausing import resume as touches_go
from inbox.unpacking import Found
from storage import restored
from storage.restored import Held

PLACE = click.Path(path_type=Path)
TOLD = 20
UNDECIDED = (
    "Waiting: {number}, owed when the backup of {made:%Y-%m-%d %H:%M}Z was made, or begun by the house "
    "itself since; nobody knows what of it was sent. `tidings owed list` shows it, `tidings owed drop ID` "
    "ends one. Then say --send (all goes, and what was sent goes twice) or --drop (it is given up)."
)


def utc_now() -> datetime:
    """Look at the clock."""
    return datetime.now(UTC)


@click.command()
@click.argument("place", type=PLACE)
@click.option("--verify", is_flag=True, help="Make nothing: prove that the backup at PLACE can be restored.")
@click.pass_context
def backup(context: click.Context, place: Path, verify: bool) -> None:
    """Copy the database and the files to PLACE, also while tidings runs.

    PLACE is a new folder, an archive (.tar, .tar.gz), or a folder that is there, in which one is made by
    the day and hour. There is all of it in the end, or nothing.
    """
    settings = configured(context)
    try:
        if verify:
            found = asyncio.run(backing_up.verify(settings, place))
        else:
            made = asyncio.run(backing_up.make(settings, place, utc_now))
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    if not verify:
        _tell_made(settings, made)
    elif not _tell_verified(place, found):
        context.exit(1)


def _tell_made(settings: Settings, made: Made) -> None:
    told = made.manifest
    size = sum(one.size for one in told.files.values()) / 1_000_000
    rows = f"{told.rows.get('messages', 0)} messages of {told.rows.get('customers', 0)} customers"
    click.echo(
        f"{made.place}: {rows}, {len(told.media)} files, {size:.1f} MB, as of {told.at:%Y-%m-%d %H:%M:%S}Z."
    )
    if told.bucket:
        click.echo(f"The files are not in it: they stay in {told.bucket}.")
    for name in made.missing[:TOLD]:
        click.echo(f"The file {name} is missing in {settings.media_dir}.", err=True)
    click.echo(
        f"The secret key ({settings.secret_file}) and your configuration are not in it: keep them apart."
    )


def _tell_verified(place: Path, found: Found) -> bool:
    for one in found.wrong[:TOLD]:
        click.echo(f"{place}: {one}", err=True)
    if found.wrong:
        click.echo(f"{place} cannot be relied on: {len(found.wrong)} things are wrong.", err=True)
        return False
    told = found.manifest
    rows = f"{sum(told.rows.values())} rows in {len(told.rows)} tables"
    click.echo(f"{place} is whole: {rows} and {len(told.media)} files, as of {told.at:%Y-%m-%d %H:%M:%S}Z.")
    return True


@click.command()
@click.argument("place", type=PLACE)
@click.option("--replace", is_flag=True, help="Put what is there aside, and the backup in its place.")
@click.pass_context
def restore(context: click.Context, place: Path, replace: bool) -> None:
    """Put the backup at PLACE back; tidings must not run. The house then begins paused: it sends nothing.

    What it owes may have been sent after the backup was made. `tidings resume` says what is to become of it.
    """
    settings = configured(context)
    try:
        done = asyncio.run(
            restoring.restore(settings, place, replace=replace, by=getpass.getuser(), clock=utc_now)
        )
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    _tell_restored(settings, done)


def _tell_restored(settings: Settings, done: PutBack) -> None:
    told = done.manifest
    click.echo(f"Restored: {told.rows.get('messages', 0)} messages, as of {told.at:%Y-%m-%d %H:%M:%S}Z.")
    for path in done.before:
        click.echo(f"What was there before is in {path}; take it away when you are sure.")
    if told.bucket:
        click.echo(f"The files stay in {told.bucket}.")
    _tell_since(done)
    click.echo(
        f"It is paused, nothing leaves. Owed then, and waiting for your word: {done.waiting}. Touches wait."
    )
    click.echo("Start it (`tidings run`), look (`tidings owed list`), then say `tidings resume`.")


def _tell_since(done: PutBack) -> None:
    """Say what became of what customers said since: their refusals must not be forgotten."""
    if not done.is_known:
        click.echo("Who said stop since, or was erased, is not known any more: look before touches go on.")
        return
    if done.refusals:
        click.echo(f"{done.refusals} refusals (stop, no) that came since were taken over.")
    if done.again:
        named = ", ".join(str(key) for key in done.again[:TOLD])
        click.echo(f"Erased since and here again: {named}. Erase them once more (`tidings customers erase`).")


@click.command()
@click.option("--send", "choice", flag_value="send", help="Send what waits; what was sent since goes twice.")
@click.option("--drop", "choice", flag_value="drop", help="Give up what may have been sent since.")
@click.option("--touches", is_flag=True, help="Let touches go again too, as `tidings touches resume` does.")
@click.pass_context
def resume(context: click.Context, choice: str | None, touches: bool) -> None:
    """Let a house that was put back from a backup send again; also while it runs.

    What agents wrote since it was put back goes in any case. What was owed before goes by --send, or is
    given up by --drop. What was perhaps sent is decided one by one, as ever (`tidings owed`).
    """
    asyncio.run(_resume(configured(context), choice or "", touches=touches))


async def _resume(settings: Settings, choice: str, *, touches: bool) -> None:
    async with opened(settings) as database:
        async with database.writing() as connection:
            since = await restored.held(connection)
            if since is None:
                click.echo("This house is not paused.")
            else:
                number = await restored.doubtful(connection, since)
                if number and not choice:
                    raise click.ClickException(UNDECIDED.format(number=number, made=since.made_at))
                dropped = await restored.give_up(connection, since, utc_now()) if choice == "drop" else 0
                going = await restored.certain(connection, since) + number - dropped
                await restored.let_go(connection)
                click.echo(_told(since, going, dropped))
            if touches:
                await touches_go(connection, getpass.getuser(), utc_now())
        if touches:
            await instance_of(settings).trust(database)
            click.echo("Touches go on.")
        elif since is not None:
            click.echo("Touches wait on: `tidings touches resume` lets them go.")


def _told(since: Held, going: int, dropped: int) -> str:
    given_up = f", {dropped} given up" if dropped else ""
    return f"The house that was put back at {since.at:%Y-%m-%d %H:%M}Z sends again: {going} to go{given_up}."
