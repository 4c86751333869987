"""The app that an operator makes at Slack: manifest.yaml, and its form for events over HTTP."""

from pathlib import Path
from typing import Final

WRITTEN: Final = Path(__file__).with_name("manifest.yaml")
EVENTS_PATH: Final = "/slack/events"
INTERACTIVITY_PATH: Final = "/slack/interactivity"
OPTIONS_PATH: Final = "/slack/options"
COMMANDS_PATH: Final = "/slack/commands"


def manifest(public_url: str = "") -> str:
    """Give the manifest as YAML: for Socket Mode, or for events over HTTP at *public_url*."""
    text = WRITTEN.read_text("utf-8")
    if not public_url:
        return text
    for before, after in (
        ("  event_subscriptions:\n", f"    request_url: {public_url}{EVENTS_PATH}\n"),
        ("    is_enabled: true\n", f"    request_url: {public_url}{INTERACTIVITY_PATH}\n"),
        ("    is_enabled: true\n", f"    message_menu_options_url: {public_url}{OPTIONS_PATH}\n"),
        ("    - command: /tidings\n", f"      url: {public_url}{COMMANDS_PATH}\n"),
    ):
        text = text.replace(before, before + after)
    return text.replace("socket_mode_enabled: true", "socket_mode_enabled: false")
