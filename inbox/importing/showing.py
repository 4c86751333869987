"""What is shown before anything is written, and what is said afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from inbox.importing.cells import bare
from inbox.importing.dates import Order
from inbox.importing.fields import Layout
from inbox.importing.opening import Sheet
from inbox.importing.survey import Survey

EXAMPLE: Final = 30
NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ORDERS: Final[Mapping[Order, str]] = {"dmy": "day first", "mdy": "month first", "": "year first, or none"}


def shown(
    sheet: Sheet, layout: Layout, consents: Mapping[str, int], found: Survey, example: Sequence[str]
) -> Iterator[str]:
    """Give the lines of the table of columns, with an example each, and how the file is written."""
    delimiter = NAMES.get(sheet.delimiter, repr(sheet.delimiter))
    yield f"{sheet.path}: {found.rows:,} rows, {sheet.encoding}, {delimiter}, dates {ORDERS[found.order]}"
    fields = [*layout.columns.items(), *((f"consent to {subject}", at) for subject, at in consents.items())]
    rows = [("field", "column", "example")]
    for field, place in sorted(fields, key=lambda one: one[1]):
        cell = bare(example[place]) if place < len(example) else ""
        rows.append((field, sheet.heading[place], cell if len(cell) <= EXAMPLE else f"{cell[:EXAMPLE]}…"))
    widths = [max(len(row[place]) for row in rows) for place in range(2)]
    for field, column, cell in rows:
        yield f"  {field:<{widths[0]}}  {column:<{widths[1]}}  {cell}".rstrip()
    if layout.more:
        yield f"  not read: {', '.join(title or '(no heading)' for title in layout.more)}"


def told(tally: Mapping[str, int], *, dry: bool) -> str:
    """Say what became of the rows."""
    made, changed, same = tally.get("made", 0), tally.get("changed", 0), tally.get("same", 0)
    words = f"{made:,} new, {changed:,} changed, {same:,} the same, {tally.get('refused', 0):,} refused."
    return f"Dry run, nothing was kept: {words}" if dry else words
