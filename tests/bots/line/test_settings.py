"""What an operator may set, and what is said of a mistake."""

from typing import Any

import pytest
from pydantic import ValidationError

from bots.line import Settings
from tests.bots.line.case import CASE


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"channel_secret": ""}, "channel_secret"),
        ({"old_channel_secret": ""}, "old_channel_secret"),
        ({"access_token": ""}, "access_token"),
        ({"preview_url": "http://inbox.example/a.jpg"}, "preview_url"),
        ({"timeout": 0}, "timeout"),
        ({"api_url": "https://api.line.me/v2"}, "api_url"),
        ({"data_url": "ftp://api.line.me"}, "data_url"),
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
    assert [one["env"] for one in extras if isinstance(one, dict)] == [
        "LINE_CHANNEL_SECRET",
        "LINE_OLD_CHANNEL_SECRET",
        "LINE_CHANNEL_ACCESS_TOKEN",
    ]
