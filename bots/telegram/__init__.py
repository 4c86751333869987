"""Telegram, through its Bot API."""

from bots.channel import Channel
from bots.telegram.settings import Settings
from bots.telegram.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; no connection is opened."""
    # Every start sees this folder; only those who use it load the SDK.
    from bots.telegram.channel import Telegram

    return Telegram(settings, name)
