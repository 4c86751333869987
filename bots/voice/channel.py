"""The telephone over Twilio: one number of ours, which customers ring and which rings them."""

from dataclasses import replace
from typing import Any, Final

from bots.channel import Hook, MessageOut, Reading, Sent
from bots.errors import Refused, Uncertain
from bots.twilio_account import TwilioAccount
from bots.twilio_client import CALL_ERRORS, translated
from bots.voice import twiml
from bots.voice.codes import CODES
from bots.voice.line import NUMBER
from bots.voice.reading import read
from bots.voice.settings import Settings
from bots.voice.spec import SPEC

SCHEME: Final = "tel:"


class Voice(TwilioAccount):
    """One telephone number of a Twilio account."""

    codes = CODES
    settings: Settings

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*."""
        super().__init__(settings, name, replace(SPEC, rate=settings.rate))

    def read(self, hook: Hook) -> Reading:
        """Check the signature, translate what is said of a call, and answer what is to happen on the line."""
        return self._with_token(lambda token: read(hook, token, self.settings))

    async def send(self, message: MessageOut) -> Sent:
        """Refuse: a telephone takes no written words."""
        raise Refused("Nothing can be written over the telephone: call, or write over another channel.")

    async def call(self, agent: str, address: str, key: str) -> Sent:
        """Ring the *agent* (E.164), say who is called, then ring the customer and join the two.

        What became of it comes by hooks: `Called` under *key* where they spoke, else a failed `Receipt`
        under the identifier given here. An agent who does not pick up is the end of it.
        """
        customer = address.removeprefix(SCHEME)
        if not address.startswith(SCHEME) or not NUMBER.fullmatch(customer):
            raise Refused("This customer has no telephone number that can be called.")
        if not NUMBER.fullmatch(agent):
            raise Refused("The agent has no telephone number in the settings, as +34600123456.")
        fields: dict[str, Any] = {
            "to": agent,
            "from_": self.settings.number,
            "twiml": twiml.bridging(self.settings, self.callback, customer, key),
            "timeout": self.settings.ring_seconds,
        }
        if self.callback:
            fields["status_callback"] = twiml.at(self.callback, "rung", key=key)
        try:
            begun = await self._client().calls.create_async(**fields)
        except CALL_ERRORS as error:
            raise translated(error, self.codes) from error
        if not begun.sid:
            raise Uncertain("Twilio's answer has no identifier of the call.")
        return Sent(external_id=begun.sid)

    def _speaks(self) -> str:
        many = len(self.settings.ring)
        return f"answers at {self.settings.number}, rings {many or 'no'} phone{'' if many == 1 else 's'}"
