"""Discord: direct messages to a bot, and one support channel."""

from bots.channel import Channel
from bots.discord.settings import Settings
from bots.discord.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; no connection is opened."""
    from bots.discord.channel import Discord  # here: every folder is imported at every start, few are opened

    return Discord(settings, name)
