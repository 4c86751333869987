"""The `tidings` command."""

import asyncio
import os
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from config.errors import Mistake
from inbox.check import check as look
from inbox.commands.reading import WRONG, configured, tell
from inbox.findings import COLUMN
from inbox.live_check import ask

FILES: Final = {"resume": "backup", "restore": "backup", "sign-out": "sign_in"}
"""The commands whose files are not called as they are."""
COMMANDS: Final = (
    *("audit", "backup", "channels", "customers", "hooks", "import", "journal", "keys", "owed", "report"),
    *("restore", "resume", "route", "run", "sign-in", "sign-out", "slack", "touches"),
)


class Commands(click.Group):
    """Loads a command when it is asked for: a house that runs for months has no use for the others."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name all there are."""
        return sorted([*super().list_commands(context), *COMMANDS])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Load the command called *name*, if there is one."""
        if name not in COMMANDS:
            return super().get_command(context, name)
        word = "import_" if name == "import" else name.replace("-", "_")
        found: Any = getattr(import_module(f"inbox.commands.{FILES.get(name, word)}"), word)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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


def main() -> None:
    """Run the command line; what it makes is for its own account only."""
    os.umask(0o077)
    tidings(prog_name="tidings")
