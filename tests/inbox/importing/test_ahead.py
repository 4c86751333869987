"""A file that a process of its own reads gives the same rows as one that is read here."""

from datetime import UTC, datetime
from multiprocessing import active_children
from pathlib import Path

import pytest

from inbox.importing.ahead import ahead
from inbox.importing.carrying import Load, cells_of, loads
from inbox.importing.customers import Reading
from inbox.importing.opening import Sheet, Unreadable
from inbox.importing.reading import customers
from inbox.importing.seen import Seen
from inbox.importing.sifting import AT_ONCE, sifted, unseen
from inbox.importing.whole import Asked, look
from tests.benchmarks.importing import unwatched

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = "ref;name;phone;email;birthday;tags;consent;proof;consent at;zone\n"
ODD = (
    "1;Zoë\x1fÑ;600123456;a@example.com;29/02/1992;vip, new;yes;form;03/11/2026;Europe/Madrid\n"
    "1;Twice;600123457;;;;;;;\n"
    "3;Shares;600 123 456;;;;no;;;\n"
    ";Nobody;;;;;;;;\n"
    "5;Short\n"
    "6;'=cmd();12;not an address;01/01/1970;;perhaps;;;Mars/Base\n"
    '7;"two\nlines";+34600123458;;13/13/1990;;yes;;;\n'
)


def looked(path: Path) -> tuple[Sheet, Reading]:
    asked = Asked(path=path, region="ES", zone="Europe/Madrid", channels={"tel": "sms"})
    found = look("customers", asked, NOW, unwatched)
    return found.sheet, found.reading


def here(sheet: Sheet, reading: Reading) -> list[Load]:
    with Seen() as seen:
        return list(loads(sifted(sheet.rows(), customers(reading), len(sheet.heading), seen, unseen)))


def test_every_row_crosses_whole_with_its_line_its_cells_and_its_reasons(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    more = "".join(f"C{n};Ana;6111{n:05};;;;;;;\n" for n in range(AT_ONCE))
    path.write_text(HEAD + ODD + more, encoding="utf-8", newline="")
    sheet, reading = looked(path)
    with ahead(sheet, reading) as chunks:
        crossed = list(chunks)
    alone = here(sheet, reading)
    assert len(alone) == 2
    for one, other in zip(crossed, alone, strict=True):
        assert (one.rows, one.refused) == (other.rows, other.refused)
        assert one.items == other.items
    read = dict(sheet.rows())
    assert all(cells_of(cells) == read[line] for one in crossed for line, cells, *_ in one.items)
    assert len(alone[0].refused) == 3
    assert crossed[-1].reached == path.stat().st_size


def test_a_file_that_cannot_be_read_to_its_end_says_where_after_the_rows_before(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("ref;name\n" + "".join(f"{n};Ana\n" for n in range(AT_ONCE)), encoding="ascii")
    sheet, reading = looked(path)
    with path.open("ab") as file:
        file.write(b"x;\xff\xfe\xfa\n" * 10_000)
    with ahead(sheet, reading) as chunks, pytest.raises(Unreadable, match=r"Line \d+ cannot be read"):
        list(chunks)


def test_a_reader_that_is_killed_is_an_error_and_not_the_end_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("ref;name\n" + "".join(f"{n};Ana\n" for n in range(8 * AT_ONCE)), encoding="utf-8")
    with ahead(*looked(path)) as chunks:
        next(chunks)
        [reader] = active_children()
        reader.kill()
        with pytest.raises(Unreadable, match="not read to its end"):
            list(chunks)


def test_whoever_stops_early_leaves_no_reader_behind(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("ref;name\n" + "".join(f"{n};Ana\n" for n in range(8 * AT_ONCE)), encoding="utf-8")
    with ahead(*looked(path)) as chunks:
        assert next(chunks).rows == AT_ONCE
    assert active_children() == []
