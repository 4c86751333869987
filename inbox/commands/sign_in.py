"""`tidings sign-in` and `sign-out`: a link that signs an agent in once, and the end of all they have."""

import asyncio
from datetime import UTC, datetime

import click

from config.settings import Settings
from inbox.commands.noting import noted
from inbox.commands.reading import configured, opened
from storage import agents, sessions
from storage.database import Database


@click.command("sign-in")
@click.argument("agent", default="")
@click.pass_context
def sign_in(context: click.Context, agent: str) -> None:
    """Print a link that signs AGENT (a key of [[agents]], default the first) in once, within 15 minutes."""
    settings = configured(context)
    known = [entry.key for entry in settings.policy.agents]
    key = agent or known[0]
    if key not in known:
        raise click.ClickException(f"There is no agent {key!r}. There are: {', '.join(known)}.")
    click.echo(asyncio.run(_link(settings, key, datetime.now(UTC))))


async def _link(settings: Settings, key: str, now: datetime) -> str:
    async with opened(settings) as database:
        async with database.writing() as connection:
            entries = [entry.kept for entry in settings.policy.agents]
            await agents.sync(connection, database.ids, entries, now)
        return await link_for(database, key, settings.public_url, now)


async def link_for(database: Database, key: str, at: str, now: datetime) -> str:
    """Make a link to the desk at the address *at* for the agent called *key*, who must be kept already."""
    async with database.writing() as connection:
        agent = await agents.by_key(connection, key)
        if agent is None:
            raise LookupError(key)
        token = await sessions.make_link(connection, agent.id, now=now)
        await noted(connection, database.ids, now, "changed", "make_sign_in_link", detail=f"for {key}")
    return f"{at}/desk/sign-in?token={token}"


@click.command("sign-out")
@click.argument("agent")
@click.pass_context
def sign_out(context: click.Context, agent: str) -> None:
    """End every session of AGENT, in every browser, and every link that was not used yet."""
    ended = asyncio.run(_end(configured(context), agent))
    if ended is None:
        raise click.ClickException(f"There is no agent {agent!r}.")
    click.echo(f"{agent}: {ended} sessions ended.")


async def _end(settings: Settings, key: str) -> int | None:
    async with opened(settings) as database, database.writing() as connection:
        agent = await agents.by_key(connection, key)
        if agent is None:
            return None
        ended = await sessions.end_all(connection, agent.id)
        detail = f"{key} everywhere: {ended}"
        await noted(connection, database.ids, datetime.now(UTC), "signed_out", "sign_out", detail=detail)
        return ended
