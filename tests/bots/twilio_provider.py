"""The look-alike of Twilio as the promises need it, for each of its channels."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bots.channel import Hook
from tests.bots.twilio_hooks import jsoned, posted_raw
from tests.providers.faults import Faults
from tests.providers.twilio import TwilioLookAlike

STATUSES = (
    "accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered", "failed",
    "receiving", "received", "read", "partially_delivered", "canceled",
)  # fmt: skip
"""All that the API's description names."""
SEND_PATH = "/Messages.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The look-alike, and the customer *to* whom *sender* writes, both as Twilio writes them."""

    twilio: TwilioLookAlike
    section: Mapping[str, Any]
    faults: Faults
    sender: str
    to: str

    def texts(self) -> Sequence[str]:
        return [message.body for message in self.twilio.sent]

    def opts_out(self) -> None:
        self.twilio.stopped.add((self.sender, self.to))


def running(sender: str, to: str, **section: Any) -> AbstractAsyncContextManager[Running]:
    """Run a look-alike whose account owns *sender*; *section* changes the settings besides."""

    @asynccontextmanager
    async def run() -> AsyncIterator[Running]:
        twilio = TwilioLookAlike(numbers=[sender])
        url = await twilio.start()
        account = {"account_sid": twilio.account_sid, "auth_token": twilio.auth_token, "base_url": url}
        try:
            yield Running(
                twilio=twilio, section={**account, **section}, faults=twilio.faults, sender=sender, to=to
            )
        finally:
            await twilio.stop()

    return run()


def sign(body: bytes) -> Hook:
    """Sign a form, or what looks like JSON, as Twilio does."""
    return jsoned(body) if body[:1] in (b"{", b"[") else posted_raw(body)


def forge(signed: Hook) -> Hook:
    """Spoil the signature of a hook."""
    spoiled = signed.headers["x-twilio-signature"][::-1]
    return replace(signed, headers={**signed.headers, "x-twilio-signature": spoiled})
