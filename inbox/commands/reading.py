"""What every command begins with: the configuration, or its mistakes told and exit 2."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

import bots
from config.errors import Mistake
from config.settings import Settings, load
from config.where import file_of
from inbox.secret import with_any_secret
from storage.database import Database
from storage.migrate import upgrade

WRONG = 2


def configured(context: click.Context) -> Settings:
    """Read the configuration the command line names; exits 2 with every mistake."""
    try:
        asked: Path | None = context.find_root().params.get("config")
        return load(file_of(asked, os.environ, Path.cwd()), os.environ, bots.kinds())
    except Mistake as mistake:
        tell(mistake)
        raise click.exceptions.Exit(WRONG) from mistake


def keyed(settings: Settings) -> Settings:
    """Give *settings* their secret key, or one for this command; exits 2 where it cannot be opened."""
    try:
        return with_any_secret(settings)
    except Mistake as mistake:
        tell(mistake)
        raise click.exceptions.Exit(WRONG) from mistake


def tell(mistake: Mistake) -> None:
    """Write every mistake on a line of stderr."""
    for one in mistake.every():
        click.echo(f"tidings: {one}", err=True)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database that *settings* name, also while `tidings run` uses it."""
    async with at_today(Database(settings.database)) as database:
        yield database


@asynccontextmanager
async def at_today(database: Database) -> AsyncIterator[Database]:
    """Open *database* and bring it to today's tables; close it afterwards."""
    await database.open()
    try:
        await upgrade(database)
        yield database
    finally:
        await database.close()
