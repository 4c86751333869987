"""SMS and MMS over Twilio: one account of ours."""

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final

from twilio.rest import Client  # type: ignore[import-untyped]
from yarl import URL

from bots.addresses import is_public
from bots.channel import Attachment, Channel, Hook, Keep, MessageOut, Reading, Sent
from bots.errors import Refused, Uncertain
from bots.fetching import fetch
from bots.sms.client import CALL_ERRORS, PatientClient, open_client, translated
from bots.sms.forms import clean, open_hook
from bots.sms.reading import read
from bots.sms.segments import count
from bots.sms.settings import Settings
from bots.sms.spec import MEDIA_TOTAL, SPEC

TRIAL: Final = "Sent from your Twilio trial account - "
SKEW: Final = timedelta(seconds=60)
"""How far Twilio's clock and ours may be apart; its times have no fractions of a second."""
REMEMBERED: Final = 10_000
LOOKED_THROUGH: Final = 200
"""Messages: a look-up reads no further back than this."""


class SmsChannel(Channel):
    """One Twilio account; it opens its connections at the first call and closes them in `stop`."""

    def __init__(self, settings: Settings, name: str) -> None:
        """Keep the settings of the section *name*."""
        self.spec = replace(SPEC, rate=settings.rate)
        self.name = name
        self.settings = settings
        self.token = settings.auth_token.get_secret_value().encode()
        self.callback = ""
        self.client: Client | None = None
        self.http: PatientClient | None = None
        self.answered: dict[str, None] = {}

    def read(self, hook: Hook) -> Reading:
        """Check the signature and translate the message or status call-back."""
        return read(hook, self.token)

    def check(self, hook: Hook) -> None:
        """Raise BadSignature unless Twilio signed the hook, Malformed if that cannot be told."""
        open_hook(hook, self.token)

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Ask for status call-backs at *hooks_url* from now on; inbound hooks are set in the console."""
        self.callback = hooks_url if _can_be_called(hooks_url, self.settings.base_url) else ""

    async def stop(self) -> None:
        """Close the connections."""
        http, self.client, self.http = self.http, None, None
        if http is not None:
            await http.close()

    async def send(self, message: MessageOut) -> Sent:
        """Hand one message to Twilio; its error codes are translated by the table in `codes`."""
        fields = self._fields(message)
        try:
            taken = await self._client().messages.create_async(**fields)
        except CALL_ERRORS as error:
            raise translated(error) from error
        if not taken.sid:
            raise Uncertain("Twilio's answer has no identifier of the message.")
        return self._sent(taken, message)

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Find a message whose answer was lost among those sent to this address since it was owed.

        Twilio keeps no key of ours: the number, the words and the number of files must be the same, and
        a message whose answer was heard is not taken for another.
        """
        since = message.owed_at - SKEW
        wanted = (clean(message.text).strip(), len(message.media))
        query = {"to": _number(message.address), "page_size": 50, "limit": LOOKED_THROUGH}
        if not self.settings.messaging_service:
            query["from_"] = self.settings.number
        found = None
        try:
            # Not filtered by DateSent: what still waits at Twilio has none.
            async for entry in await self._client().messages.stream_async(**query):
                if entry.date_created is not None and entry.date_created < since:
                    break
                if entry.sid not in self.answered and _is(entry, wanted):
                    found = entry
        except CALL_ERRORS as error:
            raise translated(error, harmless=True) from error
        return None if found is None else self._sent(found, message)

    async def who(self) -> str:
        """Ask Twilio for the account's own name, and say what it sends from."""
        try:
            account = await self._client().api.accounts(self.settings.account_sid).fetch_async()
        except CALL_ERRORS as error:
            raise translated(error, harmless=True) from error
        sender = self.settings.messaging_service or self.settings.number
        return f"{account.friendly_name} ({account.status}), sends from {sender}"

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a medium: from our account's own API with its credentials, redirects without them."""
        pair = f"{self.settings.account_sid}:{self.settings.auth_token.get_secret_value()}"
        basic = "Basic " + b64encode(pair.encode()).decode()
        return fetch(attachment.ref, trusted=[self.settings.base_url], authorization=basic)

    def _client(self) -> Client:
        if self.client is None:
            self.client, self.http = open_client(self.settings)
        return self.client

    def _fields(self, message: MessageOut) -> dict[str, Any]:
        """Name the call's parameters; raises Refused for what Twilio would refuse."""
        text = clean(message.text)
        if not text.strip() and not message.media:
            raise Refused("There is nothing to send: write some words or add a file.")
        if len(text) > self.spec.text_limit:
            raise Refused(f"The text is longer than {self.spec.text_limit} characters.", code="21617")
        if len(message.media) > self.spec.media_per_message:
            raise Refused(f"There are more than {self.spec.media_per_message} files.", code="21623")
        if sum(medium.size for medium in message.media) > MEDIA_TOTAL:
            raise Refused("The files are larger than 5 MB together.", code="30019")
        fields: dict[str, Any] = {"to": _number(message.address)}
        if self.settings.messaging_service:
            fields["messaging_service_sid"] = self.settings.messaging_service
        else:
            fields["from_"] = self.settings.number
        if text:
            fields["body"] = text
        if message.media:
            fields["media_url"] = [medium.url for medium in message.media]
        if self.callback:
            fields["status_callback"] = self.callback
        return fields

    def _sent(self, entry: Any, message: MessageOut) -> Sent:
        """Remember the answer; Twilio counts no segments before it has chosen a number of a service."""
        self.answered[entry.sid] = None
        if len(self.answered) > REMEMBERED:
            del self.answered[next(iter(self.answered))]
        segments = int(entry.num_segments or 0) or (1 if message.media else count(message.text).parts)
        return Sent(external_id=entry.sid, segments=segments)


def _number(address: str) -> str:
    if not address.startswith("tel:"):
        raise Refused("This customer did not write by SMS; the channel cannot reach them there.")
    return address.removeprefix("tel:")


def _is(entry: Any, wanted: tuple[str, int]) -> bool:
    if not str(entry.direction or "").startswith("outbound"):
        return False
    body = str(entry.body or "").removeprefix(TRIAL).strip()
    return (body, int(entry.num_media or 0)) == wanted


def _can_be_called(hooks_url: str, base_url: str) -> bool:
    """Say whether the provider could call *hooks_url*: it refuses (21609) a message that names another.

    A provider on our own machine can call our own machine.
    """
    return _is_outside(hooks_url) or not _is_outside(base_url)


def _is_outside(url: str) -> bool:
    host = URL(url).host or ""
    try:
        ip_address(host)
    except ValueError:
        return "." in host and "_" not in host and not host.endswith((".local", ".localhost", ".internal"))
    return is_public(host)
