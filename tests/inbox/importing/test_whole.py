"""`tidings import` shows what it understood, keeps what it can and says why not of the rest."""

import csv
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox.cli import tidings as command_line

CONFIG = '[touches]\nzone = "Europe/Madrid"\ncountry = "ES"\n'
Import = Callable[..., Result]


@pytest.fixture
def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Import a file in an empty folder."""
    monkeypatch.chdir(tmp_path)
    Path("tidings.toml").write_text(CONFIG)

    def run(kind: str, content: str | bytes, *more: str, name: str = "c.csv") -> Result:
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return CliRunner().invoke(command_line, ["import", kind, name, *more])

    return run


def kept(sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect("var/tidings.db") as database:
        return database.execute(sql).fetchall()


def refused(name: str = "c.csv") -> list[tuple[str, str, str]]:
    """Read line, what and reason of each row of the refused file."""
    path = Path(f"{name}.refused.csv")
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [(row[0], row[1], row[2]) for row in list(csv.reader(file))[1:]]


SHOP = (
    "\ufeffNº cliente;Nombre;Apellidos;Móvil;Correo electrónico;Fecha de nacimiento;"
    "Acepta publicidad;Prueba\n"
    "1;Ana;Piña;600 123 456;ana@example.com;29/02/1992;sí;form 2024\n"
    "2;Luis;Ortega;+34 600 123 457;;01/01/1970;no;\n"
    "3;Eva;Martín;12;;30/12/1990;sí;\n"
)


def test_a_shop_s_file_is_shown_and_kept(bring: Import) -> None:
    result = bring("customers", SHOP)
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == "c.csv: 3 rows, utf-8-sig, semicolon, dates day first"
    assert "birthday Fecha de nacimiento 29/02/1992" in lines
    assert "consent to marketing Acepta publicidad sí" in lines
    assert "3 new, 0 changed, 0 the same, 0 refused." in lines
    which = "SELECT name, birth_month, birth_day, birthday_fault FROM customers ORDER BY ref"
    assert kept(which) == [
        ("Ana Piña", 2, 29, ""),
        ("Luis Ortega", 1, 1, "placeholder_birthdate"),
        ("Eva Martín", 12, 30, ""),
    ]
    said = kept("SELECT a.address, c.source, c.proof FROM consents c JOIN addresses a ON a.id = c.address_id")
    source = ("import c.csv line 2", "form 2024")
    assert sorted(said) == [("mailto:ana@example.com", *source), ("tel:+34600123456", *source)]
    assert [(line, what) for line, what, _ in refused()] == [("3", "notice"), ("4", "notice")]
    assert "no proof" in refused()[1][2]
    assert "'12' is no phone number in ES" in refused()[1][2]


def test_the_same_file_twice_changes_nothing(bring: Import) -> None:
    bring("customers", SHOP)
    tables = ("customers", "addresses", "consents", "allowances")
    before = [kept(f"SELECT * FROM {table}") for table in tables]
    assert "0 new, 0 changed, 3 the same" in bring("customers", SHOP).stdout
    assert [kept(f"SELECT * FROM {table}") for table in tables] == before


def test_a_file_read_by_a_process_of_its_own_is_kept_the_same(
    bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    which = "SELECT c.ref, c.name, a.address FROM customers c JOIN addresses a ON a.customer_id = c.id"
    monkeypatch.setattr("inbox.importing.whole.WORTH", 1)
    result = bring("customers", SHOP)
    assert "3 new, 0 changed, 0 the same, 0 refused." in result.stdout, result.output
    people, notices = kept(which), refused()
    monkeypatch.setattr("inbox.importing.whole.WORTH", 1 << 30)
    assert "0 new, 0 changed, 3 the same" in bring("customers", SHOP).stdout
    assert (kept(which), len(people)) == (people, 3)
    assert refused() == notices


def test_a_dry_run_counts_and_keeps_nothing(bring: Import) -> None:
    result = bring("customers", SHOP, "--dry-run")
    assert "Dry run, nothing was kept: 3 new" in result.stdout
    assert kept("SELECT count(*) FROM customers") == [(0,)]
    assert len(refused()) == 2


@pytest.mark.parametrize("row", ["7;600123456\n", "8;+34600123456\n", "7;600999999\n"])
def test_who_asked_to_be_forgotten_does_not_come_back(bring: Import, row: str) -> None:
    assert bring("customers", "id;phone\n7;600123456\n").exit_code == 0
    erased = CliRunner().invoke(command_line, ["customers", "erase", "tel:+34600123456", "--yes"])
    assert erased.exit_code == 0, erased.output
    bring("customers", f"id;phone\n{row}")
    assert refused() == [("2", "refused", "suppressed_erased: the customer asked to be forgotten.")]
    assert kept("SELECT count(*) FROM addresses WHERE address LIKE 'tel:%'") == [(0,)]


def test_birthdays_come_in_bulk_unless_the_same_day_is_asked_for(bring: Import) -> None:
    bring("customers", "ref;birthday\n1;1990-11-22\n")
    bring("customers", "ref;birthday\n2;1990-11-22\n", "--same-day")
    assert kept("SELECT ref, birthday_in_bulk FROM customers ORDER BY ref") == [("1", 1), ("2", 0)]


UNDECIDED = [
    pytest.param("29/02/1990\n2;02/29/1990", ("Line 2", "line 3", "--dates dmy"), id="both orders"),
    pytest.param("03/04/1990\n2;05/06/1991", ("line 2", "--dates dmy (31/12/1990)"), id="no day over 12"),
]


@pytest.mark.parametrize(("dates", "words"), UNDECIDED)
def test_a_file_that_does_not_show_the_order_of_dates_is_asked_about(
    bring: Import, dates: str, words: tuple[str, ...]
) -> None:
    content = f"ref;birthday\n1;{dates}\n"
    result = bring("customers", content)
    assert result.exit_code == 2
    assert [word for word in words if word not in result.stderr] == []
    assert not Path("var").exists()
    assert bring("customers", content, "--dates", "dmy").exit_code == 0
    assert kept("SELECT count(*) FROM customers") == [(2,)]


def test_of_a_file_with_both_orders_the_asked_one_is_read_and_the_other_set_aside(bring: Import) -> None:
    content = "ref;birthday\n1;29/02/1992\n2;02/29/1992\n"
    assert "set aside and its customer kept" in bring("customers", content).stderr
    assert "2 new, 0 changed, 0 the same, 0 refused." in bring("customers", content, "--dates", "dmy").stdout
    which = "SELECT ref, birth_month, birth_day, birthday_fault FROM customers ORDER BY ref"
    assert kept(which) == [("1", 2, 29, ""), ("2", None, None, "incomplete_birthdate")]
    told = [("3", "notice", "incomplete_birthdate: The birthday '02/29/1992' is no date.")]
    assert refused() == told


def test_an_order_with_a_date_in_the_other_order_is_refused(bring: Import) -> None:
    bring("customers", "ref\n1\n")
    content = "order,customer id,date,total\nA1,1,30/10/2026,5\nA2,1,10/30/2026,5\n"
    assert "an order with such a date is refused" in bring("orders", content, name="o.csv").stderr
    assert (
        "1 new, 0 changed, 0 the same, 1 refused."
        in bring("orders", content, "--dates", "dmy", name="o.csv").stdout
    )
    assert [(line, what) for line, what, _ in refused("o.csv")] == [("3", "refused")]


def test_a_customer_with_an_impossible_birthday_is_kept_without_it(bring: Import) -> None:
    bring("customers", "ref;birthday\n1;29/02/1990\n2;31/04/1990\n")
    which = "SELECT ref, birth_month, birth_fault FROM customers".replace("birth_fault", "birthday_fault")
    assert sorted(kept(which)) == [("1", 2, "incomplete_birthdate"), ("2", None, "incomplete_birthdate")]
    assert ["incomplete_birthdate: There was no" in why for _, _, why in refused()] == [True, True]


def test_a_birthday_that_too_many_share_is_set_aside(bring: Import) -> None:
    rows = [f"{n};1985-{1 + n % 12:02}-{1 + n // 12:02}" for n in range(60)]
    bring("customers", "\n".join(["ref;birthday", *rows, *(f"x{n};1999-09-09" for n in range(5))]))
    doubted = kept("SELECT ref FROM customers WHERE birthday_fault = 'placeholder_birthdate' ORDER BY ref")
    assert doubted == [(f"x{n}",) for n in range(5)]


def test_rows_that_cannot_be_kept_are_named_with_line_and_reason(bring: Import) -> None:
    content = (
        "ref,name,phone\n"
        "1,=cmd(),600123456\n"  # kept, though a spreadsheet would run it
        ",Nobody,\n"
        "1,Twice,600123457\n"
        ",Same number,+34600123456\n"
        "4,Shares it,600123456\n"
        "5,too,many,cells\n"
        "6\n"
    )
    assert "2 new, 0 changed, 0 the same, 5 refused." in bring("customers", content).stdout
    reasons = {line: (what, why) for line, what, why in refused()}
    assert reasons["3"][1].startswith("Nothing tells who this is")
    assert reasons["4"] == ("refused", "The same ref 1 as in line 2.")
    assert reasons["5"] == ("refused", "The same +34600123456 as in line 2.")
    assert reasons["6"] == ("notice", "The address +34600123456 is of line 2 already and was left out.")
    assert reasons["7"] == ("refused", "The row has 4 cells and the heading 3.")
    assert reasons["8"] == ("refused", "The row has 1 cells and the heading 3.")
    assert kept("SELECT name FROM customers WHERE ref = '1'") == [("=cmd()",)]


def test_refused_rows_once_corrected_come_in_as_they_are(bring: Import) -> None:
    bring("customers", 'ref,name,phone\n,"=Ana","+3460012345"\n')
    text = Path("c.csv.refused.csv").read_text().replace(",'+3460012345", ",'+34600123456")
    assert "'=Ana" in text
    result = bring("customers", text, name="again.csv")
    assert "1 new" in result.stdout, result.output
    assert kept("SELECT name FROM customers") == [("=Ana",)]
    assert kept("SELECT address FROM addresses") == [("tel:+34600123456",)]


def test_a_column_can_be_named_and_a_subject_consented_to(bring: Import) -> None:
    content = "code,handy,cake,proof\n1,600123456,yes,paper\n"
    result = bring(
        "customers", content, "--map", "ref=code", "--map", "phone=handy", "--consent", "birthday=cake"
    )
    assert result.exit_code == 0, result.output
    assert kept("SELECT subject, allowed FROM allowances") == [("birthday", 1)]
    result = bring("customers", content, "--consent", "birthdy=cake")
    assert (result.exit_code, "Did you mean 'birthday'?" in result.stderr) == (2, True)
    result = bring("customers", "a,b\n1,2\n")
    assert (result.exit_code, "--map ref=COLUMN" in result.stderr) == (2, True)


ORDERS = (
    "order,customer id,date,delivered,total,currency\n"
    'A1,1,03/11/2026,13/11/2026,"1.234,50",EUR\n'
    "A2,9,03/11/2026,,5,EUR\n"
    "A3,1,03/11/2026,,1.234,EUR\n"
    "A4,1,13/13/2026,,5,EUR\n"
    "A1,1,03/11/2026,,5,EUR\n"
)


def test_orders_are_kept_moved_and_refused(bring: Import) -> None:
    bring("customers", "ref,name\n1,Ana\n")
    result = bring("orders", ORDERS, name="o.csv")
    assert "1 new, 0 changed, 0 the same, 4 refused." in result.stdout, result.output
    reasons = {line: why for line, _, why in refused("o.csv")}
    assert reasons["3"] == "There is no such customer."
    assert "thousands or decimals" in reasons["4"]
    assert "is no date" in reasons["5"]
    assert reasons["6"] == "The same order A1 as in line 2."
    assert kept("SELECT number, total, currency FROM orders") == [("A1", 123450, "EUR")]
    first = kept("SELECT delivered_at FROM orders")
    moved = bring("orders", "order,delivered\nA1,14/11/2026\n", name="o.csv")
    assert "0 new, 1 changed" in moved.stdout
    assert kept("SELECT delivered_at FROM orders") == [(first[0][0] + 86_400_000_000,)]


CARDS = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana Pi\r\n ña\r\nTEL;TYPE=CELL:+34 600 123 456\r\nBDAY:1992-02-29\r\n"
    "END:VCARD\r\n"
    "BEGIN:VCARD\nVERSION:4.0\nFN:Luis\nitem1.EMAIL;PREF=1:Luis@Example.com\nBDAY:--0415\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:3.0\nFN:Eva\nTEL:600123458\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-05-06\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:4.0\nFN:Stranger\nTEL;VALUE=uri:tel:+34600999999\nBDAY:19900301\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:4.0\nFN:Moved\nTEL:600123459\nBDAY:19900301T230000Z\nEND:VCARD\n"
    "BEGIN:VCARD\nFN:None\nTEL:600123460\nEND:VCARD\n"
)


def test_cards_give_birthdays_to_those_who_are_known(bring: Import) -> None:
    known = "600123456,\n,luis@example.com\n600123458,\n600123459,\n600123460,\n"
    bring("customers", f"phone,email\n{known}")
    result = bring("birthdays", CARDS, name="b.vcf")
    assert "0 new, 4 changed, 0 the same, 2 refused." in result.stdout, result.output
    which = "SELECT birth_month, birth_day, birth_year, birthday_fault FROM customers ORDER BY id"
    assert kept(which) == [
        (2, 29, 1992, ""),
        (4, 15, None, ""),
        (5, 6, None, ""),
        (3, 1, 1990, "placeholder_birthdate"),
        (None, None, None, ""),
    ]
    assert [why for _, what, why in refused("b.vcf") if what == "refused"] == [
        "The card has no birthday.",
        "There is no such customer.",
    ]
    assert "4 the same" in bring("birthdays", CARDS, name="b.vcf").stdout


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_rows_gives_the_same_customers(bring: Import, draw: random.Random) -> None:
    rows = [
        f"{n};Name {n};60012{n:04};{'' if n % 3 else f'c{n}@example.com'};{1 + n % 28}/05/1980;gold"
        for n in range(40)
    ]
    draw.shuffle(rows)
    Path("var").mkdir(exist_ok=True)
    for left in Path("var").iterdir():
        left.unlink()
    result = bring("customers", "\n".join(["ref;name;phone;email;birthday;tier", *rows]))
    assert "40 new" in result.stdout, result.output
    people = kept("SELECT ref, name, birth_day, birth_month, birth_year, tier FROM customers")
    assert sorted(people) == sorted((str(n), f"Name {n}", 1 + n % 28, 5, 1980, "gold") for n in range(40))
    which = "SELECT c.ref, a.address FROM addresses a JOIN customers c ON c.id = a.customer_id"
    reach = [(str(n), f"tel:+3460012{n:04}") for n in range(40)]
    reach += [(str(n), f"mailto:c{n}@example.com") for n in range(0, 40, 3)]
    assert sorted(kept(which)) == sorted(reach)
