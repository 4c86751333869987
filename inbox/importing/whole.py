"""One file from its first byte to the last row: looked at, shown, and kept."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from config.errors import meant
from inbox.importing.ahead import WORTH, ahead
from inbox.importing.carrying import Load, loads
from inbox.importing.customers import Reading
from inbox.importing.dates import Order
from inbox.importing.fields import Kind, Unmapped, headings, laid_out, place_of
from inbox.importing.forgotten import Forgotten
from inbox.importing.keeping import Keeping
from inbox.importing.opening import Sheet, opened
from inbox.importing.orders import orders
from inbox.importing.reading import customers
from inbox.importing.seen import Seen
from inbox.importing.showing import shown
from inbox.importing.sifting import sifted, unnumbered, unseen
from inbox.importing.survey import survey
from inbox.importing.writing import RefusedFile
from storage.consents import MARKETING
from storage.database import Database

NEEDS: Final[Mapping[Kind, Sequence[str]]] = {"customers": (), "orders": ("number",)}
TELLS_WHO: Final = ("ref", "phone", "email")


class Watching(Protocol):
    """Who is shown the progress: how many bytes were read of all."""

    def __call__(self, label: str, size: int) -> AbstractContextManager[Callable[[int], object]]:
        """Begin a bar of *size* bytes; what it gives hears how many were read so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the operator said of a file; *zone*, *channels* and *secrets* are the account's."""

    path: Path
    map: Sequence[str] = ()
    consents: Sequence[str] = ()
    subjects: Sequence[str] = ()
    dates: Order = ""
    encoding: str = ""
    delimiter: str = ""
    region: str = ""
    zone: str = "UTC"
    channels: Mapping[str, str]
    secrets: Sequence[str] = field(default=(), repr=False)
    dry: bool = False
    same_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A file that was looked at and can be kept: what to show first, and how its rows are read."""

    kind: Kind
    sheet: Sheet
    reading: Reading
    lines: Sequence[str]
    rows: int


def look(kind: Kind, asked: Asked, now: datetime, watching: Watching) -> Looked:
    """Look at a whole file; raises Unreadable, Unmapped or Undecided, and then nothing is to be kept."""
    sheet = opened(asked.path, asked.encoding, asked.delimiter)
    layout = laid_out(sheet.heading, headings(kind), asked.map)
    consents = _consents(sheet, asked, layout.columns) if kind == "customers" else {}
    if lacking := [one for one in NEEDS[kind] if one not in layout.columns]:
        raise Unmapped(f"No column holds the {lacking[0]}. Name it with --map {lacking[0]}=COLUMN.")
    if not any(one in layout.columns for one in TELLS_WHO) and kind == "customers":
        raise Unmapped("No column tells who it is. Name one with --map ref=COLUMN, phone=… or email=….")
    today = now.astimezone(ZoneInfo(asked.zone)).date()
    with watching("Looking", sheet.size) as progress:
        found = survey(sheet.rows(progress), layout.columns, asked.dates, today)
    example = next((cells for _, cells in sheet.rows()), [])
    columns = {name: place for name, place in layout.columns.items() if name != "consent"}
    seen = replace(layout, columns=columns)
    return Looked(
        kind=kind,
        sheet=sheet,
        rows=found.rows,
        lines=tuple(shown(sheet, seen, consents, found, example)),
        reading=Reading(
            columns=columns,
            consents=consents,
            region=asked.region,
            zone=asked.zone,
            order=found.order,
            today=today,
            channels=asked.channels,
            suspicious=found.suspicious,
        ),
    )


def _consents(sheet: Sheet, asked: Asked, columns: Mapping[str, int]) -> dict[str, int]:
    """Find the column of consent to each subject; raises Unmapped."""
    found = {MARKETING: columns["consent"]} if "consent" in columns else {}
    for one in asked.consents:
        subject, _, column = one.partition("=")
        known = (*asked.subjects, MARKETING)
        if subject not in known:
            raise Unmapped(f"There is no subject {subject!r}. {meant(subject, known)}")
        found[subject] = place_of(sheet.heading, column)
    return found


async def keep(
    database: Database, looked: Looked, asked: Asked, now: datetime, watching: Watching
) -> Counter[str]:
    """Keep the rows of a file; says how many became what. Raises Unreadable or what storage says."""
    sheet, reading = looked.sheet, looked.reading
    with watching("Keeping", sheet.size) as progress, RefusedFile(sheet.path, sheet.heading) as refused:
        keeping = Keeping(
            database=database,
            refused=refused,
            now=now,
            source=sheet.path.name,
            forgotten=Forgotten(secrets=asked.secrets),
            dry=asked.dry,
            bulk=not asked.same_day,
            progress=progress,
        )
        async with database.in_bulk():
            if looked.kind == "customers":
                with _customers(sheet, reading) as chunks:
                    await keeping.customers(chunks)
            else:
                with Seen() as seen:
                    rows = sheet.rows(progress)
                    await keeping.orders(sifted(rows, orders(reading), len(sheet.heading), seen, unnumbered))
        progress(sheet.size)
        keeping.tally["file"] = int(refused.is_there)
    return keeping.tally


@contextmanager
def _customers(sheet: Sheet, reading: Reading) -> Iterator[Iterable[Load]]:
    """Read customers here, or where there are many beside."""
    if sheet.size >= WORTH:
        with ahead(sheet, reading) as chunks:
            yield chunks
    else:
        with Seen() as seen:
            yield loads(sifted(sheet.rows(), customers(reading), len(sheet.heading), seen, unseen))
