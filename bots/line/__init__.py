"""LINE, through its Messaging API."""

from bots.channel import Channel
from bots.line.settings import Settings
from bots.line.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; no connection is opened."""
    from bots.line.channel import Line  # here: every folder is imported at every start, few are opened

    return Line(settings, name)
