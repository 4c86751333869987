"""SMS and MMS over Twilio: one account of ours."""

from dataclasses import replace
from typing import Any

from bots.channel import Hook, MessageOut, Reading
from bots.errors import Refused
from bots.sms.codes import CODES
from bots.sms.reading import read
from bots.sms.segments import count
from bots.sms.settings import Settings
from bots.sms.spec import MEDIA_TOTAL, SPEC
from bots.twilio_sending import TwilioMessages


class SmsChannel(TwilioMessages):
    """One Twilio account that texts from one number or one messaging service."""

    codes = CODES
    settings: Settings

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*."""
        super().__init__(settings, name, replace(SPEC, rate=settings.rate))

    def read(self, hook: Hook) -> Reading:
        """Check the signature and translate the message or status call-back."""
        return self._with_token(lambda token: read(hook, token))

    def _fields(self, message: MessageOut) -> dict[str, Any]:
        if sum(medium.size for medium in message.media) > MEDIA_TOTAL:
            raise Refused("The files are larger than 5 MB together.", code="30019")
        return super()._fields(message)

    def _sender(self) -> dict[str, str]:
        if self.settings.messaging_service:
            return {"messaging_service_sid": self.settings.messaging_service}
        return {"from_": self.settings.number}

    def _to(self, address: str) -> str:
        if not address.startswith("tel:"):
            raise Refused("This customer did not write by SMS; the channel cannot reach them there.")
        return address.removeprefix("tel:")

    def _parts(self, message: MessageOut) -> int:
        return 1 if message.media else count(self._words(message)).parts
