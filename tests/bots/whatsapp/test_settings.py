"""What an operator may set, and what a mistake says."""

from typing import Any

import pytest
from pydantic import ValidationError

from bots.whatsapp.settings import Settings

WHOLE = {
    "access_token": "EAAGsecret",
    "phone_number_id": "106540352242922",
    "app_secret": "a-secret",
    "verify_token": "v-secret",
}


def test_four_things_are_needed_and_the_rest_is_known() -> None:
    settings = Settings.model_validate(WHOLE)
    assert (settings.base_url, settings.version) == ("https://graph.facebook.com", "v25.0")
    assert [name for name, field in Settings.model_fields.items() if field.is_required()] == list(WHOLE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone_number_id": "+34911222333"},
        {"access_token": ""},
        {"app_secret": ""},
        {"verify_token": ""},
        {"version": "25"},
        {"base_url": "https://graph.facebook.com/"},
        {"rate": 0},
        {"business_account_id": "1/2"},
        {"colour": "green"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_mistake_is_named_and_shows_no_secret(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        Settings.model_validate({**WHOLE, **wrong})
    assert next(iter(wrong)) in str(raised.value)
    assert "secret" not in str(raised.value).replace("app_secret", "")


def test_every_secret_has_its_place_in_the_environment() -> None:
    for name in ("access_token", "app_secret", "old_app_secret", "verify_token"):
        extra = Settings.model_fields[name].json_schema_extra
        assert isinstance(extra, dict)
        assert str(extra["env"]).startswith("WHATSAPP_")
        assert extra["where"]
