"""Rows as the values that the rules of touches decide on."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Final

from routing.touch import Anchor, Birthday, Circumstances, Occasion, Person, Reachable, Where
from storage.consents import MARKETING
from storage.keeping_consents import PHONES
from storage.rows import Address, Customer
from storage.touch_circumstances import Befell, Followed
from storage.touch_facts import Allowance, Facts
from storage.touch_rows import TouchRow

WRITTEN_WITHIN: Final = timedelta(days=90)


def person(facts: Facts, customer_id: int, subject: str) -> Person | None:
    """Make the person of a page of facts, as one subject sees them; None where there is no such customer."""
    row = facts.customers.get(customer_id)
    if row is None:
        return None
    ours = facts.addresses.get(customer_id, [])
    return Person(
        id=row.id,
        name=row.name,
        language=row.language,
        birthday=_birthday(row),
        birthday_fault=row.birthday_fault,
        birthday_at=row.birthday_at,
        birthday_in_bulk=row.birthday_in_bulk,
        feb29=row.feb29,
        own_zone=row.zone,
        device_zone=row.device_zone,
        region=row.region,
        country=row.country,
        preferred_channel=row.preferred_channel,
        quiet=_quiet(row),
        tier=row.tier,
        tags=tuple(row.tags or ()),
        deceased=row.deceased_at is not None,
        erased=row.erased_at is not None,
        merged_into=row.merged_into,
        ordered_at=facts.ordered.get(row.id),
        addresses=tuple(_reachable(facts, one, subject, ours) for one in ours),
    )


def _birthday(row: Customer) -> Birthday | None:
    if row.birth_month is None or row.birth_day is None:
        return None
    return Birthday(month=row.birth_month, day=row.birth_day, year=row.birth_year)


def _quiet(row: Customer) -> tuple[time, time] | None:
    if row.quiet_from is None or row.quiet_until is None:
        return None
    return _clock(row.quiet_from), _clock(row.quiet_until)


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _reachable(facts: Facts, one: Address, subject: str, ours: Sequence[Address]) -> Reachable:
    word = _word(facts.allowances.get(one.id, ()), subject)
    scheme, _, number = one.address.partition(":")
    kin = [each for each in ours if each.id != one.id and _is_same(each, number)]
    stopped = one.stopped_at is not None
    # Somebody else has the number on another app and said stop there.
    elsewhere = scheme in PHONES and number in facts.stopped_numbers and not stopped
    told = any(each.stopped_at is not None for each in kin)
    allowed = None if word is None else word.allowed
    if word is not None and not word.allowed and word.elsewhere and told:
        allowed = None  # the stop at the other app is the reason that people should read
    return Reachable(
        id=one.id,
        address=one.address,
        channel=one.channel,
        allowed=allowed,
        allowed_until=None if word is None else word.until,
        stopped=stopped or (elsewhere and not told),
        closed=(one.closed_reason or "address_closed") if _is_closed(one) else "",
        closed_until=one.closed_until,
        last_in_at=one.last_in_at,
        written=facts.written.get(one.id, 0),
        stopped_at=one.stopped_at,
        started_at=facts.started.get(one.id),
    )


def _is_closed(one: Address) -> bool:
    """An address that could not be reached is open again when its customer wrote from it since."""
    if one.closed_at is None:
        return False
    return one.last_in_at is None or one.last_in_at <= one.closed_at


def _is_same(one: Address, number: str) -> bool:
    scheme, _, other = one.address.partition(":")
    return scheme in PHONES and other == number


def _word(words: Sequence[Allowance], subject: str) -> Allowance | None:
    """Choose what holds: the word about the subject, else the one about all marketing."""
    by_subject = {one.subject: one for one in words}
    return by_subject.get(subject) or by_subject.get(MARKETING)


def circumstances(
    befell: Befell,
    row: TouchRow | None,
    kind: str,
    followed: Followed | None = None,
) -> Circumstances:
    """Make what befell a customer as it counts for one touch, without that touch's own hand-off."""
    mine = row.id if row is not None else 0
    others = [one for one in befell.handed if one.id != mine]
    period = None if row is None else row.period
    return Circumstances(
        said_at=befell.said_at,
        open=befell.open,
        last_said_at=befell.last_said_at,
        complaint_since=befell.complaint_since,
        complaint_ended_at=befell.complaint_ended_at,
        held_by_agent=befell.held_by_agent,
        bought_at=befell.bought_at,
        returned=followed is not None and followed.returned,
        anchor_gone=followed is not None and followed.gone,
        handed=tuple(one.at for one in others if one.counts),
        same=tuple(one.at for one in others if one.kind == kind and not one.pending),
        already=any((one.kind, one.period) == (kind, period) and not one.pending for one in others),
        pending=any(one.kind == kind and one.pending for one in others),
        birthday_next=befell.birthday_next,
    )


def occasion_of(row: TouchRow) -> Occasion:
    """Make the occasion that was planned, as its row has it."""
    return Occasion(
        period=row.period,
        due_at=row.due_at,
        valid_until=row.valid_until,
        day=date.fromisoformat(row.day),
        clock=time.fromisoformat(row.clock),
        where=Where(zones=(row.zone,), source=row.zone_source),  # type: ignore[arg-type]
    )


def anchor_of(row: TouchRow, start: str, followed: Followed | None) -> Anchor | None:
    """Say what a touch follows: where it stands now, else where it stood when it was planned."""
    if row.anchor_at is None:
        return None
    now = None
    if followed is not None and start in ("delivered", "closed", "unanswered"):
        now = followed.answered_at if start == "unanswered" else followed.at
    return Anchor(at=now or row.anchor_at, ref=row.anchor_ref)
