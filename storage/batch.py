"""What one group commit keeps: plain facts from any number of hooks, in the order they came."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from storage.ids import Ids
from storage.leases import Lease


@dataclass(slots=True, kw_only=True)
class Said:
    """A customer's message; an edit of a message never seen is kept as one too."""

    hook_id: int
    channel: str
    address: str
    external_id: str
    text: str
    sent_at: datetime
    received_at: datetime
    attachments: Sequence[Any] = ()  # bots.channel.Attachment, or anything shaped like it
    sender_name: str = ""
    language: str = ""
    reply_to: str = ""
    album: str = ""
    also: Sequence[str] = ()  # other addresses of who said it
    subject: str = ""
    edited_at: datetime | None = None
    edit_only: bool = False
    text_before: str = ""
    deleted_at: datetime | None = None
    reaction: str = ""


@dataclass(slots=True, kw_only=True)
class Aside:
    """What nobody waits for an answer to: a call that was spoken, or what another tool than ours sent.

    *nature* is `call` or `echo`, *direction* in or out.
    """

    hook_id: int
    channel: str
    address: str
    external_id: str
    nature: str
    direction: str
    text: str
    sent_at: datetime
    received_at: datetime
    attachments: Sequence[Any] = ()


@dataclass(slots=True, kw_only=True)
class Changed:
    """A message edited, deleted or reacted to; *what* is edited, deleted or reacted."""

    hook_id: int
    channel: str
    address: str
    external_id: str
    what: str
    text: str
    at: datetime
    received_at: datetime


@dataclass(slots=True, kw_only=True)
class Heard:
    """A receipt: what the provider says became of what we sent.

    Where it names no message, *up_to* says until when it is so for all that we sent to *address*.
    """

    channel: str
    external_id: str
    status: str
    at: datetime
    code: str = ""
    reason: str = ""
    up_to: datetime | None = None
    address: str = ""


@dataclass(slots=True, kw_only=True)
class Consented:
    """A customer's stop, start, help or join, in their *wording*; of *marketing* alone where it says so."""

    channel: str
    address: str
    external_id: str
    word: str
    source: str
    at: datetime
    wording: str = ""
    marketing: bool = False


@dataclass(slots=True, kw_only=True)
class Journalled:
    """One webhook call for the journal."""

    id: int
    channel: str
    received_at: datetime
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far the owner of *lease* has come in *stream* with a batch: the sequence kept last."""

    lease: Lease
    stream: str
    sequence: int


@dataclass(slots=True, kw_only=True)
class Batch:
    """Everything that goes into one transaction."""

    place: Place | None = None
    hooks: list[Journalled] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    consented: list[Consented] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)


def never(_: str) -> bool:
    """Take every message for one that may want an answer."""
    return False


class Rated(Protocol):
    """What a customer said when asked how it was: *stars* from 1 to 5, *words*; *asks* wants an answer."""

    @property
    def stars(self) -> int:
        """From 1 to 5."""

    @property
    def words(self) -> str:
        """What was written beside them."""

    @property
    def asks(self) -> bool:
        """Whether the words may want an answer."""


def unrated(_: str) -> Rated | None:
    """Take no message for a rating."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the house decided, as values: which team gets the unknown, when an old matter reopens.

    *is_quiet* says of words whether they ask for nothing when they answer what we began, *rating_of*
    what they are as an answer to how it was. *speechless* are channels that cannot be written over, each
    with the one that answers for it, or nothing.
    """

    team: str
    reopen_within: timedelta
    slack: bool
    is_quiet: Callable[[str], bool] = never
    rating_of: Callable[[str], Rated | None] = unrated
    speechless: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A fact that became true with the commit: kind is message, status or conversation."""

    kind: str
    conversation_id: int
    message_id: int = 0


@dataclass(slots=True, kw_only=True)
class Kept:
    """What the commit did: fresh facts, messages new and known, files owed, matters begun or reopened.

    What was known is counted by channel. *joined* customers asked for our messages and hear an answer.
    """

    fresh: list[Fresh] = field(default_factory=list)
    messages: int = 0
    duplicates: Counter[str] = field(default_factory=Counter)
    files: int = 0
    begun: int = 0
    joined: int = 0


Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """One statement, by its name in `storage.keep_sql`: *rows* is a list for many, or one tuple."""

    name: str
    arguments: Any
    many: bool = False


@dataclass(slots=True, kw_only=True)
class Keeping:
    """One batch on its way: its rules, its keys and what it did so far.

    *quiet* are the conversations in which nothing was said that wants an answer; *rated* are ratings:
    conversation, customer, what was said and what it says. *over* are the channels of known addresses.
    """

    batch: Batch
    rules: Rules
    ids: Ids
    kept: Kept = field(default_factory=Kept)
    going_on: dict[int, Row | None] = field(default_factory=dict)  # of each customer known before
    quiet: set[int] = field(default_factory=set)
    rated: list[tuple[int, int, Said, Rated]] = field(default_factory=list)
    over: dict[str, str] = field(default_factory=dict)

    def answers(self, channel: str, address: str) -> str:
        """Name the channel over which what came over *channel* from *address* is answered."""
        speechless = self.rules.speechless
        if channel not in speechless:
            return channel
        known = self.over.get(address, channel)
        return known if known not in speechless else speechless[channel] or channel


def storable(text: str) -> str:
    """Return *text* as both databases can hold it: NUL and lone surrogates become U+FFFD."""
    if text.isascii():
        return text.replace("\x00", "\ufffd") if "\x00" in text else text
    try:
        text.encode()
    except UnicodeEncodeError:
        pass
    else:
        return text.replace("\x00", "\ufffd")
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "\ufffd")
