"""The values by which we decide whether, when and how to write first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

ZoneSource = Literal["own", "device", "region", "phone", "country", "account"]
Start = Literal["birthday", "delivered", "closed", "unanswered", "overdue", "anniversary", "rated", "once"]
State = Literal[
    "planned",
    "claimed",
    "handed_off",
    "sent",
    "failed",
    "unknown",
    "held",
    "deferred",
    "expired",
    "cancelled",
    "control",
    "suppressed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Birthday:
    """A date without a zone; the year may be unknown."""

    month: int
    day: int
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """One address of a customer, as consent and reachability see it for one subject at one instant.

    *allowed* is the last word about the subject, else about "marketing", else None (never asked);
    *closed_until* is None where *closed* is for good. *written* counts the customer's own
    messages there in the last 90 days. *stopped_at* and *started_at* are their last STOP and START
    there; without them a stop at a phone number holds for all its addresses.
    """

    id: int
    address: str
    channel: str
    allowed: bool | None = None
    allowed_until: datetime | None = None
    stopped: bool = False
    closed: str = ""
    closed_until: datetime | None = None
    last_in_at: datetime | None = None
    written: int = 0
    stopped_at: datetime | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer, as the rules of touches see one. Zones are IANA names, a country is ISO 3166-1."""

    id: int
    name: str = ""
    language: str = ""
    birthday: Birthday | None = None
    birthday_fault: str = ""
    birthday_at: datetime | None = None
    birthday_in_bulk: bool = False
    feb29: str = ""
    own_zone: str = ""
    device_zone: str = ""
    region: str = ""
    country: str = ""
    preferred_channel: str = ""
    quiet: tuple[time, time] | None = None
    tier: str = ""
    tags: Sequence[str] = ()
    deceased: bool = False
    erased: bool = False
    merged_into: int | None = None
    ordered_at: datetime | None = None
    addresses: Sequence[Reachable] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What a touch follows: an order delivered, a conversation closed. *ref* makes the occasion one."""

    at: datetime
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What befell a customer, read in the transaction that decides.

    *said_at* is their own last word on any channel, a reaction included; *last_said_at* the last
    word of either side in the conversation that is *open*. *handed* are the hand-offs of counted
    touches in the last 8 days, *same* those of this kind of touch ever, newest last; *already* says
    that one of them was for this very occasion, *pending* that one is under way which may still be
    turned back, of a record joined with this one. *elsewhere* are phone numbers at which somebody else
    got the same on this day.
    *birthday_next* is their next birthday touch that is planned, if it is within two days.
    """

    said_at: datetime | None = None
    open: bool = False
    last_said_at: datetime | None = None
    complaint_since: datetime | None = None
    complaint_ended_at: datetime | None = None
    held_by_agent: bool = False
    bought_at: datetime | None = None
    returned: bool = False
    anchor_gone: bool = False
    handed: Sequence[datetime] = ()
    same: Sequence[datetime] = ()
    already: bool = False
    pending: bool = False
    elsewhere: Sequence[str] = ()
    birthday_next: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Who a touch is for; an empty condition lets everybody in. Days count back from the due day."""

    tiers: Sequence[str] = ()
    tags: Sequence[str] = ()
    without_tags: Sequence[str] = ()
    channels: Sequence[str] = ()
    languages: Sequence[str] = ()
    ordered_within_days: int | None = None
    not_ordered_within_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A channel's approved template for a touch: its *name* there, the touch's wording if empty.

    *variables* say which of our variables a place in it stands for ("1", "first_name", "header.1"), where
    the two are not called alike.
    """

    name: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A kind of touch, from touches.toml or made once.

    *after* is elapsed time from the anchor; *days* are calendar days, at *at* on the customer's
    clock. Exactly one of the two is given, but for a birthday (*days*, 0 on the day itself).
    *valid* is how long after the due instant it may still leave; None for a birthday means the end
    of that local day. *holdout* is the share left out to compare, 0 to 1. *templates* are by channel, its
    own name or its kind.
    """

    key: str
    name: str
    start: Start
    subject: str
    after: timedelta | None = None
    days: int | None = None
    at: time | None = None
    on: date | None = None
    valid: timedelta | None = None
    who: Segment = field(default_factory=Segment)
    channels: Sequence[str] = ()
    wording: str = ""
    belated: str = ""
    marketing: bool = True
    holdout: float = 0.0
    approve: bool = False
    bulk_same_day: bool = False
    overdue_factor: float = 1.5
    rating_at_least: int = 0
    stops: Sequence[Literal["writes", "buys", "returns"]] = ()
    templates: Mapping[str, Template] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a channel of ours can do for touches, as data from its Spec.

    *phone* says its addresses are phone numbers, *pushed* that it rings at the customer (a letter does
    not), *visited* that it waits on a page for them. *window* is how long after their last words free text
    is allowed; outside of it *templates* are needed, where there are any: approved names, by language.
    *no_marketing_to* are country calling codes that get no marketing templates. At addresses that begin
    with one of *apart* we answer and begin nothing.
    """

    channel: str
    kind: str
    label: str
    phone: bool = False
    pushed: bool = True
    visited: bool = False
    window: timedelta | None = None
    margin: timedelta = timedelta(0)
    templates: Mapping[str, Sequence[str]] | None = None
    registered: bool = True
    no_marketing_to: Sequence[str] = ()
    rate: float = 1.0
    a_day: int | None = None
    apart: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Allowed hours of one jurisdiction: seven (start, end) pairs from Monday, None is closed all day.

    Half-open; an end before the start lies on the next day. *holidays* is the ISO country whose
    public holidays are closed. Each row has its *source* and the day it was *reviewed*.
    """

    place: str
    week: Sequence[tuple[time, time] | None]
    holidays: str = ""
    since: date | None = None
    source: str = ""
    reviewed: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The account's policy for all touches; the values of policy tables."""

    zone: str
    country: str = ""
    language: str = "en"
    birthday_at: time = time(10)
    feb29: Literal["feb28", "mar1"] = "feb28"
    settle: timedelta = timedelta(minutes=15)
    clamp: timedelta = timedelta(minutes=15)
    cooldown: timedelta = timedelta(days=300)
    youngest: int = 16
    hours: tuple[time, time] = (time(8), time(21))
    laws: Mapping[str, Hours] = field(default_factory=dict)  # SMS hours by place: US, US-FL, FR
    a_day: int = 1
    a_week: int = 3
    gap: timedelta = timedelta(0)
    place_caps: Mapping[str, tuple[int, timedelta]] = field(default_factory=dict)
    soft_opt_in: Sequence[str] = ()  # countries in which buyers may be written to without opt-in
    channels: Sequence[str] = ()  # the account's own order
    released_after: timedelta = timedelta(minutes=120)
    complaint_birthday: timedelta = timedelta(minutes=120)
    complaint_follow_up: timedelta = timedelta(hours=24)
    follow_up_valid: timedelta = timedelta(days=7)
    guess_margin: timedelta = timedelta(hours=1)
    salt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The zones a customer may be in, and how we know; *guess* asks for a margin."""

    zones: Sequence[str]
    source: ZoneSource
    guess: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One occasion of one person: *period* makes it unique with the person and the kind.

    *due_at* and *valid_until* are UTC instants, *day* and *clock* the customer's own at *due_at*.
    With a *reason* there is nothing to send and *state* says so.
    """

    period: str
    due_at: datetime
    valid_until: datetime
    day: date
    clock: time
    where: Where
    state: State = "planned"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The address to write to and why: preference, writes_most, order, only; or why there is none.

    *passed_over* says of each other address by its id why not.
    """

    address: Reachable | None
    why: str = ""
    reason: str = ""
    passed_over: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do with a touch now: go by *choice*, or wait until *due_at*, or end in *state*."""

    state: State
    reason: str = ""
    due_at: datetime | None = None
    choice: Choice | None = None
