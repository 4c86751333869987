"""What an operator may set, and what is said of a mistake."""

from typing import Any

import pytest
from pydantic import ValidationError

from bots.discord import Settings
from tests.bots.discord.case import CASE


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"token": ""}, "token"),
        ({"token": "Bot a.b.c"}, "token"),
        ({"secret_key": "short"}, "secret_key"),
        ({"public_key": "xyz"}, "public_key"),
        ({"support_channel": "general"}, "support_channel"),
        ({"timeout": 0}, "timeout"),
        ({"retry_seconds": 0}, "retry_seconds"),
        ({"api_url": "https://discord.com/api/v10/"}, "api_url"),
        ({"api_url": "ftp://discord.com/api"}, "api_url"),
        ({"colour": "red"}, "colour"),
    ],
    ids=str,
)
def test_a_mistake_is_named_and_shows_no_secret(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named) as raised:
        Settings.model_validate({**CASE.section, **changes})
    assert [secret for secret in CASE.secrets if secret in str(raised.value)] == []


def test_every_field_has_its_sentence_and_every_secret_its_variable() -> None:
    fields = Settings.model_fields
    assert all((field.description or "").endswith(".") for field in fields.values())
    extras = [field.json_schema_extra for field in fields.values()]
    named = [one["env"] for one in extras if isinstance(one, dict) and "env" in one]
    assert named == ["DISCORD_BOT_TOKEN", "TIDINGS_SECRET_KEY", "TIDINGS_OLD_SECRET_KEY"]
