"""What the questions answer with: one frozen value per noun, named like the table's columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRow:
    """One webhook call in the journal; state is waiting, applied, failed or ignored."""

    id: int
    channel: str
    received_at: datetime
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    state: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A person who writes to us, and what we know of them; see `storage.tables.people` for each fact."""

    id: int
    name: str
    language: str
    zone: str
    tier: str
    created_at: datetime
    ref: str | None = None
    device_zone: str = ""
    country: str = ""
    region: str = ""
    tags: Sequence[str] | None = None
    account_manager: str = ""
    preferred_channel: str = ""
    quiet_from: int | None = None
    quiet_until: int | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    birth_year: int | None = None
    birthday_at: datetime | None = None
    birthday_in_bulk: bool = False
    birthday_fault: str = ""
    feb29: str = ""
    deceased_at: datetime | None = None
    erased_at: datetime | None = None
    merged_into: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One way to reach a customer; *stopped_at* is when they said stop."""

    id: int
    customer_id: int
    address: str
    channel: str
    stopped_at: datetime | None
    stop_source: str
    last_in_at: datetime | None
    created_at: datetime
    closed_at: datetime | None = None
    closed_until: datetime | None = None
    closed_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One of us who answers."""

    id: int
    key: str
    name: str
    email: str
    slack_id: str
    role: str
    teams: Sequence[str]
    zone: str
    theme: str
    active: bool
    available: bool
    idle_since: datetime | None
    created_at: datetime
    away_until: datetime | None = None
    away_why: str = ""
    away_by: str = ""
    language: str = ""
    safe_mode: bool = False
    digest: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The messages with one customer on one matter; state is open, snoozed or resolved."""

    id: int
    customer_id: int
    address_id: int
    channel: str
    team: str
    owner_id: int | None
    state: str
    previous_id: int | None
    opened_at: datetime
    waiting_since: datetime | None
    last_in_at: datetime | None
    last_at: datetime
    last_text: str
    last_direction: str
    unread: int
    snoozed_until: datetime | None
    resolved_at: datetime | None
    resolve_reason: str
    revision: int
    merged_into: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something said: direction is in, out or note; status is of `storage.statuses`.

    Its *nature* is empty, `call` for one that was spoken, `echo` for what left by another tool than ours.
    """

    id: int
    conversation_id: int
    direction: str
    channel: str
    external_id: str | None
    address_id: int | None
    agent_id: int | None
    sender_name: str
    text: str
    sent_at: datetime
    received_at: datetime
    reply_to: str
    album: str
    edited_at: datetime | None
    text_before: str
    deleted_at: datetime | None
    reaction: str
    status: str
    status_at: datetime | None
    reason: str
    hook_id: int | None
    subject: str = ""
    nature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRow:
    """A file or place said with a message; state is owed, kept or refused."""

    id: int
    message_id: int
    position: int
    kind: str
    ref: str
    name: str
    content_type: str
    size: int | None
    latitude: float | None
    longitude: float | None
    state: str
    reason: str
    path: str
    tries: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing owed to one place; the row is the hand-over."""

    id: int
    lane: str
    kind: str
    conversation_id: int
    message_id: int | None
    attachment_id: int | None
    key: str
    part: int
    text: str
    data: Any
    rank: int
    state: str
    owed_at: datetime
    due_at: datetime
    tries: int
    external_id: str | None
    segments: int
    code: str
    reason: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that befell a conversation, with its reasons in *data*."""

    id: int
    conversation_id: int
    kind: str
    agent_id: int | None
    at: datetime
    data: Mapping[str, Any]


T = TypeVar("T")


def made(kind: type[T], row: Row[Any]) -> T:
    """Make a value of *kind* from a row that has all its columns."""
    mapping = row._mapping
    return kind(**{name: mapping[name] for name in _names(kind)})  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
