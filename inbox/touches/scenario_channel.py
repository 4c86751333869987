"""A channel of a scenario: it speaks our contract, remembers what it was given, and fails when told to."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bots.channel import (
    Attachment,
    Channel,
    Closing,
    ConsentChanged,
    ConsentWord,
    Event,
    Hook,
    MessageIn,
    MessageOut,
    Reacted,
    Reading,
    Sent,
    Spec,
)
from bots.errors import ChannelError, OptedOut, Refused, Uncertain, Unreachable
from inbox.touches.scenario_parts import ChannelPart, OutagePart

A_DAY: Final = timedelta(days=1)
SAID: Final = {
    "blocked": Closing(reason="blocked"),
    "undeliverable": Closing(reason="undeliverable", for_=A_DAY),
    "per_user_limit": Closing(reason="per_user_limit", for_=A_DAY),
    "not_on_channel": Closing(reason="not_on_channel"),
    "no_such_number": Closing(reason="no_such_number"),
}
"""How outages call a definite failure."""

TWILIO: Final = {"30003": SAID["undeliverable"], "30005": SAID["no_such_number"], "30004": SAID["blocked"]}
META: Final = {"131049": SAID["per_user_limit"], "131026": SAID["not_on_channel"]}
KINDS: Final[Mapping[str, Spec]] = {
    "sms": Spec(
        kind="sms",
        label="SMS",
        mark="sms",
        scheme="tel",
        text_limit=1600,
        phone=True,
        closes=TWILIO,
        rate=1.0,
    ),
    "telegram": Spec(
        kind="telegram", label="Telegram", mark="tg", scheme="telegram", text_limit=4096, rate=30.0
    ),
    "webchat": Spec(
        kind="webchat",
        label="Web chat",
        mark="web",
        scheme="web",
        text_limit=10_000,
        rate=1000.0,
        pushed=False,
        visited=True,
    ),
    "whatsapp": Spec(
        kind="whatsapp",
        label="WhatsApp",
        mark="wa",
        scheme="whatsapp",
        text_limit=4096,
        rate=80.0,
        phone=True,
        window=A_DAY,
        margin=timedelta(seconds=60),
        templates={},
        no_marketing_to=("1",),
        closes=META,
    ),
    "messenger": Spec(
        kind="messenger",
        label="Messenger",
        mark="fb",
        scheme="messenger",
        text_limit=2000,
        rate=40.0,
        window=A_DAY,
    ),
    "email": Spec(kind="email", label="E-mail", mark="mail", scheme="mailto", text_limit=100_000, rate=10.0),
}
CONSENT: Final[Mapping[str, ConsentWord]] = {"stops": "stop", "starts": "start"}
DEFAULTS: Final = {"sms": "sms", "telegram": "telegram", "web": "webchat"}


def spec_of(part: ChannelPart) -> Spec:
    """Make the spec of a channel: its kind's, with what the scenario says otherwise."""
    spec = KINDS[part.kind]
    names = ("window", "margin", "templates", "no_marketing_to", "rate", "a_day")
    said = {name: getattr(part, name) for name in names if name in part.model_fields_set}
    closes = {code: Closing(reason=one.reason, for_=one.for_) for code, one in part.closes.items()}
    return replace(spec, **said, closes={**SAID, **spec.closes, **closes})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a provider was given: *key* names the delivery."""

    at: datetime
    channel: str
    key: str
    address: str
    text: str


@dataclass(slots=True, kw_only=True)
class TriedChannel(Channel):
    """One account of ours at a provider that exists only in a scenario."""

    name: str
    spec: Spec
    outages: Sequence[OutagePart]
    clock: Callable[[], datetime]
    given: list[Given] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    last: dict[str, str] = field(default_factory=dict)

    def read(self, hook: Hook) -> Reading:
        """Translate a scenario's event; what is not the customer's own word is skipped, as channels do."""
        written = json.loads(hook.body)
        if written["kind"] in ("auto_reply", "echo"):
            return Reading(skipped=(written["kind"],))
        return Reading(events=tuple(self._events(written, hook.received_at)))

    def check(self, hook: Hook) -> None:
        """Take every hook: nobody else can call."""

    def _events(self, written: Mapping[str, Any], at: datetime) -> list[Event]:
        address, key = written["address"], written["key"]
        sent_at = datetime.fromisoformat(written["at"])
        if written["kind"] == "reacts":
            about = self.last.get(address, "")
            emoji = written["text"] or "👍"
            return [Reacted(address=address, external_id=about, emoji=emoji, sent_at=sent_at)]
        said = MessageIn(address=address, external_id=key, text=written["text"], sent_at=sent_at)
        word = CONSENT.get(written["kind"])
        if word is None or not self.spec.phone:
            return [said]
        changed = ConsentChanged(
            address=address,
            external_id=key,
            word=word,
            source="message",
            sent_at=at,
        )
        return [said, changed]

    async def send(self, message: MessageOut) -> Sent:
        """Take a message, unless an outage says otherwise."""
        now = self.clock()
        self.asked.append(message.key)
        if (error := self._error(message.address, now)) is not None:
            raise error
        key = f"x-{message.key}"
        given = Given(at=now, channel=self.name, key=message.key, address=message.address, text=message.text)
        self.given.append(given)
        self.last[message.address] = key
        return Sent(external_id=key)

    def _error(self, address: str, now: datetime) -> ChannelError | None:
        for outage in self.outages:
            if not outage.from_ <= now < outage.to or outage.address not in ("", address):
                continue
            match outage.how:
                case "down" | "transient":
                    return Unreachable("The provider is down.")
                case "unknown":
                    return Uncertain("The provider did not answer.")
                case "opted_out":
                    return OptedOut("The provider says that the customer stopped.")
                case code:
                    return Refused(f"The provider refused: {code}.", code=code)
        return None

    async def who(self) -> str:
        """Be nobody."""
        return self.name

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Have no files."""
        return
        yield b""
