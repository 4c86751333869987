"""One Twilio account of ours: what all its channels do alike, whatever they carry."""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from ipaddress import ip_address
from typing import TypeVar

from twilio.rest import Client  # type: ignore[import-untyped]
from yarl import URL

from bots.addresses import is_public
from bots.channel import Attachment, Channel, Hook, Keep, Spec
from bots.errors import BadSignature
from bots.fetching import fetch
from bots.twilio_client import CALL_ERRORS, PatientClient, open_client, translated
from bots.twilio_codes import COMMON, Codes
from bots.twilio_forms import open_hook
from bots.twilio_settings import TwilioSettings

Result = TypeVar("Result")


class TwilioAccount(Channel):
    """One Twilio account; it opens its connections at the first call and closes them in `stop`."""

    codes: Codes = COMMON

    def __init__(self, settings: TwilioSettings, name: str, spec: Spec) -> None:
        """Keep the settings of the section *name*."""
        self.spec = spec
        self.name = name
        self.settings = settings
        self.token = settings.auth_token.get_secret_value().encode()
        self.old_token = settings.old_auth_token.get_secret_value().encode()
        self.callback = ""
        self.client: Client | None = None
        self.http: PatientClient | None = None

    def check(self, hook: Hook) -> None:
        """Raise BadSignature unless Twilio signed the hook, Malformed if that cannot be told."""
        self._with_token(lambda token: open_hook(hook, token))

    async def start(self, hooks_url: str, keep: Keep) -> None:
        """Ask for status call-backs at *hooks_url* from now on; inbound hooks are set in the console."""
        self.callback = hooks_url if can_be_called(hooks_url, self.settings.base_url) else ""

    async def stop(self) -> None:
        """Close the connections."""
        http, self.client, self.http = self.http, None, None
        if http is not None:
            await http.close()

    async def who(self) -> str:
        """Ask Twilio for the account's own name, and say what it sends from."""
        try:
            account = await self._client().api.accounts(self.settings.account_sid).fetch_async()
        except CALL_ERRORS as error:
            raise translated(error, self.codes, harmless=True) from error
        return f"{account.friendly_name} ({account.status}), {self._speaks()}"

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream a medium: from our account's own API with its credentials, redirects without them."""
        pair = f"{self.settings.account_sid}:{self.settings.auth_token.get_secret_value()}"
        basic = "Basic " + b64encode(pair.encode()).decode()
        return fetch(attachment.ref, trusted=[self.settings.base_url], authorization=basic)

    def _speaks(self) -> str:
        """Say what customers see as our end, after the account's name."""
        return "no sender"

    def _client(self) -> Client:
        if self.client is None:
            self.client, self.http = open_client(self.settings, self.codes)
        return self.client

    def _with_token(self, act: Callable[[bytes], Result]) -> Result:
        """Do what the auth token signs, and with the old one if that fails and one is set."""
        try:
            return act(self.token)
        except BadSignature:
            if not self.old_token:
                raise
        return act(self.old_token)


def can_be_called(hooks_url: str, base_url: str) -> bool:
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
