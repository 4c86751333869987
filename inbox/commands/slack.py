"""`tidings slack`: the app that an operator makes at Slack."""

import click

from inbox.commands.reading import configured


@click.group()
def slack() -> None:
    """Prepare Slack."""


@slack.command()
@click.option("--http", is_flag=True, help="Events over HTTP at the public address, instead of Socket Mode.")
@click.pass_context
def manifest(context: click.Context, http: bool) -> None:
    """Print the manifest to paste at api.slack.com/apps, Create New App, From a manifest."""
    from inbox.desk.slack.manifest import manifest as written

    settings = configured(context)
    click.echo(written(settings.public_url if http else ""))
