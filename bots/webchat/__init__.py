"""The web chat: our own page and widget, where customers write in a browser."""

from bots.webchat.channel import WebChat, open_channel
from bots.webchat.settings import Settings
from bots.webchat.spec import SPEC

__all__ = ["SPEC", "Settings", "WebChat", "open_channel"]
