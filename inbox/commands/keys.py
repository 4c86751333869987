"""`tidings keys`: secrets that stand sealed in files, and our own secret made anew without a break."""

import asyncio
import os
import secrets
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from config.errors import Mistake
from config.filling import HOUSE_KEY, OLD_HOUSE_KEY
from config.sealed import SEAL_KEY, Seals, new_key, seals_of
from config.settings import Settings
from inbox.commands.noting import noted
from inbox.commands.reading import WRONG, configured, opened, tell
from inbox.credentials import seals_at_rest
from inbox.resealing import reseal_file, reseal_hooks
from inbox.secret import MARKS, kept, with_any_secret, written
from storage.database import Database

LONGEST = 10_000


@click.group()
def keys() -> None:
    """Seal secrets that stand in files, and change keys without a break."""


@keys.command()
def new() -> None:
    """Print a new key to seal with. It is kept nowhere: put it where the environment comes from."""
    click.echo(new_key())


@keys.command()
def seal() -> None:
    """Read a secret from the standard input and print it sealed, to stand in a configuration.

    The newest key of TIDINGS_SEAL_KEY seals it. At a terminal nothing that is typed is shown.
    """
    seals = _seals(os.environ)  # not by a configuration, which may hold what no key opens any more
    if sys.stdin.isatty():
        secret = click.prompt("The secret", hide_input=True, err=True)
    else:
        secret = sys.stdin.read(LONGEST + 1).rstrip("\r\n")
    if not secret or len(secret) > LONGEST:
        raise click.ClickException(f"A secret of 1 to {LONGEST} characters is read from the standard input.")
    click.echo(seals.seal(secret))


@keys.command()
@click.pass_context
def rotate(context: click.Context) -> None:
    """Seal everything anew under the newest key: the configuration, our own files, the journal.

    Put a new key before the old one in TIDINGS_SEAL_KEY, restart, run this, then take the old one out.
    """
    settings = configured(context)
    seals = _seals(settings.source.env)
    path = settings.secret_file
    try:
        changed = reseal_file(Path(settings.source.file), seals)
        ours = [file for file in (path, path.with_name(MARKS)) if _reseal_keys(file, seals)]
        rows = asyncio.run(_rows(settings))
    except Mistake as mistake:
        tell(mistake)
        context.exit(WRONG)
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}.") from error
    click.echo(f"Sealed with {seals.names[0]}: {changed} values of {settings.source.file},")
    click.echo(f"{len(ours)} files of ours, {rows} calls of the journal. The keys after it can be taken out.")


def _reseal_keys(path: Path, seals: Seals) -> bool:
    """Seal our own file anew; raises Mistake or OSError. False where there is none."""
    there = kept(path, seals)
    if there:
        written(path, there, seals)
    return bool(there)


async def _rows(settings: Settings, operation: str = "rotate") -> int:
    async with opened(settings) as database:
        rows = await reseal_hooks(database, seals_at_rest(with_any_secret(settings)))
        await _noted(database, operation)
        return rows


async def _renewed(settings: Settings) -> None:
    async with opened(settings) as database:
        await _noted(database, "renew")


async def _noted(database: Database, operation: str) -> None:
    async with database.writing() as connection:
        await noted(connection, database.ids, datetime.now(UTC), "keys", operation)


@keys.command()
@click.pass_context
def renew(context: click.Context) -> None:
    """Make the house's own secret anew; the one of today stays good beside it. Nobody is signed out.

    Restart afterwards. A day later, or 60 where links to customers' pages should live, `tidings keys forget`.
    """
    settings, there = _kept(context)
    if len(there) > 1:
        raise click.ClickException(
            "The secret before is still good. `tidings keys forget` takes it out first."
        )
    seals, path = seals_of(settings.source.env), settings.secret_file
    if not kept(path.with_name(MARKS), seals):
        written(path.with_name(MARKS), there[:1], seals)
    written(path, [secrets.token_hex(32), there[0]], seals)
    asyncio.run(_renewed(settings))
    click.echo(f"A new secret stands in {path}. Restart; what the one before signed is still good.")


@keys.command()
@click.pass_context
def forget(context: click.Context) -> None:
    """Take the house's secret of before out: whoever was signed in by it alone signs in again."""
    settings, there = _kept(context)
    if len(there) < 2:
        raise click.ClickException("No secret of before stands there.")
    asyncio.run(_rows(settings, "forget"))  # what was sealed by the secret that goes
    written(settings.secret_file, there[:1], seals_of(settings.source.env))
    click.echo(f"{settings.secret_file} holds the new secret alone. Restart.")


def _kept(context: click.Context) -> tuple[Settings, tuple[str, ...]]:
    """Read the house's secrets from its file; exits where the environment gives them."""
    settings = configured(context)
    if _given(settings.source.env):
        how = (
            f"Put it into {OLD_HOUSE_KEY}, another into {HOUSE_KEY}, and keep the first in TIDINGS_MARK_KEY."
        )
        raise click.ClickException(f"The secret comes from {HOUSE_KEY}. {how}")
    try:
        there = kept(settings.secret_file, seals_of(settings.source.env))
    except Mistake as mistake:
        tell(mistake)
        raise click.exceptions.Exit(WRONG) from mistake
    except OSError as error:
        raise click.ClickException(f"{settings.secret_file}: {error.strerror}.") from error
    if not there:
        raise click.ClickException(f"There is no {settings.secret_file} yet: the first start makes it.")
    return settings, there


def _given(env: Mapping[str, str]) -> bool:
    return bool(env.get(HOUSE_KEY))


def _seals(env: Mapping[str, str]) -> Seals:
    """Read the keys; exits where there are none, or one is none."""
    try:
        seals = seals_of(env)
    except Mistake as mistake:
        tell(mistake)
        raise click.exceptions.Exit(WRONG) from mistake
    if not seals.keys:
        raise click.ClickException(
            f"There is no {SEAL_KEY} in the environment. `tidings keys new` makes one."
        )
    return seals
