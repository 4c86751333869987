"""Sending over Twilio's Messages, and looking a message up whose answer was lost."""

from abc import abstractmethod
from datetime import timedelta
from typing import Any, Final
from unicodedata import normalize

from bots.answered import Answered
from bots.channel import MessageOut, Sent, Spec
from bots.errors import Refused, Uncertain
from bots.marks import plain
from bots.twilio_account import TwilioAccount
from bots.twilio_client import CALL_ERRORS, translated
from bots.twilio_forms import clean
from bots.twilio_settings import TwilioSettings

TRIAL: Final = "Sent from your Twilio trial account - "
SKEW: Final = timedelta(seconds=60)
"""How far Twilio's clock and ours may be apart; its times have no fractions of a second."""
LOOKED_THROUGH: Final = 200
"""Messages: a look-up reads no further back than this."""
MOST_OLDER: Final = 20
"""Messages from before: after so many a look-up is at its end."""


class TwilioMessages(TwilioAccount):
    """A channel whose messages go through Messages.json: SMS, WhatsApp, RCS."""

    def __init__(self, settings: TwilioSettings, name: str, spec: Spec) -> None:
        """Keep the settings of the section *name*; no answer was heard yet."""
        super().__init__(settings, name, spec)
        self.answered = Answered()

    async def send(self, message: MessageOut) -> Sent:
        """Hand one message to Twilio; its error codes are translated by the table `codes`."""
        fields = {"to": self._to(message.address), **self._sender(), **self._fields(message)}
        if self.callback:
            fields["status_callback"] = self.callback
        try:
            taken = await self._client().messages.create_async(**fields)
        except CALL_ERRORS as error:
            raise translated(error, self.codes) from error
        if not taken.sid:
            raise Uncertain("Twilio's answer has no identifier of the message.")
        return self._sent(taken, message)

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Find a message whose answer was lost among those sent to this address since it was owed.

        Twilio keeps no key of ours: the number, the letters and the number of files must be the same, and
        a message whose answer was heard is not taken for another. What an approved template became is
        not known here, so that of such a message only the number is compared.
        """
        since, older = message.owed_at - SKEW, 0
        wanted = None if message.template else (_letters(self._words(message)), len(message.media))
        query = {"to": self._to(message.address), "page_size": 50, "limit": LOOKED_THROUGH}
        sender = self._sender()
        if "from_" in sender:
            query["from_"] = sender["from_"]
        found = None
        try:
            # Not filtered by DateSent: what still waits at Twilio has none.
            async for entry in await self._client().messages.stream_async(**query):
                if entry.date_created is not None and entry.date_created < since:
                    older += 1  # listed by when it was sent: one that waited stands before ours
                    if older == MOST_OLDER:
                        break
                elif entry.sid not in self.answered and _is(entry, wanted):
                    found = entry
        except CALL_ERRORS as error:
            raise translated(error, self.codes, harmless=True) from error
        return None if found is None else self._sent(found, message)

    @abstractmethod
    def _sender(self) -> dict[str, str]:
        """Name the parameter that says whom it comes from: from_ or messaging_service_sid."""

    @abstractmethod
    def _to(self, address: str) -> str:
        """Write *address* as Twilio does; raises Refused for one of another scheme."""

    def _speaks(self) -> str:
        return f"sends from {' or '.join(self._sender().values())}"

    def _words(self, message: MessageOut) -> str:
        """Give the text as it is sent: without the house's marks where customers would see them bare."""
        return clean(message.text if self.spec.formats else plain(message.text))

    def _parts(self, message: MessageOut) -> int:
        """Count the parts of *message* where Twilio has not done so."""
        return 1

    def _fields(self, message: MessageOut) -> dict[str, Any]:
        """Name the parameters that say what is sent; raises Refused for what Twilio would refuse."""
        text = self._words(message)
        if not text.strip() and not message.media:
            raise Refused("There is nothing to send: write some words or add a file.")
        if len(text) > self.spec.text_limit:
            raise Refused(f"The text is longer than {self.spec.text_limit} characters.", code="21617")
        most = self.spec.media_per_message
        if len(message.media) > most:
            many = "is more than one file" if most == 1 else f"are more than {most} files"
            raise Refused(f"There {many}.", code="21623")
        fields: dict[str, Any] = {"body": text} if text else {}
        if message.media:
            fields["media_url"] = [medium.url for medium in message.media]
        return fields

    def _sent(self, entry: Any, message: MessageOut) -> Sent:
        """Remember the answer; Twilio counts no segments before it has chosen a number of a service."""
        self.answered.add(entry.sid)
        return Sent(external_id=entry.sid, segments=int(entry.num_segments or 0) or self._parts(message))


def _is(entry: Any, wanted: tuple[str, int] | None) -> bool:
    """Compare what Twilio keeps, where the words are as it spelled them or were taken out (redacted)."""
    if not str(entry.direction or "").startswith("outbound"):
        return False
    body, files = str(entry.body or "").removeprefix(TRIAL), int(entry.num_media or 0)
    return wanted is None or (_letters(body), files) == wanted or not (body or files)


def _letters(text: str) -> str:
    """Fold a text to its letters and digits: a Messaging Service replaces quotes, dashes and accents."""
    folded = "".join(filter(str.isalnum, normalize("NFKD", text).casefold()))
    return folded or "".join(text.split())
