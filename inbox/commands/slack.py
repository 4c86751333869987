"""`tidings slack`: the app that an operator makes at Slack."""

import click

from inbox.commands.reading import configured
from inbox.desk.slack.manifest import manifest as written


@click.group()
def slack() -> None:
    """Prepare Slack."""


@slack.command()
@click.option("--http", is_flag=True, help="Events over HTTP at the public address, instead of Socket Mode.")
@click.pass_context
def manifest(context: click.Context, http: bool) -> None:
    """Print the manifest to paste at api.slack.com/apps, Create New App, From a manifest."""
    settings = configured(context)
    if http and not settings.public_url.startswith("https://"):
        raise click.ClickException("Slack calls https addresses only: set public_url first.")
    click.echo(written(settings.public_url if http else ""), nl=False)
