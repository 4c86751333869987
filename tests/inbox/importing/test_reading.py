"""Cells, dates, birthdays, numbers and sums are read as people write them, or refused in words."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.importing.birthdays import INCOMPLETE, PLACEHOLDER, Born, Shared, born, doubted
from inbox.importing.cells import bare, guarded
from inbox.importing.dates import Order, instant
from inbox.importing.fields import Unmapped, headings, laid_out
from inbox.importing.money import Unclear, minor
from inbox.importing.numbers import e164
from inbox.importing.opening import Unreadable, opened
from inbox.importing.writing import write_rows
from storage.batch import storable

TODAY = date(2026, 11, 22)
ANYTHING = st.text(alphabet=st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["=1+1", "'=1", "''@x", "\tx", "\rx", "-1", "+34", 'a"b', "a;b", "a\nb", "'", ""]
)


@given(st.lists(st.lists(ANYTHING, min_size=2, max_size=4), min_size=1, max_size=4))
def test_what_we_write_is_read_back_the_same_and_runs_nowhere(table: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    write_rows(file, table)
    read = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
    assert [[bare(cell) for cell in row] for row in read] == [
        [storable(cell) for cell in row] for row in table
    ]
    assert not [cell for row in read for cell in row if cell[:1] in tuple("=+-@\t\r") and cell]


@given(ANYTHING)
def test_the_guard_comes_off_again(cell: str) -> None:
    assert bare(guarded(cell)) == cell


BORN = [
    pytest.param("29/02/1992", "dmy", Born(month=2, day=29, year=1992), id="a leap day"),
    pytest.param("02/29/1992", "mdy", Born(month=2, day=29, year=1992), id="the month first"),
    pytest.param("1990-03-01", "", Born(month=3, day=1, year=1990), id="ISO"),
    pytest.param("19900301", "", Born(month=3, day=1, year=1990), id="ISO without hyphens"),
    pytest.param("--03-01", "", Born(month=3, day=1), id="no year"),
    pytest.param("31/12/90", "dmy", Born(month=12, day=31), id="no century"),
]
DOUBTED = [
    pytest.param("29/02/1990", "dmy", INCOMPLETE, (2, 29), id="no leap year"),
    pytest.param("02/29/1990", "dmy", INCOMPLETE, (None, None), id="no month 29"),
    pytest.param("31/04/1990", "dmy", INCOMPLETE, (None, None), id="no such day"),
    pytest.param("unknown", "", INCOMPLETE, (None, None), id="words"),
    pytest.param("1900-01-01", "", PLACEHOLDER, (1, 1), id="1900"),
    pytest.param("01/01/1970", "dmy", PLACEHOLDER, (1, 1), id="1970"),
    pytest.param("0001-01-01", "", PLACEHOLDER, (1, 1), id="the year 1"),
    pytest.param("2030-01-01", "", PLACEHOLDER, (1, 1), id="still to come"),
    pytest.param("1990-03-01 10:00", "", PLACEHOLDER, (3, 1), id="a time of day"),
    pytest.param("1990-03-01T23:00:00Z", "", PLACEHOLDER, (3, 1), id="an instant"),
]


@pytest.mark.parametrize(("cell", "order", "told"), BORN)
def test_a_birthday_is_read(cell: str, order: Order, told: Born) -> None:
    assert born(cell, order, TODAY) == told


@pytest.mark.parametrize(("cell", "order", "fault", "day"), DOUBTED)
def test_a_birthday_that_cannot_be_is_set_aside(
    cell: str, order: Order, fault: str, day: tuple[int | None, int | None]
) -> None:
    told = born(cell, order, TODAY)
    assert (told.fault, (told.month, told.day)) == (fault, day)
    assert cell in told.words


@pytest.mark.parametrize(
    ("same", "others", "is_doubted"), [(3, 37, True), (2, 38, False), (3, 20, False), (5, 95, False)]
)
def test_a_date_that_more_than_one_in_twenty_share_is_doubted(
    same: int, others: int, is_doubted: bool
) -> None:
    shared = Shared()
    one = Born(month=3, day=1, year=1990)
    shared.see(one, same)
    for number in range(others):
        shared.see(Born(month=1 + number % 12, day=2 + number // 12, year=1980))
    assert bool(doubted(one, shared.suspicious()).fault) == is_doubted


INSTANTS = [
    ("2026-11-03T10:00:00Z", "", "2026-11-03T10:00:00+00:00"),
    ("2026-11-03 10:00", "", "2026-11-03T09:00:00+00:00"),
    ("03/11/2026", "dmy", "2026-11-03T11:00:00+00:00"),
    ("11/03/2026 1:30 PM", "mdy", "2026-11-03T12:30:00+00:00"),
    ("2026-03-29 02:30", "", "2026-03-29T01:30:00+00:00"),
    ("2026-10-25 02:30", "", "2026-10-25T00:30:00+00:00"),
    ("2026-11-03T10:00:00+0530", "", "2026-11-03T04:30:00+00:00"),
]


@pytest.mark.parametrize(("cell", "order", "at"), INSTANTS)
def test_an_instant_is_on_the_account_s_clocks(cell: str, order: Order, at: str) -> None:
    assert instant(cell, order, "Europe/Madrid") == datetime.fromisoformat(at).astimezone(UTC)


@pytest.mark.parametrize("cell", ["2026-02-30", "soon", "13/13/2026", "2026-01-01 25:00", "", "03/11/2026"])
def test_what_is_no_instant_is_none(cell: str) -> None:
    assert instant(cell, "", "Europe/Madrid") is None


NUMBERS = [
    ("600 123 456", "ES", "+34600123456"),
    ("+44 (0)20 7946 0958", "", "+442079460958"),
    ("0034600123456", "ES", "+34600123456"),
    ("020 7946 0958", "GB", "+442079460958"),
    ("+39 06 698 12345", "", "+390669812345"),
    ("123", "ES", ""),
    ("600123456", "", ""),
    ("+1 555 000", "", ""),
    ("maybe", "ES", ""),
]


@pytest.mark.parametrize(("written", "region", "number"), NUMBERS)
def test_a_number_is_written_in_full(written: str, region: str, number: str) -> None:
    assert e164(written, region) == number


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.integers(0, 10), st.data())
def test_a_number_told_quickly_is_what_the_library_tells(region: str, kind: int, data: st.DataObject) -> None:
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        return
    digits = list(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))
    for place in data.draw(st.lists(st.integers(1, len(digits) - 1), max_size=3)):
        digits[place] = data.draw(st.sampled_from("0123456789"))
    whole = "".join(digits)
    national = whole[1 + len(str(example.country_code)) :]
    for written, where in ((whole, ""), (national, region), (whole[1:], region)):
        try:
            parsed = phonenumbers.parse(written, where or None)
            right = phonenumbers.format_number(parsed, 0) if phonenumbers.is_valid_number(parsed) else ""
        except phonenumbers.NumberParseException:
            right = ""
        assert e164(written, where) == right


SUMS = [
    ("1.234,50", "EUR", 123450),
    ("1,234.50", "EUR", 123450),
    ("12,5", "EUR", 1250),
    ("12", "JPY", 12),
    ("1.234", "KWD", 1234),
    ("1.234.567", "EUR", 123456700),
    ("-3.10", "EUR", -310),
    ("€ 9,90", "EUR", 990),
    ("9.90 EUR", "EUR", 990),
]


@pytest.mark.parametrize(("written", "currency", "cents"), SUMS)
def test_a_sum_is_read_in_minor_units(written: str, currency: str, cents: int) -> None:
    assert minor(written, currency) == cents


@pytest.mark.parametrize(
    "written", ["1.234", "1,234", "abc", "1.2.3", "12.345,6.7", "1e9", "9" * 20, "0.001", ""]
)
def test_a_sum_that_may_be_two_or_none_is_refused(written: str) -> None:
    with pytest.raises(Unclear):
        minor(written, "EUR")


FILES = [
    pytest.param("﻿ref;name\n1;José\n".encode(), "utf-8-sig", ";", id="a mark and semicolons"),
    pytest.param("ref,name\n1,José\n".encode(), "utf-8", ",", id="UTF-8 and commas"),
    pytest.param("ref\tname\n1\tJosé\n".encode("latin-1"), "latin-1", "\t", id="Latin-1 and tabs"),
    pytest.param("ref;name\n1;José – 5 €\n".encode("cp1252"), "cp1252", ";", id="Windows"),
    pytest.param("ref;name\n1;José\n".encode("utf-16"), "utf-16", ";", id="UTF-16"),
    pytest.param(b'ref;name\r\n1;"a,b;c\r\nd"\r\n', "utf-8", ";", id="a line end in quotes"),
    pytest.param(b"ref\n1\n", "utf-8", ",", id="one column"),
    pytest.param(b"\n\nref;name\n1;Ana\n", "utf-8", ";", id="empty lines first"),
]


@pytest.mark.parametrize(("content", "encoding", "delimiter"), FILES)
def test_a_file_tells_how_it_is_written(
    tmp_path: Path, content: bytes, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    sheet = opened(path)
    assert (sheet.encoding, sheet.delimiter) == (encoding, delimiter)
    assert sheet.heading[0] == "ref"
    ((line, cells),) = sheet.rows()
    assert cells[0] == "1"
    assert line == (4 if content.startswith(b"\n") else 2)


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "empty"), (b"a,a\n1,2\n", "Two columns"), (b"a\n\x81\n", "--encoding"), (b"a\0b", "--encoding")],
)
def test_a_file_that_cannot_be_read_says_what_helps(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=word):
        opened(path)


GUESSED = [
    (
        "customers",
        ["Nº cliente", "Nombre", "Apellidos", "Móvil"],
        ["ref", "first_name", "last_name", "phone"],
    ),
    ("customers", ["ID", "Nome", "Telemóvel", "Data de nascimento"], ["ref", "name", "phone", "birthday"]),
    ("customers", ["E-Mail", "DOB", "Opt-in", "Proof"], ["email", "birthday", "consent", "proof"]),
    ("orders", ["Pedido", "Cliente", "Fecha", "Importe"], ["number", "ref", "placed_at", "total"]),
]


@pytest.mark.parametrize(("kind", "heading", "fields"), GUESSED)
def test_columns_are_known_by_their_names_in_three_languages(
    kind: str, heading: list[str], fields: list[str]
) -> None:
    layout = laid_out(heading, headings(kind))
    assert [layout.columns[field] for field in fields] == [0, 1, 2, 3]
    assert layout.more == []


def test_the_operator_s_word_on_columns_comes_first() -> None:
    layout = laid_out(["name", "alias", "mail"], headings("customers"), ["name=Alias", "email="])
    assert (layout.columns, layout.more) == ({"name": 1}, ["name", "mail"])
    for wrong in ("nam=alias", "name=alia"):
        with pytest.raises(Unmapped, match="Did you mean"):
            laid_out(["name", "alias"], headings("customers"), [wrong])
