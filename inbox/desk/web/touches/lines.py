"""A page of touches as people read it: who, occasion, both clocks, channel, text, and what happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bots.channel import Channel
from bots.marks import plain
from bots.sms.segments import count as count_segments
from inbox.desk.names import shown_name
from inbox.desk.web.parts import ChannelView, channel_view, tier_view
from inbox.desk.web.site import Reader
from inbox.desk.web.times import window_left, zone_of
from inbox.desk.web.touches.words import BY_STATE, WHYS, Chip, place_of, sentence
from inbox.touches.rules import Rules
from inbox.touches.writing import Text, texts
from routing.reasons import ZONE_SOURCES
from routing.touch import Touch
from storage import touch_days
from storage.database import Connection
from storage.rows import Customer
from storage.touch_days import Heard
from storage.touch_rows import TouchRow
from storage.touch_states import DEFERRED, FAILED, HELD, PLANNED, UNKNOWN, WAITING

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LEAST_KEY = 1 << 30  # a preview counts its rows from 1; real keys hold a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One touch on a page; *happens* says what becomes of it in words."""

    row: TouchRow
    name: str
    tier: tuple[str, str, str]
    place: str
    zone_known: str
    occasion: str
    detail: str
    theirs: str
    ours: str
    channel: ChannelView | None
    why: str
    text: Text
    chip: Chip
    happens: str

    @property
    def real(self) -> bool:
        """Whether there is a row; what is only previewed can be looked at and no more."""
        return self.row.id > LEAST_KEY

    @property
    def waits(self) -> bool:
        """Whether an agent may still decide about it."""
        return self.real and self.row.state in WAITING

    @property
    def asks(self) -> bool:
        """Whether it waits for an agent's word."""
        return self.waits and self.row.approval == "asked"

    @property
    def kept(self) -> bool:
        """Whether an agent holds this one."""
        return self.waits and self.row.approval == "held"


async def lines(
    connection: Connection,
    rows: Sequence[TouchRow],
    *,
    rules: Rules,
    kinds: Mapping[str, Touch],
    names: Mapping[str, str],
    channels: Mapping[str, Channel],
    at: Reader,
) -> list[Line]:
    """Make the lines of a page; a fixed number of statements, however long it is."""
    people = await touch_days.who(connection, {row.customer_id for row in rows})
    heard = await touch_days.heard(connection, rows)
    written = await texts(connection, rules, kinds, rows, at.now)
    return [
        _line(row, people.get(row.customer_id), heard.get(row.id), text, rules, names, channels, at)
        for row, text in zip(rows, written, strict=True)
    ]


def _line(
    row: TouchRow,
    who: Customer | None,
    heard: Heard | None,
    text: Text,
    rules: Rules,
    names: Mapping[str, str],
    channels: Mapping[str, Channel],
    at: Reader,
) -> Line:
    return Line(
        row=row,
        name=shown_name(who.name if who else "", "") or "No name",
        tier=tier_view(who.tier if who else ""),
        place=place_of(row.zone),
        zone_known=ZONE_SOURCES.get(row.zone_source, ""),
        occasion=names.get(row.kind, row.kind),
        detail=row.anchor_ref if row.anchor_ref.startswith("order ") else "",
        theirs=_theirs(row),
        ours=_ours(row, at),
        channel=channel_view(channels, row.channel) if row.channel else None,
        why=WHYS.get(row.why, "Chosen when it leaves") if row.channel else "No channel",
        text=text,
        chip=BY_STATE[row.state],
        happens=happens(row, heard, at) + _parts(row, text, rules),
    )


def _theirs(row: TouchRow) -> str:
    return f"{(row.handed_at or row.due_at).astimezone(zone_of(row.zone)):%H:%M}"


def _ours(row: TouchRow, at: Reader) -> str:
    instant = row.handed_at or row.due_at
    away = instant.astimezone(at.zone).date().isoformat() != row.day
    return at.moment(instant) if away else at.clock(instant)


def happens(row: TouchRow, heard: Heard | None, at: Reader) -> str:
    """Say in words what becomes, or became, of a touch."""
    if row.state == PLANNED:
        return f"In {_in(row.due_at - at.now)}." if row.due_at > at.now else "Leaves in its turn."
    if row.state == UNKNOWN:
        return "No answer from the provider. Looking it up; not sent twice."
    if row.state == DEFERRED:
        return f"{sentence(row.reason)} Moves to {at.moment(row.due_at)}."
    if row.state == FAILED:
        return sentence(row.reason) + (f" {heard.reason}" if heard and heard.reason else "")
    if row.state == HELD and row.approval == "held":
        return "An agent holds this one."
    if row.reason:
        return sentence(row.reason)
    return _heard(row, heard, at)


def _heard(row: TouchRow, heard: Heard | None, at: Reader) -> str:
    if heard is None:
        waits = row.state == "handed_off" and row.message_id is None
        return "Shown when the customer opens the web chat." if waits else ""
    told = {"delivered": "Arrived", "read": "Read", "sent": "Sent"}.get(heard.status, "")
    parts = [f"{told} {at.moment(heard.status_at)}"] if told and heard.status_at else []
    if heard.answered_at:
        parts.append(f"{'answered' if parts else 'Answered'} {at.moment(heard.answered_at)}")
    return f"{', '.join(parts)}." if parts else ""


def _parts(row: TouchRow, text: Text, rules: Rules) -> str:
    way = rules.ways.get(row.channel)
    if way is None or way.kind != "sms" or not text.text or row.state not in WAITING:
        return ""
    return f" {count_segments(plain(text.text)).parts} SMS."


def _in(left: timedelta) -> str:
    if left < timedelta(days=2):
        return window_left(LONG_AGO + left, LONG_AGO)
    return f"{left.days} days"
