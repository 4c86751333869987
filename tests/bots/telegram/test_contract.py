"""What we say to Telegram, and what our look-alike takes, is in Telegram's own description."""

import json
from pathlib import Path
from typing import Any

import pytest

from bots.telegram.reading import _READERS, UPDATES
from bots.telegram.words import _ABOUT, _QUIET
from tests.providers.telegram.methods import _METHODS
from tests.providers.telegram.parameters import PARAMETERS

SPEC = Path(__file__).parents[3].parent / "shared" / "specs" / "telegram_bot_api.json"
pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason="../shared/specs is not here")


@pytest.fixture(scope="module")
def spec() -> Any:
    return json.loads(SPEC.read_text())


def fields(thing: Any) -> set[str]:
    return {field["name"] for field in thing.get("fields", ())}


@pytest.mark.parametrize("method", sorted(PARAMETERS))
def test_every_parameter_of_the_look_alike_is_telegrams(spec: Any, method: str) -> None:
    assert PARAMETERS[method] <= fields(spec["methods"][method])
    assert method in _METHODS or method.startswith("send")


def test_what_telegram_requires_the_look_alike_takes(spec: Any) -> None:
    for method, names in PARAMETERS.items():
        required = {field["name"] for field in spec["methods"][method].get("fields", ()) if field["required"]}
        assert required <= names, method


def test_the_updates_we_read_are_telegrams(spec: Any) -> None:
    assert set(_READERS) <= fields(spec["types"]["Update"])
    assert set(UPDATES) <= set(_READERS)


def test_every_field_about_a_message_is_known_as_such(spec: Any) -> None:
    known = fields(spec["types"]["Message"])
    assert known >= _QUIET
    strays = {name for name in _ABOUT - known if not name.startswith("forward_")}  # forward_* is the old form
    assert strays == set()
