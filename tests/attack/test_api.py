"""The API does what its description says, whatever is sent: schemathesis, with all its checks."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import load
from inbox.api.doors import Api
from inbox.app import App, build

DEEP = os.environ.get("TESTS_DEPTH") == "deep"
TOKEN = "a-token-of-the-tests-0123456789"
SETTINGS = """
host = "127.0.0.1"
port = 0
public_url = "http://127.0.0.1"
database = "sqlite:///{folder}/tidings.db"
media_dir = "{folder}/media"
[channels.webchat]
[[agents]]
key = "ana"
name = "Ana"
"""
PLAN = """
hooks = "{hooks}"
seed = 7
[checks.positive_data_acceptance]
# 404 and 409: another customer's; 422: what no schema can say, as that a number is one of the country.
expected-statuses = ["2xx", "404", "409", "422"]
[generation]
max-examples = {examples}
"""
TOLD = Path(__file__).parent / "api_keys.py"
COMMAND = "from schemathesis.cli import schemathesis; schemathesis()"


@pytest.fixture
async def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[App]:
    """The whole application on a port of its own, which nobody slows."""
    monkeypatch.setattr("inbox.api.doors.A_MINUTE", 1_000_000)
    monkeypatch.setattr("inbox.api.doors.WRONG_A_MINUTE", 1_000_000)
    path = tmp_path / "tidings.toml"
    path.write_text(SETTINGS.format(folder=tmp_path))
    built = build(load(path, {"TIDINGS_SECRET_KEY": "k" * 40, "TIDINGS_API_TOKEN": TOKEN}))
    await built.start()
    yield built
    await built.stop()


async def schemathesis(
    app: App, folder: Path, *, phases: str, examples: int, only: str = ""
) -> tuple[int, str]:
    """Run it over the application; gives its exit status and what it wrote."""
    plan = folder / "plan.toml"
    plan.write_text(PLAN.format(hooks=TOLD, examples=examples))
    command = [sys.executable, "-c", COMMAND, "--config-file", str(plan), "run"]
    command += [f"http://127.0.0.1:{app.port}/api/v1/openapi.json", "--url", f"http://127.0.0.1:{app.port}"]
    command += ["--header", f"Authorization: Bearer {TOKEN}", "--checks", "all", "--no-color"]
    running = await asyncio.create_subprocess_exec(
        *command,
        *("--phases", phases),
        *(("--include-path", only) if only else ()),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await running.communicate()
    return running.returncode or 0, out.decode()


@pytest.mark.timeout(3_000 if DEEP else 60)
async def test_every_call_is_answered_as_described(app: App, tmp_path: Path) -> None:
    examples = 500 if DEEP else 6
    status, told = await schemathesis(app, tmp_path, phases="examples,coverage,fuzzing", examples=examples)
    assert status == 0, told
    assert "3 selected / 3 total" in told
    async with app.database.reading() as connection:
        kept = await connection.exec_driver_sql("SELECT count(*) FROM customers")
        assert kept.scalar_one() > 0, "something good was among it"


async def test_a_door_without_a_lock_would_be_found(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Api, "_require_token", lambda self, request: None)
    status, told = await schemathesis(app, tmp_path, phases="coverage", examples=1, only="/api/v1/events")
    assert status == 1, told
    assert "Missing required header accepted: 1" in told, told
