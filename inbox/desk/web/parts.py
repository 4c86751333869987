"""View values made from rows: what a list, a heading and a customer panel show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bots.channel import Channel, Spec
from inbox.desk import answer_times
from inbox.desk.names import shown_address, shown_language, shown_name
from inbox.desk.web.site import Reader
from inbox.desk.web.words import MARKS, TIERS, Mark
from storage.desk import QueueRow
from storage.desk_log import About
from storage.instants import to_micros
from storage.rows import Address, Agent

MARKED = ("email", "instagram", "line", "messenger", "sms", "telegram", "viber", "web", "whatsapp")
SHORT = {"tg": "telegram", "ig": "instagram", "wa": "whatsapp", "msg": "messenger", "mail": "email"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """A channel's name and glyph: one that is drawn for it, else its first *letter* in a bubble."""

    label: str
    mark: str

    @property
    def letter(self) -> str:
        """The letter for a channel that has no glyph of its own."""
        return "" if self.mark else self.label[:1].upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One conversation in the list; *order* sorts it within its *group*, smaller first."""

    row: QueueRow
    name: str
    tier: tuple[str, str, str]
    channel: ChannelView
    group: str
    order: int
    since: datetime
    more: str
    mark: Mark | None
    fact: str

    @property
    def part(self) -> str:
        """The id of the fragment."""
        return f"row-{self.row.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """One address of a customer and whether messages are allowed there.

    *subjects* are the keys of those they allow us to write first about; *refused* that they allow none.
    """

    shown: str
    channel: ChannelView
    stopped_at: datetime | None
    stop_source: str
    last_in_at: datetime | None
    current: bool
    subjects: Sequence[str] = ()
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadView:
    """A conversation's heading: whose it is, over what, with whom and what may be done."""

    id: int
    name: str
    first: str
    tier: tuple[str, str, str]
    channel: ChannelView
    address: str
    language: str
    zone: str
    state: str
    owner_id: int | None
    owner_name: str
    team_name: str
    snoozed_until: datetime | None
    resolved_at: datetime | None
    resolve_reason: str
    stopped_at: datetime | None
    unread: int
    created_at: datetime
    due_at: datetime | None = None
    why: Sequence[str] = ()
    merged_into: int | None = None
    safe: bool = False
    revision: int = 0


def channel_view(channels: Mapping[str, Channel], name: str) -> ChannelView:
    """Say how the channel *name* is shown, also one that is no longer configured."""
    channel = channels.get(name)
    if channel is None:
        return ChannelView(label=name, mark="")
    mark = SHORT.get(channel.spec.mark, channel.spec.mark)
    same = [one for one in channels.values() if one.spec.label == channel.spec.label]
    label = channel.spec.label if len(same) == 1 else f"{channel.spec.label} ({name})"
    return ChannelView(label=label, mark=mark if mark in MARKED else "")


def spec_of(channels: Mapping[str, Channel], name: str) -> Spec | None:
    """Return what the channel can do, or None where it is no longer configured."""
    channel = channels.get(name)
    return None if channel is None else channel.spec


def tier_view(tier: str) -> tuple[str, str, str]:
    """Return a tier's class, symbol and name."""
    return TIERS.get(tier, TIERS[""])


def row_view(row: QueueRow, channels: Mapping[str, Channel], at: Reader) -> RowView:
    """Make one row of the list; a resolved conversation stands in no group."""
    group = row.group or "gone"
    since = row.waiting_since if group == "waiting" and row.waiting_since else row.last_at
    more, mark = _more(row, group, at)
    return RowView(
        row=row,
        name=shown_name(row.customer_name, row.address),
        tier=tier_view(row.tier),
        channel=channel_view(channels, row.channel),
        group=group,
        order=to_micros(since) * (1 if group == "waiting" else -1),
        since=since,
        more=more,
        mark=mark,
        fact=_fact(row, group),
    )


def row_views(rows: Sequence[QueueRow], channels: Mapping[str, Channel], at: Reader) -> list[RowView]:
    """Make the rows of a list."""
    return [row_view(row, channels, at) for row in rows]


def _more(row: QueueRow, group: str, at: Reader) -> tuple[str, Mark | None]:
    if row.state == "resolved":
        return "Resolved", None
    if row.state == "snoozed" and row.snoozed_until:
        return f"Set aside until {at.moment(row.snoozed_until)}", Mark("later", "")
    mark = MARKS.get(row.out_status or "")
    if row.promise_due_at is not None and group == "going" and (mark is None or mark.look != "late"):
        return _promised(row.promise_due_at, at)
    if mark is not None and (mark.look == "late" or row.last_direction == "out"):
        timed = f" {at.listed(row.out_status_at)}" if mark.timed and row.out_status_at else ""
        return mark.word.partition(".")[0] + timed, mark
    if group == "waiting":
        due = f", due {at.moment(row.reply_due_at)}" if row.reply_due_at else ""
        return _owned(row, at.agent) + due, None
    return "Nothing owed", Mark("check", "")


def _promised(due: datetime, at: Reader) -> tuple[str, Mark]:
    """Say by when something is promised: amber on its day, red once it is late."""
    if due <= at.now:
        return f"Promise late, was due {at.moment(due)}", Mark("promise", "", "late")
    look = "soon" if at.date(due) == at.date(at.now) else ""
    return f"Promise due {at.moment(due)}", Mark("promise", "", look)


def _owned(row: QueueRow, agent: Agent) -> str:
    if row.owner_id is None:
        return "Nobody has it yet"
    return "With you" if row.owner_id == agent.id else f"With {row.owner_name}"


def _fact(row: QueueRow, group: str) -> str:
    if row.language and not row.language.startswith("en"):
        return shown_language(row.language)
    first = group == "waiting" and row.out_status is None and row.previous_id is None
    return "First message" if first else ""


def head_view(
    about: About, owner: str, team: str, channels: Mapping[str, Channel], address: Address
) -> HeadView:
    """Make a conversation's heading."""
    conversation, customer = about.conversation, about.customer
    name = shown_name(customer.name, address.address)
    return HeadView(
        id=conversation.id,
        name=name,
        first=name.split()[0] if customer.name.strip() else "the customer",
        tier=tier_view(customer.tier),
        channel=channel_view(channels, conversation.channel),
        address=shown_address(address.address),
        language=shown_language(customer.language) if customer.language else "",
        zone=customer.zone,
        state=conversation.state,
        owner_id=conversation.owner_id,
        owner_name=owner,
        team_name=team,
        snoozed_until=conversation.snoozed_until,
        resolved_at=conversation.resolved_at,
        resolve_reason=conversation.resolve_reason,
        merged_into=conversation.merged_into,
        stopped_at=address.stopped_at,
        unread=conversation.unread,
        created_at=customer.created_at,
        due_at=answer_times.due_of(conversation, about.decided),
        why=answer_times.why_of(conversation, about.decided),
        revision=conversation.revision,
    )


def way_views(about: About, channels: Mapping[str, Channel]) -> list[WayView]:
    """List the customer's addresses with what is allowed there."""
    return [
        WayView(
            shown=shown_address(one.address),
            channel=channel_view(channels, one.channel),
            stopped_at=one.stopped_at,
            stop_source=one.stop_source,
            last_in_at=one.last_in_at,
            current=one.id == about.conversation.address_id,
            subjects=[key for (where, key), yes in about.allowed.items() if where == one.id and yes],
            refused=any(where == one.id and not yes for (where, _), yes in about.allowed.items()),
        )
        for one in about.addresses
    ]
