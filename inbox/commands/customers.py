"""`tidings customers`: one customer's page, what is kept of them, what they allow, and forgetting them."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from config.errors import Mistake
from config.settings import Settings
from config.touches import book_of
from inbox.commands.noting import account, noted
from inbox.commands.reading import WRONG, configured, keyed, opened, tell
from inbox.media import store_of
from inbox.preferences.copying import as_csv, copy_of, ledger
from inbox.preferences.erasing import Erased, Eraser, Wish
from inbox.preferences.exporting import Exporter
from inbox.preferences.links import Links
from inbox.preferences.receipts import Shown, shown
from inbox.secret import with_secret
from storage import agents, consents, preferences, scrubbing
from storage import customers as people
from storage.database import Connection, Database
from storage.rows import Address, Customer


@click.group("customers")
def customers() -> None:
    """One customer: their page, their data, their consent. WHO is a key, an address or the shop's number."""


@customers.command()
@click.argument("who")
@click.pass_context
def link(context: click.Context, who: str) -> None:
    """Print the address of a customer's page; whoever has it can open the page, for 60 days."""
    settings = _with_secret(context)
    customer = asyncio.run(_find(settings, who))
    links = Links(settings.secret_keys, settings.public_url)
    click.echo(links.address(customer.id, datetime.now(UTC)))


@customers.command()
@click.argument("who")
@click.option("--consent", is_flag=True, help="Only the ledger of consent.")
@click.option("--csv", "table", is_flag=True, help="The ledger of consent as CSV.")
@click.option("--internal", is_flag=True, help="Also notes, tier, tags and holds, which agents wrote.")
@click.option("--zip", "whole", type=click.Path(dir_okay=False, path_type=Path), help="All, with files.")
@click.pass_context
def export(
    context: click.Context, who: str, consent: bool, table: bool, internal: bool, whole: Path | None
) -> None:
    """Print what is kept of a customer, as JSON; or write all of it, notes and files too, into a ZIP file."""
    now = datetime.now(UTC)
    if whole is not None:
        asyncio.run(_whole(keyed(configured(context)), who, whole, now))
        click.echo(f"Written: {whole}")
        return
    told = asyncio.run(_export(configured(context), who, now, only=consent or table, internal=internal))
    if table:
        click.echo(as_csv(told["consents"]), nl=False)
    else:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))


async def _export(
    settings: Settings, who: str, now: datetime, *, only: bool, internal: bool
) -> dict[str, Any]:
    async with opened(settings) as database:
        await _noted(database, who, now, "consent" if only else "json")
        return await _told(database, who, now, only=only, internal=internal)


async def _whole(settings: Settings, who: str, path: Path, now: datetime) -> None:
    async with opened(settings) as database:
        customer = await _noted(database, who, now, "zip")
        await Exporter(database=database, media=store_of(settings)).write(customer.id, path, now)


async def _noted(database: Database, who: str, now: datetime, what: str) -> Customer:
    """Find the customer, and write into the audit log that they are taken away."""
    async with database.writing() as connection:
        customer = await _named(connection, who)
        await noted(
            connection, database.ids, now, "exported", "export_customer", detail=what, customer_id=customer.id
        )
    return customer


async def _told(database: Database, who: str, now: datetime, *, only: bool, internal: bool) -> dict[str, Any]:
    async with database.reading() as connection:
        customer = await _named(connection, who)
        if not only:
            return await copy_of(connection, customer.id, now, internal=internal)
        ours = {one.id: one.address for one in await people.addresses_of(connection, customer.id)}
        names = {one.id: one.name for one in await agents.all_active(connection)}
        lines = await consents.of_customer(connection, customer.id)
        return {"customer": customer.id, "consents": ledger(lines, ours, names)}


@customers.command()
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def erase(context: click.Context, who: str, yes: bool) -> None:
    """Forget a customer now and for good: facts, words, files. There is no way back."""
    settings = _with_secret(context)
    customer = asyncio.run(_find(settings, who))
    if not yes:
        click.confirm(f"Forget customer {customer.id} ({customer.name or 'no name'})?", abort=True, err=True)
    done = asyncio.run(_erase(settings, customer.id, datetime.now(UTC)))
    click.echo(
        f"Forgotten: {done.addresses} addresses, {done.files} files, {done.hooks} calls of the journal."
    )
    click.echo(f"Receipt {done.receipt.id}, digest {done.receipt.digest}")
    if settings.journal:
        click.echo("Their calls leave the journal's stream within minutes, while a node runs.")
    if done.conversations:
        click.echo(f"What we posted in Slack about {done.conversations} conversations is deleted as we run.")
    for channel, ts in done.posts:
        click.echo(f"An agent wrote it, delete it by hand in Slack: channel {channel}, message {ts}")


