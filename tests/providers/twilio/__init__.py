"""A look-alike of Twilio's messaging API on loopback."""

from tests.providers.twilio.server import TwilioLookAlike

__all__ = ["TwilioLookAlike"]
