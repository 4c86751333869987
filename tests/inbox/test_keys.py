"""`tidings keys` seals, seals anew, and changes our own secret without a break."""

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from config.sealed import SEAL_KEY, Seals, name_of
from config.settings import load
from inbox.cli import tidings as command_line
from inbox.secret import kept, with_any_secret, with_secret

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
TOKEN = "42:" + "A" * 35

Tidings = Callable[..., Result]


@pytest.fixture
def tidings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tidings:
    """Run the command in a folder of its own, as an operator would."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, said: str | None = None, config: str | None = None, **env: str) -> Result:
        if config is not None:
            Path("tidings.toml").write_text(config)
        return CliRunner().invoke(command_line, words, input=said, env=env)

    return run


def test_a_new_key_seals_and_what_it_sealed_opens_the_channel(tidings: Tidings) -> None:
    key = tidings("keys", "new").stdout.strip()
    sealed = tidings("keys", "seal", said=f"{TOKEN}\n", TIDINGS_SEAL_KEY=key)
    assert sealed.exit_code == 0
    assert TOKEN not in sealed.output
    config = f'[channels.telegram]\ntoken = "{sealed.stdout.strip()}"\n'
    assert "telegram         ok" in tidings("check", config=config, TIDINGS_SEAL_KEY=key).stdout
    without = tidings("check")
    assert without.exit_code == 1
    assert (
        f"tidings.toml:2: token cannot be opened: it is sealed with the key {name_of(key)}" in without.stdout
    )
    assert sealed.stdout.strip() not in without.output


@pytest.mark.parametrize(
    ("said", "env", "words"),
    [
        pytest.param("hush", {}, "There is no TIDINGS_SEAL_KEY", id="no key"),
        pytest.param("hush", {SEAL_KEY: "hunter2"}, "key 1 of 1 is not a key", id="no real key"),
        pytest.param("", {SEAL_KEY: NEW}, "is read from the standard input", id="nothing said"),
    ],
)
def test_sealing_says_what_it_lacks(tidings: Tidings, said: str, env: dict[str, str], words: str) -> None:
    result = tidings("keys", "seal", said=said, **env)
    assert result.exit_code != 0
    assert words in result.output
    assert "hunter2" not in result.output


def test_whose_key_is_lost_seals_anew(tidings: Tidings) -> None:
    lost = Seals(keys=(OLD,)).seal("api-token-of-the-shop")
    assert tidings("check", config=f'api_token = "{lost}"', TIDINGS_SEAL_KEY=NEW).exit_code == 2
    result = tidings("keys", "seal", said="api-token-of-the-shop", TIDINGS_SEAL_KEY=NEW)
    assert (result.exit_code, result.stderr) == (0, "")


def test_rotating_seals_file_and_secret_under_the_newest_key(tidings: Tidings) -> None:
    before = Seals(keys=(OLD,))
    text = (
        f'# api_token = "sealed:not-one"\napi_token = "{before.seal("api-token-of-the-shop")}"  # the shop\n'
    )
    Path("tidings.toml").write_text(text)
    Path("tidings.toml").chmod(0o640)
    with_secret(load(Path("tidings.toml"), {SEAL_KEY: OLD}))
    result = tidings("keys", "rotate", TIDINGS_SEAL_KEY=f"{NEW},{OLD}")
    assert (result.exit_code, result.stderr) == (0, "")
    told = Path("tidings.toml").read_text()
    assert name_of(OLD) not in told
    assert re.sub(r'"sealed:[^"]+"', "…", told.splitlines()[1]) == "api_token = …  # the shop"
    assert told.splitlines()[0] == text.splitlines()[0]
    assert stat.S_IMODE(Path("tidings.toml").stat().st_mode) == 0o640
    alone = load(Path("tidings.toml"), {SEAL_KEY: NEW})
    assert alone.api_token.get_secret_value() == "api-token-of-the-shop"
    assert (
        with_any_secret(alone).secret_key
        == with_any_secret(load(Path("tidings.toml"), {SEAL_KEY: f"{NEW} {OLD}"})).secret_key
    )
    again = Path("tidings.toml").read_text()
    assert tidings("keys", "rotate", TIDINGS_SEAL_KEY=NEW).exit_code == 0
    assert Path("tidings.toml").read_text() == again


def test_rotating_changes_nothing_where_a_value_cannot_be_opened(tidings: Tidings) -> None:
    text = f'business = "{Seals(keys=(NEW,)).seal("a")}"\n[channels.x]\nkind = "webchat"\n'
    text += f'b = "{Seals(keys=(Fernet.generate_key().decode(),)).seal("b")}"\n'
    result = tidings("keys", "rotate", config=text, TIDINGS_SEAL_KEY=f"{NEW},{OLD}")
    assert result.exit_code == 2
    assert "tidings.toml:4: A sealed value cannot be opened" in result.stderr
    assert Path("tidings.toml").read_text() == text


def test_our_secret_is_kept_sealed_where_there_is_a_key(tmp_path: Path) -> None:
    config = tmp_path / "tidings.toml"
    config.write_text(f'secret_file = "{tmp_path}/secret.key"')
    clear = with_secret(load(config, {})).secret_key.get_secret_value()
    assert (tmp_path / "secret.key").read_text().strip() == clear
    keyed = with_secret(load(config, {SEAL_KEY: NEW}))
    assert keyed.secret_key.get_secret_value() == clear, "the same secret, so that nobody is signed out"
    assert clear not in (tmp_path / "secret.key").read_text()
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_our_secret_is_made_anew_beside_the_one_before(tidings: Tidings) -> None:
    before = with_secret(load(_config(), {})).secret_key.get_secret_value()
    assert tidings("keys", "renew").exit_code == 0
    settings = with_any_secret(load(_config(), {}))
    assert settings.old_secret_key.get_secret_value() == before
    assert settings.secret_keys == (before, settings.secret_key.get_secret_value())
    assert settings.secret_key.get_secret_value() != before
    assert settings.mark_keys[0] == before, "who was erased is known by the first for ever"
    assert "its second line still good" in tidings("check").stdout
    twice = tidings("keys", "renew")
    assert twice.exit_code == 1
    assert "takes it out first" in twice.output
    assert tidings("keys", "forget").exit_code == 0
    alone = with_any_secret(load(_config(), {}))
    assert (alone.secret_key, alone.old_secret_key.get_secret_value()) == (settings.secret_key, "")
    assert alone.mark_keys[0] == before
    assert tidings("keys", "forget").exit_code == 1


def test_a_secret_of_the_environment_is_not_ours_to_change(tidings: Tidings) -> None:
    result = tidings("keys", "renew", TIDINGS_SECRET_KEY="k" * 32)
    assert result.exit_code == 1
    assert "Put it into TIDINGS_OLD_SECRET_KEY" in result.output
    said = tidings("check", TIDINGS_SECRET_KEY="k" * 32, TIDINGS_OLD_SECRET_KEY="o" * 32).stdout
    assert "TIDINGS_OLD_SECRET_KEY still good" in said
    assert "set TIDINGS_MARK_KEY" in said


def test_a_sealed_secret_without_its_key_ends_every_command_that_needs_it(tidings: Tidings) -> None:
    with_secret(load(_config(), {SEAL_KEY: NEW}))
    for command in (["run"], ["check"], ["journal", "replay", "1"], ["channels"]):
        result = tidings(*command)
        assert result.exit_code == 2, command
        assert "secret.key:1: The secret key cannot be opened" in result.stderr
    assert kept(Path("var/secret.key"), Seals(keys=(NEW,)))


def _config() -> Path:
    path = Path("tidings.toml")
    path.touch()
    return path
