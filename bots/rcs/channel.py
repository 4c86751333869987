"""RCS over Twilio: one sender of ours."""

from dataclasses import replace
from typing import Any

from bots.channel import Hook, MessageOut, Reading
from bots.errors import Refused
from bots.rcs.codes import CODES
from bots.rcs.reading import SCHEME, read
from bots.rcs.settings import Settings
from bots.rcs.spec import SPEC
from bots.twilio_content import chosen, content_fields
from bots.twilio_sending import TwilioMessages


class RcsChannel(TwilioMessages):
    """One RCS sender of a Twilio account; it never falls back to SMS, which is a channel of its own."""

    codes = CODES
    settings: Settings

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*."""
        super().__init__(settings, name, replace(SPEC, rate=settings.rate))

    def read(self, hook: Hook) -> Reading:
        """Check the signature and translate the message or status call-back."""
        return self._with_token(lambda token: read(hook, token))

    def _fields(self, message: MessageOut) -> dict[str, Any]:
        if not message.template:
            return super()._fields(message)
        return content_fields(chosen((), message.template, ""), message.variables)

    def _sender(self) -> dict[str, str]:
        return {"from_": self.settings.sender}

    def _to(self, address: str) -> str:
        if not address.startswith(SCHEME):
            raise Refused("This customer did not write by RCS; the channel cannot reach them there.")
        return address
