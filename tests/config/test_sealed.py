"""Sealed values open with the keys of the environment, or say why not, and never what they hold."""

import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Mistake
from config.sealed import SEAL_KEY, Locked, Seals, is_sealed, name_of, new_key, seals_of
from config.settings import load

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


@given(text=st.text(max_size=200))
def test_what_is_sealed_opens_to_the_same_text(text: str) -> None:
    seals = Seals(keys=(NEW,))
    sealed = seals.seal(text)
    assert is_sealed(sealed)
    assert len(text) < 4 or text not in sealed
    assert seals.open(sealed) == text


def test_the_newest_key_seals_and_all_of_them_open() -> None:
    before = Seals(keys=(OLD,)).seal("hush")
    both = Seals(keys=(NEW, OLD))
    assert both.open(before) == "hush"
    assert Seals(keys=(NEW,)).open(both.seal("hush")) == "hush"
    renewed = both.renewed(before)
    assert Seals(keys=(NEW,)).open(renewed) == "hush"
    assert both.renewed(renewed) == renewed


SEALED = Seals(keys=(OLD,)).seal("the provider's token")
CANNOT = [
    pytest.param(SEALED, (), f"sealed with the key {name_of(OLD)}, and {SEAL_KEY} is missing", id="no key"),
    pytest.param(SEALED, (NEW,), f"{SEAL_KEY} holds only {name_of(NEW)}", id="another key"),
    pytest.param(SEALED[:-4] + "AAA=", (OLD,), "changed after it was sealed", id="tampered with"),
    pytest.param(SEALED[:30], (OLD,), "changed after it was sealed", id="cut short"),
    pytest.param("sealed:", (OLD,), "no whole sealed value", id="nothing sealed"),
    pytest.param("sealed:abc", (OLD,), "no whole sealed value", id="no key named"),
    pytest.param(
        SEALED.replace(name_of(OLD), name_of(NEW)), (NEW,), "changed after it was sealed", id="misnamed"
    ),
]


@pytest.mark.parametrize(("sealed", "keys", "why"), CANNOT)
def test_what_cannot_be_opened_says_which_key_is_wanted(sealed: str, keys: tuple[str, ...], why: str) -> None:
    with pytest.raises(Locked) as locked:
        Seals(keys=keys).open(sealed)
    assert why in str(locked.value)
    assert sealed.rpartition(":")[2] not in str(locked.value) or not sealed.rpartition(":")[2]


def test_keys_are_never_shown() -> None:
    assert NEW not in repr(Seals(keys=(NEW,)))
    with pytest.raises(Locked, match="there is no TIDINGS_SEAL_KEY"):
        Seals().seal("x")


@pytest.mark.parametrize("between", [",", " ", "\n", ", "], ids=repr)
def test_keys_stand_in_the_environment_newest_first(between: str) -> None:
    assert seals_of({SEAL_KEY: between.join((NEW, OLD))}).keys == (NEW, OLD)
    assert seals_of({}).keys == ()


def test_a_key_that_is_none_is_named_by_its_place_and_not_shown() -> None:
    with pytest.raises(Mistake, match="key 2 of 2 is not a key") as caught:
        seals_of({SEAL_KEY: f"{NEW},hunter2"})
    assert "hunter2" not in str(caught.value)
    assert len(new_key()) == 44


def test_a_secret_may_stand_sealed_in_the_file(tmp_path: Path) -> None:
    token = "api-token-of-the-shop"
    path = tmp_path / "tidings.toml"
    database = Seals(keys=(NEW,)).seal("postgresql://tidings:word@db/tidings")
    path.write_text(f'api_token = "{Seals(keys=(OLD,)).seal(token)}"\ndatabase = "{database}"\n')
    settings = load(path, {SEAL_KEY: f"{NEW} {OLD}"})
    assert settings.api_token.get_secret_value() == token
    assert settings.database.endswith("word@db/tidings")
    assert token not in repr(settings)
    assert NEW not in repr(settings)


def test_a_sealed_value_that_no_key_opens_names_file_and_line_and_not_the_value(tmp_path: Path) -> None:
    path = tmp_path / "tidings.toml"
    sealed = Seals(keys=(OLD,)).seal("api-token-of-the-shop")
    path.write_text(f'\n\napi_token = "{sealed}"\n')
    with pytest.raises(Mistake) as caught:
        load(path, {SEAL_KEY: NEW})
    assert str(caught.value).startswith(f"{path}:3: api_token cannot be opened")
    assert name_of(OLD) in str(caught.value)
    assert sealed not in str(caught.value)


def test_a_sealed_value_of_the_environment_is_told_of_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "tidings.toml"
    path.touch()
    with pytest.raises(Mistake) as caught:
        load(path, {"TIDINGS_API_TOKEN": Seals(keys=(OLD,)).seal("api-token-of-the-shop")})
    assert (caught.value.file, caught.value.line) == ("environment", 0)
    assert "TIDINGS_API_TOKEN cannot be opened" in str(caught.value)


def test_a_secret_in_clear_is_still_refused(tmp_path: Path) -> None:
    path = tmp_path / "tidings.toml"
    path.write_text('api_token = "api-token-of-the-shop"')
    with pytest.raises(Mistake, match=re.escape("or seal it: tidings keys seal")):
        load(path, {SEAL_KEY: NEW})
