"""Any other provider, joined over HTTP by a small script of the operator's."""

from bots.channel import Channel
from bots.http.settings import Settings
from bots.http.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; it opens no connection yet."""
    from bots.http.channel import HttpChannel  # every folder is imported at every start to see its settings

    return HttpChannel(settings, name)
