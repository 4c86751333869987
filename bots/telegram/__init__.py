"""Telegram, through its Bot API."""

from bots.channel import Channel
from bots.telegram.channel import Telegram
from bots.telegram.settings import Settings
from bots.telegram.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; no connection is opened."""
    return Telegram(settings, name)
