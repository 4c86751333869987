"""A journal that cannot be reached is told in a sentence."""

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from config.settings import Settings
from inbox.commands import run as running
from inbox.journal import server
from inbox.journal.server import Away, Server
from tests.ports import free_port


async def test_servers_that_nobody_is_at_are_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BEGIN_SECONDS", 0.3)
    with pytest.raises(Away):
        await Server(f"nats://127.0.0.1:{free_port()}").open()


def test_a_house_that_cannot_start_without_them_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(*_: object, **__: object) -> None:
        raise Away

    settings = Settings(secret_key=SecretStr("k" * 40), port=0)
    monkeypatch.setattr(running, "serve", serve)
    monkeypatch.setattr(running, "configured", lambda _: settings)
    told = CliRunner().invoke(running.run, ["--no-link"])
    assert told.exit_code == 1
    assert "The journal's servers cannot be reached" in told.output
    assert "Traceback" not in told.output