async def _erase(settings: Settings, customer_id: int, now: datetime) -> Erased:
    secret = settings.mark_keys[0]
    async with opened(settings) as database:
        streamed = bool(settings.journal)
        eraser = Eraser(database=database, media=store_of(settings), secret=secret, streamed=streamed)
        return await eraser.erase(customer_id, now, Wish(who="command", face="command", name=account()))


@customers.command()
@click.argument("receipt_id", metavar="ID", type=int)
@click.option("--digest", default="", help="The digest of a copy, to compare.")
@click.pass_context
def receipt(context: click.Context, receipt_id: int, digest: str) -> None:
    """Show the receipt of an erasure and say whether it is what was written then; exits 1 if not."""
    found = asyncio.run(_receipt(configured(context), receipt_id, digest))
    if found is None:
        raise click.ClickException(f"There is no receipt {receipt_id}.")
    one = found.receipt
    click.echo(f"Receipt {one.id}: customer {one.customer_id} was erased at {one.at.isoformat()}")
    click.echo(f"by the wish of: {one.wish}")
    for name, count in sorted(one.counts.items()):
        click.echo(f"  {name}: {count}")
    click.echo(f"digest {one.digest}")
    if (streamed := found.streamed) is not None:
        click.echo(
            f"Their calls left the journal's stream at {streamed.at.isoformat()}."
            if streamed.at
            else "Their calls still wait to leave the journal's stream, at NATS."
        )
    for doubt in filter(None, (*found.doubts, found.noted)):
        click.echo(doubt, err=True)
    if found.doubts:
        context.exit(1)
    click.echo("It is what was written then.")


async def _receipt(settings: Settings, key: int, digest: str) -> Shown | None:
    async with opened(settings) as database, database.reading() as connection:
        return await shown(connection, key, digest)


@customers.command()
@click.pass_context
def scrub(context: click.Context) -> None:
    """Write the database anew, so that nothing erased lies in its free space. Stop tidings first."""
    asyncio.run(_scrub(configured(context)))
    click.echo("The database is written anew. Backups made before still hold what was erased since.")


async def _scrub(settings: Settings) -> None:
    async with opened(settings) as database:
        await scrubbing.scrub(database)


@customers.command("opt-in")
@click.argument("address")
@click.argument("subject")
@click.option("--wording", required=True, help="What the customer read or heard, word for word.")
@click.option("--source", required=True, help="Where they said it: 'paper form', 'phone call'.")
@click.option("--proof", default="", help="Where the proof lies: a scan's name, a recording's number.")
@click.option("--no", "refused", is_flag=True, help="They said no.")
@click.pass_context
def opt_in(
    context: click.Context, address: str, subject: str, wording: str, source: str, proof: str, refused: bool
) -> None:
    """Record that the customer at ADDRESS allows SUBJECT, like birthday or news; or, with --no, does not."""
    settings = configured(context)
    try:
        known = [one.key for one in book_of(settings).subjects if not one.always] + [consents.MARKETING]
    except Mistake as mistake:
        tell(mistake)
        context.exit(WRONG)
    if subject not in known:
        raise click.ClickException(f"There is no subject {subject!r}. There are: {', '.join(known)}.")
    told = {"subject": subject, "wording": wording, "source": source, "proof": proof}
    where = asyncio.run(_record(settings, address, "no" if refused else "yes", told, datetime.now(UTC)))
    click.echo(f"{address}: {subject} {'refused' if refused else 'allowed'}.")
    if where.stopped_at is not None and not refused:
        click.echo("They said stop there: nothing is sent until they write START themselves.", err=True)


async def _record(settings: Settings, text: str, word: str, told: dict[str, Any], now: datetime) -> Address:
    async with opened(settings) as database, database.writing() as connection:
        address = await people.by_address(connection, text)
        if address is None:
            raise click.ClickException(f"Nobody has the address {text}. It looks like tel:+351912345408.")
        await consents.record(connection, database.ids, address_id=address.id, word=word, at=now, **told)
        subject = told["subject"]
        await noted(
            connection,
            database.ids,
            now,
            "changed",
            "write_consent",
            detail=subject,
            customer_id=address.customer_id,
        )
        return address


def _with_secret(context: click.Context) -> Settings:
    try:
        return with_secret(configured(context))
    except Mistake as mistake:
        tell(mistake)
        raise click.exceptions.Exit(WRONG) from mistake


async def _find(settings: Settings, who: str) -> Customer:
    async with opened(settings) as database, database.reading() as connection:
        return await _named(connection, who)


async def _named(connection: Connection, who: str) -> Customer:
    found = await preferences.named(connection, who)
    if found is None:
        raise click.ClickException(f"There is no customer {who!r}.")
    return found
