"""Messenger: messages to a Facebook page and comments under its posts."""

from bots.channel import Channel
from bots.messenger.settings import Settings
from bots.messenger.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; no connection is opened."""
    # Every folder is imported at every start to see its settings; the rest only where it is used.
    from bots.messenger.channel import Messenger

    return Messenger(settings)
