"""What a house in one process does not load, because it does not use it."""

import subprocess
import sys

import pytest

HOUSE = "import sys, inbox.cli, inbox.commands.run, inbox.app, storage.keep_sqlite"
UNUSED = {
    "the driver of PostgreSQL": "asyncpg",
    "the client of NATS": "nats",
    "what makes tables": "alembic",
    "importing": "inbox.importing.whole",
    "backups": "inbox.backing_up",
    "Slack": "slack_bolt",
    "pictures": "PIL",
}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    asked = f"{HOUSE}; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return set(said.stdout.split())


@pytest.mark.parametrize("module", [pytest.param(one, id=name) for name, one in UNUSED.items()])
def test_a_house_on_sqlite_does_not_load(module: str, loaded: set[str]) -> None:
    assert "inbox.app" in loaded
    assert module not in loaded
