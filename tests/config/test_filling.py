"""A section and the environment become settings of any class, or say what is wrong and where."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from config.errors import Mistake
from config.filling import Source, fill, variables


class Tank(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr = Field(
        description="…", json_schema_extra={"env": "TANK_TOKEN", "where": "ask the tank"}
    )
    spare: SecretStr | None = Field(default=None, description="…", json_schema_extra={"env": "TANK_SPARE"})
    number: str = Field(pattern="^[0-9]+$", description="…", json_schema_extra={"env": "TANK_NUMBER"})
    rate: float = Field(default=1.0, description="Litres a second.")


SOURCE = Source(
    file="t.toml",
    text="[a]\n\n[tanks.one]\nrate = 2\ntoken = 'hidden'",
    env={"TANK_TOKEN": "hidden", "TANK_NUMBER": "7"},
)
AT = ("tanks", "one")


def test_the_file_and_the_environment_together_make_settings() -> None:
    tank = fill(Tank, {"rate": 2}, SOURCE, place=AT)
    assert (tank.token.get_secret_value(), tank.number, tank.rate) == ("hidden", "7", 2.0)


def test_a_prefix_keeps_two_accounts_apart() -> None:
    source = Source(file="t", env={"ONE_TANK_TOKEN": "1", "ONE_TANK_NUMBER": "11", **SOURCE.env})
    assert fill(Tank, {}, source, prefix="ONE_").number == "11"


def test_an_empty_variable_is_as_good_as_none() -> None:
    with pytest.raises(Mistake, match="TANK_TOKEN is missing from the environment"):
        fill(Tank, {"number": "1"}, Source(file="t", env={"TANK_TOKEN": ""}), place=AT)


def test_what_is_missing_names_the_variable_and_where_to_get_it() -> None:
    with pytest.raises(Mistake) as caught:
        fill(Tank, {}, Source(file=SOURCE.file, text=SOURCE.text), place=AT)
    assert [str(mistake) for mistake in caught.value.every()] == [
        "t.toml:5: TANK_TOKEN is missing from the environment. Where to get it: ask the tank.",
        "t.toml:3: TANK_NUMBER is missing from the environment.",
    ][::-1]


def test_a_secret_in_the_file_is_refused_without_being_told() -> None:
    with pytest.raises(Mistake) as caught:
        fill(Tank, {"token": "hidden"}, SOURCE, place=AT)
    assert caught.value.line == 5
    assert "set TANK_TOKEN in the environment" in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_a_wrong_value_of_the_environment_is_told_of_the_environment_and_not_shown() -> None:
    source = Source(file="t", env={"TANK_TOKEN": "x", "TANK_NUMBER": "hidden"})
    with pytest.raises(Mistake) as caught:
        fill(Tank, {}, source)
    assert (caught.value.file, caught.value.line) == ("environment", 0)
    assert "TANK_NUMBER" in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_variables_say_what_is_secret_and_what_is_needed() -> None:
    told = [(v.field, v.name, v.secret, v.required) for v in variables(Tank, "ONE_")]
    assert told == [
        ("token", "ONE_TANK_TOKEN", True, True),
        ("spare", "ONE_TANK_SPARE", True, False),
        ("number", "ONE_TANK_NUMBER", False, True),
    ]
