"""A look-alike of LINE's Messaging API on loopback."""

from tests.providers.line.server import LineLookAlike

__all__ = ["LineLookAlike"]
