"""Bandwidth on loopback."""

from tests.providers.bandwidth.server import BandwidthLookAlike

__all__ = ["BandwidthLookAlike"]
