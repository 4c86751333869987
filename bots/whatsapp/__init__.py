"""WhatsApp, through Meta's Cloud API."""

from bots.channel import Channel
from bots.whatsapp.settings import Settings
from bots.whatsapp.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; no connection is opened."""
    # Every folder is imported at every start to see its settings: what speaks HTTP only once it is used.
    from bots.whatsapp.channel import WhatsApp

    return WhatsApp(settings, name)
