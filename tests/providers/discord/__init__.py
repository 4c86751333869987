"""A look-alike of Discord on loopback: its API, its files and a real gateway."""

from tests.providers.discord.server import DiscordLookAlike

__all__ = ["DiscordLookAlike"]
