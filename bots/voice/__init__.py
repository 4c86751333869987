"""The telephone, over Twilio Voice."""

from bots.channel import Channel
from bots.voice.settings import Settings
from bots.voice.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; it opens no connection yet."""
    # Every start sees this folder; only those who use it load the SDK.
    from bots.voice.channel import Voice

    return Voice(settings, name)
