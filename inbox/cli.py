"""The `tidings` command."""

import asyncio
import os
from pathlib import Path

import click

from config.errors import Mistake
from inbox.check import check as look
from inbox.commands.audit import audit
from inbox.commands.backup import backup, restore, resume
from inbox.commands.channels import channels
from inbox.commands.customers import customers
from inbox.commands.hooks import hooks
from inbox.commands.import_ import import_
from inbox.commands.journal import journal
from inbox.commands.keys import keys
from inbox.commands.owed import owed
from inbox.commands.reading import WRONG, configured, tell
from inbox.commands.report import report
from inbox.commands.route import route
from inbox.commands.run import run
from inbox.commands.sign_in import sign_in, sign_out
from inbox.commands.slack import slack
from inbox.commands.touches import touches
from inbox.findings import COLUMN
from inbox.live_check import ask


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration; else TIDINGS_CONFIG, else ./tidings.toml, else the shipped one.",
)
@click.version_option(package_name="tidings")
def tidings(config: Path | None) -> None:
    """Customers write on the apps they use; agents answer in Slack or in the browser."""


@tidings.command()
@click.option("--live", is_flag=True, help="Also ask each channel's provider who we are; changes nothing.")
@click.pass_context
def check(context: click.Context, live: bool) -> None:
    """Say what is configured, what is missing and where to get it.

    Exits 1 if something is missing, or if a provider that was asked does not know us.
    """
    settings = configured(context)
    try:
        findings = look(settings)
        findings += asyncio.run(ask(settings)) if live else []
    except Mistake as mistake:
        tell(mistake)
        context.exit(WRONG)
    click.echo(f"{'configuration':<{COLUMN}} {'ok':<8} {settings.source.file}")
    for finding in findings:
        click.echo(str(finding))
    context.exit(1 if any(finding.state in ("missing", "failed") for finding in findings) else 0)


for command in (
    backup,
    restore,
    resume,
    run,
    audit,
    channels,
    customers,
    hooks,
    import_,
    journal,
    keys,
    owed,
    report,
    route,
    sign_in,
    sign_out,
    slack,
    touches,
):
    tidings.add_command(command)


def main() -> None:
    """Run the command line; what it makes is for its own account only."""
    os.umask(0o077)
    tidings(prog_name="tidings")
