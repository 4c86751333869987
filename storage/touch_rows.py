"""What the questions about touches answer with, named like the tables' columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchRow:
    """One touch: what we begin with one customer on one occasion; see `storage.tables.touched`."""

    id: int
    customer_id: int
    kind: str
    period: str
    state: str
    reason: str
    due_at: datetime
    valid_until: datetime
    day: str
    clock: str
    zone: str
    zone_source: str
    anchor_at: datetime | None
    anchor_ref: str
    address_id: int | None
    channel: str
    why: str
    language: str
    text: str
    tried: Sequence[int] | None
    approval: str
    agent_id: int | None
    message_id: int | None
    handed_at: datetime | None
    ended_at: datetime | None
    counts: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a touch's log: it came into *state* because of *reason*."""

    id: int
    touch_id: int
    at: datetime
    state: str
    reason: str
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What planning found for one occasion, as the columns of its row."""

    customer_id: int
    kind: str
    period: str
    state: str
    reason: str
    due_at: datetime
    valid_until: datetime
    day: str
    clock: str
    zone: str
    zone_source: str
    anchor_at: datetime | None
    anchor_ref: str
    address_id: int | None
    channel: str
    why: str
    approval: str
    counts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody a touch may be for, with what it follows; *cursor* is where the next page begins."""

    customer_id: int
    cursor: tuple[int, ...]
    anchor_at: datetime | None = None
    anchor_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOff:
    """A touch made once: state is draft, approved, stopped or done."""

    id: int
    name: str
    state: str
    definition: Any
    made_by: int | None
    made_at: datetime
    planned_to: int
