"""What an operator may set for Messenger and Instagram."""

from typing import Any

import pytest
from pydantic import ValidationError

import bots
from tests.bots.contract import Case
from tests.bots.instagram.case import CASE as INSTAGRAM
from tests.bots.messenger.case import CASE as MESSENGER

of_both = pytest.mark.parametrize("case", [MESSENGER, INSTAGRAM], ids=["messenger", "instagram"])


def settings(case: Case, **changes: Any) -> Any:
    return bots.find(case.kind).Settings.model_validate({**case.section, **changes})


@of_both
@pytest.mark.parametrize(
    "change",
    [
        {"app_secret": ""},
        {"verify_token": "short"},
        {"access_token": ""},
        {"app_id": "my app"},
        {"account_id": "cafe.tidings"},
        {"rate": 0},
        {"rate": 41},
        {"version": "25"},
        {"timeout": 0},
        {"base_url": "https://graph.facebook.com/v25.0"},
        {"page_id": "1"},
    ],
    ids=str,
)
def test_a_mistake_is_refused(case: Case, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(case, **change)


@of_both
def test_a_mistake_shows_no_secret(case: Case) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(case, verify_token="hush", rate=0)
    assert "hush" not in str(caught.value)


@of_both
def test_each_secret_comes_from_the_environment(case: Case) -> None:
    fields = bots.find(case.kind).Settings.model_fields
    secret = [name for name in fields if "secret" in name or "token" in name]
    for name in secret:
        said = fields[name].json_schema_extra
        assert isinstance(said, dict)
        assert str(said["env"]).startswith(f"{case.kind.upper()}_")
        assert said["where"]
    assert len(secret) == 5


def test_messenger_must_know_its_app() -> None:
    with pytest.raises(ValidationError):
        settings(MESSENGER, app_id="")
    assert settings(INSTAGRAM, app_id="").app_id == ""


@of_both
def test_the_pace_is_the_operators(case: Case) -> None:
    assert case.open(rate=3).spec.rate == 3


@of_both
def test_each_asks_its_own_host(case: Case) -> None:
    host = "graph.facebook.com" if case.kind == "messenger" else "graph.instagram.com"
    assert settings(case).base_url == f"https://{host}"


@of_both
def test_comments_are_bound_by_no_window(case: Case) -> None:
    free = tuple(case.open().spec.unwindowed)
    assert f"{case.kind}-comment:1:2".startswith(free)
    assert f"{case.kind}:comment/2".startswith(free)
    assert not case.address.startswith(free)
