"""`tidings touches try`: a scenario in, what would be sent and why not out."""

import asyncio
import json
import logging
from typing import BinaryIO

import click
import orjson
import structlog

from config.errors import Mistake
from inbox.commands.reading import tell

NO = 1


@click.command("try")
@click.argument("file", type=click.File("rb"), metavar="SCENARIO.JSON")
@click.pass_context
def try_(context: click.Context, file: BinaryIO) -> None:
    """Print what would be sent in a scenario, and why the rest would not, as JSON.

    It is lived through by the very planner and hand-off, over a database in memory: nothing is sent, no
    configuration is read. docs/scenarios.md says what a scenario can hold. A mistake in it exits 1.
    """
    from inbox.touches.scenario import try_out  # here, so that the other commands begin sooner

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        written = json.loads(file.read())
    except (ValueError, RecursionError) as error:
        click.echo(f"tidings: {file.name}: this is not JSON: {error}", err=True)
        context.exit(NO)
    try:
        out = asyncio.run(try_out(written, file.name))
    except Mistake as mistake:
        tell(mistake)
        context.exit(NO)
    click.echo(orjson.dumps(out, option=orjson.OPT_INDENT_2).decode())
