"""What an operator may set."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from bots import find
from bots.channel import Channel
from bots.errors import BadSignature
from bots.sms import SPEC, Settings, open_channel
from tests.bots.twilio_hooks import MESSAGE, TOKEN, posted

GOOD: dict[str, Any] = {
    "account_sid": "AC" + "0" * 32,
    "auth_token": "secret-token",
    "number": "+15005550006",
}


def test_the_channel_is_found_by_its_kind() -> None:
    module = find("sms")
    assert module.SPEC is SPEC
    assert (SPEC.kind, SPEC.label, SPEC.scheme, SPEC.text_limit) == ("sms", "SMS", "tel", 1600)
    assert (SPEC.rate, SPEC.receipts, SPEC.looks_up, SPEC.media_per_message) == (1.0, True, True, 10)


def test_a_channel_is_opened_without_a_connection_or_a_loop() -> None:
    channel: Channel = open_channel(Settings(**GOOD), "sms")
    assert channel.spec.rate == 1.0


def test_the_token_is_never_shown() -> None:
    settings = Settings(**GOOD)
    channel = open_channel(settings, "sms")
    assert "secret-token" not in f"{settings!r} {settings} {settings.model_dump_json()} {channel!r}"


@pytest.mark.parametrize("number", ["+34600123456", "72975", "ACME Bank"])
def test_a_sender_is_a_number_a_short_code_or_a_name(number: str) -> None:
    assert Settings(**GOOD | {"number": number}).number == number


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"account_sid": "SK" + "0" * 32}, "account_sid"),
        ({"account_sid": "AC123"}, "account_sid"),
        ({"auth_token": ""}, "auth_token"),
        ({"number": "600 123 456 789"}, "number"),
        ({"number": "+0600123456"}, "number"),
        ({"number": ""}, "TWILIO_NUMBER"),
        ({"messaging_service": "AC" + "0" * 32}, "messaging_service"),
        ({"rate": 0}, "rate"),
        ({"timeout": 0}, "timeout"),
        ({"base_url": "https://api.twilio.com/2010-04-01"}, "base_url"),
        ({"base_url": "ftp://api.twilio.com"}, "base_url"),
        ({"colour": "red"}, "colour"),
    ],
    ids=str,
)
def test_a_mistake_is_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings(**GOOD | changes)


def test_a_messaging_service_needs_no_number() -> None:
    assert Settings(**GOOD | {"number": "", "messaging_service": "MG" + "0" * 32}).number == ""


def test_every_field_has_its_sentence_and_the_account_its_variables() -> None:
    fields = Settings.model_fields
    assert all((field.description or "").endswith(".") for field in fields.values())
    extras = [field.json_schema_extra for field in fields.values()]
    assert [extra["env"] for extra in extras if isinstance(extra, dict) and "env" in extra] == [
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_OLD_AUTH_TOKEN",
        "TWILIO_NUMBER",
    ]


def test_a_hook_signed_with_the_token_of_before_is_taken_while_the_token_changes() -> None:
    hook = posted(MESSAGE)
    changed = open_channel(Settings(**GOOD | {"old_auth_token": TOKEN.decode()}), "sms")
    assert changed.read(hook).events
    changed.check(hook)
    with pytest.raises(BadSignature):
        open_channel(Settings(**GOOD), "sms").read(hook)


def test_a_look_at_the_folder_loads_no_library_of_twilio() -> None:
    asked = "import sys, bots.sms; print('twilio' in sys.modules, 'aiohttp' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert shown.stdout == "False False\n"
