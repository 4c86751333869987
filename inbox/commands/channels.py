"""`tidings channels`: a table of what each configured channel can do."""

import os
import shutil
from collections.abc import Iterator, Mapping

import click

from config.errors import Mistake
from inbox.abilities import abilities
from inbox.channels import open_channels
from inbox.commands.reading import WRONG, configured, keyed, tell

GAP = "  "
NARROWEST = 40


@click.command()
@click.pass_context
def channels(context: click.Context) -> None:
    """Print what each configured channel can do; asks no provider."""
    try:
        opened = open_channels(keyed(configured(context)))
    except Mistake as mistake:
        tell(mistake)
        context.exit(WRONG)
    if not opened:
        click.echo("No channel is on. `tidings check` says how to switch one on.")
        return
    table = {name: abilities(channel.spec) for name, channel in opened.items()}
    width = max(NARROWEST, int(os.environ.get("COLUMNS") or 0) or shutil.get_terminal_size().columns)
    for line in lines(table, width):
        click.echo(line)


def lines(table: Mapping[str, Mapping[str, str]], width: int) -> Iterator[str]:
    """Write a line an ability and a column a channel; those that do not fit in *width* go below."""
    names = list(next(iter(table.values())))
    first = max(map(len, names))
    rest = list(table)
    while rest:
        taken = _fitting(table, rest, width - first)
        block = [["", *taken], *([name, *(table[one][name] for one in taken)] for name in names)]
        widths = [max(len(row[at]) for row in block) for at in range(len(taken) + 1)]
        for row in block:
            yield GAP.join(cell.ljust(room) for cell, room in zip(row, widths, strict=True)).rstrip()
        rest = rest[len(taken) :]
        if rest:
            yield ""


def _fitting(table: Mapping[str, Mapping[str, str]], names: list[str], room: int) -> list[str]:
    """Take as many columns as there is room for, one at least."""
    taken: list[str] = []
    for name in names:
        room -= len(GAP) + max(len(name), *map(len, table[name].values()))
        if taken and room < 0:
            break
        taken.append(name)
    return taken
