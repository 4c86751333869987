"""The secret key is made once, kept for us alone, and never where it was given."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.errors import Mistake
from config.settings import Settings
from inbox.secret import with_any_secret, with_secret


def test_a_key_is_made_once_and_only_we_can_read_it(tmp_path: Path) -> None:
    settings = Settings(secret_file=tmp_path / "deep" / "secret.key")
    first = with_secret(settings).secret_key.get_secret_value()
    assert len(first) == 64
    assert with_secret(settings).secret_key.get_secret_value() == first
    assert stat.S_IMODE(settings.secret_file.stat().st_mode) == 0o600
    assert [path.name for path in settings.secret_file.parent.iterdir()] == ["secret.key"]


def test_a_key_that_is_given_is_used_and_not_written(tmp_path: Path) -> None:
    settings = Settings(secret_file=tmp_path / "secret.key", secret_key=SecretStr("k" * 32))
    assert with_secret(settings).secret_key.get_secret_value() == "k" * 32
    assert not settings.secret_file.exists()


def test_a_key_for_one_command_is_not_written(tmp_path: Path) -> None:
    settings = Settings(secret_file=tmp_path / "secret.key")
    assert with_any_secret(settings).secret_key.get_secret_value()
    assert not settings.secret_file.exists()
    kept = with_secret(settings).secret_key
    assert with_any_secret(settings).secret_key == kept


def test_a_place_that_cannot_be_written_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Mistake, match="TIDINGS_SECRET_KEY"):
        with_secret(Settings(secret_file=tmp_path / "file" / "secret.key"))
