"""What an operator may set, for WhatsApp over Twilio and its siblings alike."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

import bots
from config.filling import variables

ACCOUNT: dict[str, Any] = {"account_sid": "AC" + "0" * 32, "auth_token": "secret-token"}
SENDERS: dict[str, dict[str, Any]] = {
    "twilio_whatsapp": {"number": "+15005550006"},
    "rcs": {"sender": "rcs:acme_agent"},
    "voice": {"number": "+15005550006"},
}
of_each = pytest.mark.parametrize("kind", SENDERS)


@of_each
def test_only_its_own_sender_switches_a_channel_on(kind: str) -> None:
    needed = [one.name for one in variables(bots.find(kind).Settings) if one.required]
    assert len(needed) == 1
    assert needed[0] not in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_NUMBER")


@of_each
@pytest.mark.parametrize("lacks", ["account_sid", "auth_token"])
def test_account_and_token_are_asked_for_by_name(kind: str, lacks: str) -> None:
    given = {name: value for name, value in ACCOUNT.items() if name != lacks}
    with pytest.raises(ValidationError, match=r"TWILIO_ACCOUNT_SID.*TWILIO_AUTH_TOKEN"):
        bots.find(kind).Settings.model_validate({**given, **SENDERS[kind]})


@of_each
def test_a_mistake_shows_no_token(kind: str) -> None:
    given = {**ACCOUNT, **SENDERS[kind], "rate": 0, "old_auth_token": ["older-token"]}
    with pytest.raises(ValidationError) as caught:
        bots.find(kind).Settings.model_validate(given)
    assert "token" in str(caught.value)
    assert "older-token" not in str(caught.value)
    assert "secret-token" not in str(caught.value)


@of_each
def test_the_token_is_never_shown(kind: str) -> None:
    module = bots.find(kind)
    settings = module.Settings.model_validate({**ACCOUNT, **SENDERS[kind], "old_auth_token": "older-token"})
    channel = module.open_channel(settings, kind)
    shown = f"{settings!r} {settings} {settings.model_dump_json()} {channel!r}"
    assert "secret-token" not in shown
    assert "older-token" not in shown


@of_each
def test_a_look_at_the_folder_loads_no_library_of_twilio(kind: str) -> None:
    asked = f"import sys, bots.{kind}; print('twilio' in sys.modules, 'aiohttp' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert shown.stdout == "False False\n"


@pytest.mark.parametrize(
    ("kind", "changes", "named"),
    [
        ("twilio_whatsapp", {"number": "whatsapp:+15005550006"}, "number"),
        ("twilio_whatsapp", {"number": "72975"}, "number"),
        ("twilio_whatsapp", {"templates": {"en": {"ready": "MG123"}}}, "templates.en.ready"),
        ("twilio_whatsapp", {"content_url": "https://content.twilio.com/v1"}, "content_url"),
        ("rcs", {"sender": "acme_agent"}, "sender"),
        ("rcs", {"messaging_service": "MG" + "0" * 32}, "messaging_service"),
        ("voice", {"number": "72975"}, "number"),
        ("voice", {"ring": ["600123456"]}, "ring"),
        ("voice", {"ring": ["+34600123456"] * 11}, "ring"),
        ("voice", {"greetings": {"xx yy": "Hello"}}, "greetings"),
        ("voice", {"ring_seconds": 0}, "ring_seconds"),
    ],
    ids=str,
)
def test_a_mistake_is_named(kind: str, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named.replace(".", r"\.")):
        bots.find(kind).Settings.model_validate({**ACCOUNT, **SENDERS[kind], **changes})
