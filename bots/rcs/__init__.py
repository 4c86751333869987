"""RCS over Twilio."""

from bots.channel import Channel
from bots.rcs.settings import Settings
from bots.rcs.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; it opens no connection yet."""
    # Every start sees this folder; only those who use it load the SDK.
    from bots.rcs.channel import RcsChannel

    return RcsChannel(settings, name)
