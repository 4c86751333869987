"""The contract of a channel, and the values that cross its border; `bots.events` has those that come in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from bots.errors import Refused
from bots.events import (
    Attachment,
    AttachmentKind,
    Called,
    CallMissed,
    ConsentChanged,
    ConsentWord,
    Deleted,
    Echoed,
    Edited,
    Event,
    Hook,
    MessageIn,
    Reacted,
    Reading,
    Receipt,
    ReceiptStatus,
    Response,
    Typing,
)

__all__ = [
    "Attachment",
    "AttachmentKind",
    "CallMissed",
    "Called",
    "Caller",
    "Channel",
    "Closing",
    "ConsentChanged",
    "ConsentWord",
    "Deleted",
    "Echoed",
    "Edited",
    "Event",
    "Hook",
    "Keep",
    "MediaOut",
    "Memory",
    "MessageIn",
    "MessageOut",
    "Reacted",
    "Reading",
    "Receipt",
    "ReceiptStatus",
    "Response",
    "Sent",
    "Sign",
    "Spec",
    "Typing",
]

Sign = Literal["typing", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaOut:
    """A file of ours to send: bytes at *path*, or for providers that fetch, the public *url*."""

    name: str
    content_type: str
    size: int
    path: Path
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOut:
    """One call's worth of what we say; *key* names the delivery and never changes on a retry.

    *owed_at* is when the delivery was first owed: a look-up after a lost answer starts there. With a
    *template* the window for free text is closed: the provider is given that approved name, its
    *template_language* and the *variables* by name, and *text* is only what agents read. Without a template
    the language is that of the text, where it is known.

    *text* bears the marks of `bots.marks`; the channel writes them as its customers see them, or takes
    them out. *by_agent* says that a person wrote it now, which some windows ask. Where `spec.threads`,
    *subject* is the matter's and *thread* the external ids of what was said in it, oldest first, of which
    *reply_to* is the customer's last. *unsubscribe* is the public address where marketing is stopped.
    """

    key: str
    address: str
    text: str = ""
    media: tuple[MediaOut, ...] = ()
    reply_to: str = ""
    owed_at: datetime
    template: str = ""
    template_language: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    by_agent: bool = False
    subject: str = ""
    thread: tuple[str, ...] = ()
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider took the message under *external_id*.

    *also* are other addresses of the person it went to, where the answer names them.
    """

    external_id: str
    segments: int = 1
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An address that the provider says cannot be reached.

    *reason* is a word of `routing.reasons`; it opens again after *for_*, never without. Where that is no
    time at all, the failure is definite for this message and says nothing about the next.
    """

    reason: str
    for_: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a channel can do, as data.

    *text_limit* and *caption_limit* are in *text_unit*; *media_sizes* caps each kind in bytes
    (a kind that is not named cannot be sent); *rate* is messages a second for the account,
    *rate_per_address* for one customer, after
    *burst_per_address* at once; *hook_bytes* is the largest hook the provider sends, where that is more
    than ours; *window* is how long after the customer's last words
    free text is allowed; *reactions* are the emoji that we can put on a customer's message.

    For what we begin ourselves: *phone* says that addresses are phone numbers, *pushed* that a message
    rings at the customer, *visited* that it waits on a page for them; *margin* is kept from the window's end,
    outside of which only *templates* (approved names by language) may go, of which *template_words* say by
    language and name what customers read, with {{place}}, or {{place:name}} where the provider has a name
    for it, and *learning* that they are still asked for; *no_marketing_to* are country calling codes
    without marketing templates; *a_day* is the most in a day. *closes* says by the provider's codes which
    failures are definite, so that another address may be tried.

    What the desk offers: *writes* (a phone line does not), *calls* (`Caller`), *formats* (bold and the like
    are seen), *typing* and *marks_read* (`show`), *threads* (answers stand under a subject). *human_window*
    is how long after the customer's last words an agent may still answer, where it is longer than *window*.
    Addresses that begin with one of *unwindowed* are bound by neither (a comment under a post). *places*
    says what agents are shown for addresses that begin so, in place of the address.
    """

    kind: str
    label: str
    mark: str
    scheme: str
    text_limit: int
    text_unit: Literal["characters", "utf16", "bytes"] = "characters"
    caption_limit: int = 0
    media_sizes: Mapping[AttachmentKind, int] = field(default_factory=dict)
    media_per_message: int = 1
    rate: float = 10.0
    rate_per_address: float | None = None
    burst_per_address: int = 1
    hook_bytes: int = 0
    window: timedelta | None = None
    edits: bool = False
    deletes: bool = False
    receipts: bool = False
    reads: bool = False
    reactions: Sequence[str] = ()
    looks_up: bool = False
    phone: bool = False
    pushed: bool = True
    visited: bool = False
    margin: timedelta = timedelta(0)
    templates: Mapping[str, Sequence[str]] | None = None
    template_words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    learning: bool = False
    no_marketing_to: Sequence[str] = ()
    a_day: int | None = None
    closes: Mapping[str, Closing] = field(default_factory=dict)
    writes: bool = True
    calls: bool = False
    formats: bool = False
    typing: bool = False
    marks_read: bool = False
    threads: bool = False
    human_window: timedelta | None = None
    unwindowed: Sequence[str] = ()
    places: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """One account of ours at a provider: it translates and nothing else.

    `read` and `check` are sync and pure and raise BadSignature or Malformed; the others raise a
    ChannelError. `send`, `edit`, `delete`, `react` and `show` make exactly one call each; `send` may make
    those first that a file must be uploaded with. What has a body here is inherited by a channel whose
    `spec` does not offer it.
    """

    spec: Spec

    def read(self, hook: Hook) -> Reading:
        """Check the signature on the raw body and translate everything in it."""

    def check(self, hook: Hook) -> None:
        """Check the signature alone: asked where `read` fell over, so that only signed hooks are kept."""

    async def send(self, message: MessageOut) -> Sent:
        """Hand one message to the provider."""

    async def who(self) -> str:
        """Ask the provider with our credentials who we are, changing nothing; a line for an operator."""

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """Stream an attachment's bytes; the caller caps their number."""

    async def edit(self, external_id: str, message: MessageOut) -> None:
        """Change a sent message, where `spec.edits`."""
        raise Refused(f"{self.spec.label} cannot change what was sent.")

    async def delete(self, external_id: str, address: str) -> None:
        """Take a sent message back, where `spec.deletes`."""
        raise Refused(f"{self.spec.label} cannot take back what was sent.")

    async def react(self, external_id: str, address: str, reaction: str) -> None:
        """Put one of `spec.reactions` on a customer's message; an empty one takes ours off."""
        raise Refused(f"{self.spec.label} takes no reaction of ours.")

    async def show(self, sign: Sign, address: str, external_id: str) -> None:
        """Let the customer see that we write or have read, where `spec.typing` or `spec.marks_read`."""
        raise Refused(f"{self.spec.label} cannot show that we write or have read.")

    async def look_up(self, message: MessageOut) -> Sent | None:
        """Say what became of a message whose answer was lost, where `spec.looks_up`."""
        return None

    async def learn(self) -> None:
        """Ask the provider for what `spec` leaves open, as its approved templates; raises a ChannelError."""
        return

    def remember_in(self, memory: "Memory") -> None:
        """Be lent a *memory* before `start`, for what no provider tells again."""
        return

    async def start(self, hooks_url: str, keep: "Keep") -> None:
        """Begin: register *hooks_url* at the provider, or poll it and `keep` what comes."""
        return

    async def stop(self) -> None:
        """End what `start` began; what is under way is finished first."""
        return


class Caller(Protocol):
    """A channel that can also ring, where `spec.calls`."""

    async def call(self, agent: str, address: str, key: str) -> Sent:
        """Ring the *agent*, a number in E.164, then the customer at *address*, and join the two."""


class Memory(Protocol):
    """The little that a channel must know again, wherever it is started next."""

    async def read(self) -> Any:
        """Give what was written last, by whichever process; None where nothing was."""

    async def write(self, value: Any) -> None:
        """Keep *value*, anything JSON can say; what cannot be kept now is only logged."""


Keep = Callable[[Hook], Awaitable[None]]
"""Keep one hook durably; returns only once it is committed."""
