"""The arguments taken here are those of Slack's own description, and what it requires is required."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.providers.slack.methods import METHODS

SPEC = Path(__file__).parents[4].parent / "shared" / "specs" / "slack_web_api_v2.json"
# Younger than the description (2021-09); slack_sdk 3.47 sends them.
YOUNGER = {
    "auth.test": {"team_id"},
    "chat.postMessage": {"metadata", "client_msg_id"},
    "chat.update": {"metadata"},
    "conversations.history": {"include_all_metadata"},
    "conversations.replies": {"include_all_metadata"},
}


@pytest.fixture(scope="module")
def paths() -> dict[str, Any]:
    if not SPEC.exists():
        pytest.skip("Slack's API description is not beside the project")
    described: dict[str, Any] = json.loads(SPEC.read_text())["paths"]
    return described


@pytest.mark.parametrize("name", sorted(METHODS))
def test_the_arguments_are_slacks(paths: dict[str, Any], name: str) -> None:
    if f"/{name}" not in paths:
        pytest.skip(f"{name} is younger than the description")
    (operation,) = paths[f"/{name}"].values()
    described = {p["name"] for p in operation["parameters"]} | YOUNGER.get(name, set())
    required = {p["name"] for p in operation["parameters"] if p.get("required")} - {"token"}
    assert METHODS[name].must | METHODS[name].may <= described
    assert required <= METHODS[name].must
