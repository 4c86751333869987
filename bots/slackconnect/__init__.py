"""Slack Connect: customers who are in Slack themselves, in channels shared with them or direct messages."""

from bots.channel import Channel
from bots.slackconnect.settings import Settings
from bots.slackconnect.spec import SPEC

__all__ = ["SPEC", "Settings", "open_channel"]


def open_channel(settings: Settings, name: str) -> Channel:
    """Make the channel of the section *name*; no connection is opened."""
    from bots.slackconnect.channel import SlackConnect  # the SDK is for those who use it

    return SlackConnect(settings, name)
