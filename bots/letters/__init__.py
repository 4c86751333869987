"""Letters: print-ready PDFs in a folder, for customers with no digital address."""

from bots.channel import Channel
from bots.letters.settings import Settings
from bots.letters.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; nothing is written yet."""
    from bots.letters.channel import Letters  # the PDF library and its fonts are for those who write letters

    return Letters(settings, name)
