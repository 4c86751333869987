"""E-mail: IMAP in, SMTP out."""

from bots.channel import Channel
from bots.email.settings import Settings
from bots.email.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; it opens no connection yet."""
    # Every folder is imported at every start to see its settings: the libraries only where they are used.
    from bots.email.channel import Email

    return Email(settings, name)
