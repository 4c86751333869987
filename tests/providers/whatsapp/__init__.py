"""A look-alike of WhatsApp's Cloud API on loopback."""

from tests.providers.whatsapp.server import WhatsAppLookAlike

__all__ = ["WhatsAppLookAlike"]
