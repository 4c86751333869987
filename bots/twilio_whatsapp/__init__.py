"""WhatsApp over Twilio."""

from bots.channel import Channel
from bots.twilio_whatsapp.settings import Settings
from bots.twilio_whatsapp.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; it opens no connection yet."""
    # Every start sees this folder; only those who use it load the SDK.
    from bots.twilio_whatsapp.channel import TwilioWhatsApp

    return TwilioWhatsApp(settings, name)
