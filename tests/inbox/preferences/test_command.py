"""`tidings customers` does for an operator what the page does for the customer."""

import asyncio
import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from inbox.cli import tidings
from inbox.preferences.copying import guarded
from inbox.preferences.links import Links
from storage import migrate
from storage.database import Database
from storage.tables import addresses, customers

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECRET = "s" * 32
WHO = "tel:+351912345408"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that has one customer."""
    monkeypatch.chdir(tmp_path)
    Path("tidings.toml").write_text("")
    asyncio.run(_begin())
    return tmp_path


async def _begin() -> None:
    database = Database("sqlite:///var/tidings.db")
    await database.open()
    await migrate.upgrade(database)
    async with database.writing() as connection:
        await connection.execute(customers.insert().values(id=7, name="Marta", created_at=NOW, ref="K-7"))
        await connection.execute(
            addresses.insert().values(id=8, customer_id=7, address=WHO, channel="sms", created_at=NOW)
        )
    await database.close()


def run(*words: str, say: str | None = None) -> Result:
    return CliRunner().invoke(tidings, ["customers", *words], input=say, env={"TIDINGS_SECRET_KEY": SECRET})


def opt_in(*more: str) -> Result:
    return run("opt-in", WHO, "birthday", "--wording", "=1+1 wishes?", "--source", "paper form", *more)


@pytest.mark.parametrize("who", ["7", WHO, "K-7"])
def test_a_link_opens_the_customers_page(who: str) -> None:
    result = run("link", who)
    found = re.fullmatch(r"http://localhost:8080/p/(\S+)\n", result.stdout)
    assert found, result.output
    opened = Links(SECRET, "").read(found[1], datetime.now(UTC))
    assert opened is not None
    assert opened.customer_id == 7


@pytest.mark.parametrize("words", [("link", "8"), ("export", "x"), ("erase", "--yes", "tel:+1")])
def test_nobody_is_nobody(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert "There is no customer" in result.stderr


def test_a_permission_is_recorded_with_its_proof_and_taken_back() -> None:
    assert opt_in("--proof", "scan 12").stdout == f"{WHO}: birthday allowed.\n"
    assert opt_in("--no").stdout == f"{WHO}: birthday refused.\n"
    told = json.loads(run("export", "7").stdout)
    lines = [(one["word"], one["subject"], one["source"], one["proof"]) for one in told["consents"]]
    assert lines == [("yes", "birthday", "paper form", "scan 12"), ("no", "birthday", "paper form", "")]
    assert [(one["subject"], one["allowed"]) for one in told["allowances"]] == [("birthday", False)]
    assert "tier" not in told["customer"]
    assert "tier" in json.loads(run("export", "7", "--internal").stdout)["customer"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("opt-in", WHO, "cats", "--wording", "x", "--source", "y"), "There is no subject 'cats'"),
        (("opt-in", "tel:+1", "news", "--wording", "x", "--source", "y"), "Nobody has the address"),
        (("opt-in", WHO, "news", "--source", "y"), "--wording"),
    ],
)
def test_what_cannot_be_recorded_is_said(words: tuple[str, ...], sentence: str) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert sentence in result.stderr


def test_the_ledger_is_a_table_without_formulas() -> None:
    opt_in()
    [line] = csv.DictReader(io.StringIO(run("export", "7", "--csv").stdout.removeprefix("\ufeff")))
    assert line["wording"] == "'=1+1 wishes?"
    assert line["address"] == WHO
    assert json.loads(run("export", "7", "--consent").stdout)["consents"][0]["wording"] == "=1+1 wishes?"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert guarded(f"a{cell}") == f"a{cell}"


def test_erasing_asks_first_and_is_for_good() -> None:
    assert run("erase", WHO, say="n\n").exit_code == 1
    kept: dict[str, Any] = json.loads(run("export", "7").stdout)
    assert kept["customer"]["name"] == "Marta"
    assert run("erase", WHO, say="y\n").stdout.startswith("Forgotten: 1 addresses, 0 files")
    assert run("link", WHO).exit_code == 1
    gone = json.loads(run("export", "7").stdout)
    assert (gone["customer"]["name"], gone["customer"]["ref"]) == ("", None)
