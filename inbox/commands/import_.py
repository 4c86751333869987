"""`tidings import`: customers, orders and birthdays from files."""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from config.errors import Mistake
from config.settings import Settings
from config.touches import load_touches
from inbox.channels import accounts
from inbox.collecting import collect_seldom
from inbox.commands.noting import noted
from inbox.commands.reading import WRONG, configured, keyed, opened, tell
from inbox.importing.cards import keep_birthdays
from inbox.importing.dates import Undecided
from inbox.importing.fields import Kind, Unmapped
from inbox.importing.opening import Unreadable
from inbox.importing.showing import told
from inbox.importing.whole import Asked, keep, look
from storage.database import Database, StorageFull, Unavailable

FILE: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
DATES: Final = click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="Day first, or month first.")
ENCODING: Final = click.option("--encoding", default="", help="Like 'utf-8' or 'cp1252'; told if left out.")
REGION: Final = click.option("--region", help="The country of numbers without a +, like ES.")
DRY: Final = click.option("--dry-run", "dry", is_flag=True, help="Check every row and keep nothing.")
SAME_DAY: Final = click.option("--same-day", is_flag=True, help="Also wish birthdays that are today.")
MAP: Final = click.option("--map", "map_", multiple=True, metavar="FIELD=COLUMN", help="Which column it is.")
DELIMITER: Final = click.option(
    "--delimiter", default="", help="What stands between cells; told if left out."
)
YES: Final = click.option("--yes", is_flag=True, help="Do not ask before keeping.")


@click.group("import")
def import_() -> None:
    """Bring in customers, orders and birthdays; the same file twice changes nothing."""


@import_.command()
@FILE
@MAP
@click.option("--consent", multiple=True, metavar="SUBJECT=COLUMN", help="Consent to one subject.")
@DATES
@REGION
@ENCODING
@DELIMITER
@SAME_DAY
@DRY
@YES
@click.pass_context
def customers(context: click.Context, /, file: Path, yes: bool, **said: Any) -> None:
    """Bring in the customers of FILE: one a row, known by reference, number or e-mail address."""
    _table(context, "customers", file, yes, said)


@import_.command()
@FILE
@MAP
@DATES
@REGION
@ENCODING
@DELIMITER
@DRY
@YES
@click.pass_context
def orders(context: click.Context, /, file: Path, yes: bool, **said: Any) -> None:
    """Bring in the orders of FILE: one a row, known by their numbers."""
    _table(context, "orders", file, yes, said)


@import_.command()
@FILE
@DATES
@REGION
@ENCODING
@SAME_DAY
@DRY
@click.pass_context
def birthdays(context: click.Context, /, file: Path, **said: Any) -> None:
    """Bring in the birthdays of FILE, vCards, of customers who are known by number or e-mail address."""
    settings, now = configured(context), datetime.now(UTC)
    asked = _asked(settings, file, said)

    async def run(database: Database) -> Counter[str]:
        return await keep_birthdays(database, asked, now)

    _end(asked, _kept(settings, run))


def _table(context: click.Context, kind: Kind, file: Path, yes: bool, said: dict[str, Any]) -> None:
    settings, now = configured(context), datetime.now(UTC)
    asked = _asked(settings, file, said)
    try:
        looked = look(kind, asked, now, _bar)
    except (Unreadable, Unmapped, Undecided) as error:
        click.echo(f"tidings: {error}", err=True)
        raise click.exceptions.Exit(WRONG) from error
    for line in looked.lines:
        click.echo(line)
    if not (yes or asked.dry) and sys.stdin.isatty():
        click.confirm(f"Keep {looked.rows:,} rows?", abort=True)

    async def run(database: Database) -> Counter[str]:
        return await keep(database, looked, asked, now, _bar)

    _end(asked, _kept(settings, run))


def _asked(settings: Settings, file: Path, said: dict[str, Any]) -> Asked:
    """Join what the command line says with what the account is; exits 2 with every mistake."""
    try:
        channels: dict[str, str] = {}
        for account in accounts(settings):
            if account.folder.SPEC.writes:
                channels.setdefault(account.folder.SPEC.scheme, account.name)
        book = load_touches(settings.touches.file, language=settings.language)
    except Mistake as mistake:
        tell(mistake)
        raise click.exceptions.Exit(WRONG) from mistake
    region = said.get("region")
    return Asked(
        path=file,
        map=said.get("map_", ()),
        consents=said.get("consent", ()),
        subjects=tuple(subject.key for subject in book.subjects),
        dates=said.get("dates") or "",
        encoding=said["encoding"],
        delimiter=said.get("delimiter", "").replace("\\t", "\t"),
        region=(settings.touches.country if region is None else region).upper(),
        zone=settings.touches.zone,
        channels=channels,
        secrets=keyed(settings).mark_keys,
        dry=said["dry"],
        same_day=said.get("same_day", False),
    )


def _kept(
    settings: Settings,
    run: Callable[[Database], Awaitable[Counter[str]]],
) -> Counter[str]:
    """Open the database and *run*; says what stopped it, and that the file can be given again."""
    collect_seldom()

    async def whole() -> Counter[str]:
        async with opened(settings) as database:
            counted = await run(database)
            async with database.writing() as connection:
                kept = ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))
                now = datetime.now(UTC)
                await noted(connection, database.ids, now, "changed", "import", detail=kept[:300])
            return counted

    try:
        return asyncio.run(whole())
    except (Unreadable, Undecided) as error:
        click.echo(f"tidings: {error}", err=True)
        raise click.exceptions.Exit(WRONG) from error
    except StorageFull as error:
        raise click.ClickException("The disk is full. What was kept stays; give the file again.") from error
    except Unavailable as error:
        raise click.ClickException(
            "The database cannot be written now. What was kept stays; give the file again."
        ) from error


def _end(asked: Asked, tally: Counter[str]) -> None:
    click.echo(told(tally, dry=asked.dry))
    if tally["file"]:
        several = f"{tally['refused']:,} refused, {tally['notices']:,} to look at"
        click.echo(f"Why, row by row ({several}): {asked.path}.refused.csv")


@contextmanager
def _bar(label: str, size: int) -> Iterator[Callable[[int], object]]:
    """Show a bar of bytes on a terminal, and nothing elsewhere."""
    with click.progressbar(length=size, label=f"{label:<8}", file=sys.stderr) as bar:
        yield lambda at: bar.update(max(0, at - bar.pos))
