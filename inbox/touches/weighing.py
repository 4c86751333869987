"""The last look at one touch: everything read again, in the transaction that acts on it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from inbox.touches.facts import WRITTEN_WITHIN, anchor_of, circumstances, occasion_of, person
from inbox.touches.rules import Rules
from inbox.touches.ways import without_templates
from routing.birthdays import observed
from routing.consent import phone
from routing.occasions import occasion
from routing.reach import choose, decide
from routing.touch import Anchor, Circumstances, Occasion, Person, Touch, Verdict
from storage import orders, touch_circumstances, touch_facts, touch_outcomes, touch_overdue
from storage.database import Connection
from storage.keeping_consents import PHONES
from storage.touch_circumstances import Followed
from storage.touch_rows import TouchRow
from storage.touch_states import CANCELLED, MOVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A touch with what is known at this moment, and what the rules say to it."""

    row: TouchRow
    touch: Touch
    person: Person
    occasion: Occasion
    verdict: Verdict


async def weigh(
    connection: Connection, rules: Rules, row: TouchRow, now: datetime, *, paused: str = ""
) -> Weighed | None:
    """Decide about *row* from what its customer, order or conversation is now; *paused* is why all wait.

    None where its kind is not on any more, or its customer is gone.
    """
    touch = rules.touches.get(row.kind)
    if touch is None:
        return None
    known = await touch_facts.facts(connection, [row.customer_id], now - WRITTEN_WITHIN, PHONES)
    who = person(known, row.customer_id, touch.subject)
    if who is None:
        return None
    befell = await touch_circumstances.befell(connection, [row.customer_id], now, rules.birthdays, [row.kind])
    refs = [row.anchor_ref] if row.anchor_ref else []
    followed = _standing(
        touch, row, (await touch_circumstances.followed(connection, refs)).get(row.anchor_ref)
    )
    anchor = anchor_of(row, touch.start, followed)
    facts = circumstances(befell[who.id], row, row.kind, followed)
    if touch.start == "overdue":
        anchor, facts = await _overdue(connection, touch, row, facts)
    exhausted = await _exhausted(connection, rules, row, now)
    if is_agents(row):
        rules = replace(rules, ways=without_templates(rules.ways))  # which would say other words than theirs
    falls = _falls(rules, touch, row, who, anchor, now)
    if falls is None or falls.period != row.period:
        moved = Verdict(state=CANCELLED, reason=MOVED)
        stands = occasion_of(row)
        return Weighed(row=row, touch=touch, person=who, occasion=stands, verdict=moved)
    got = await touch_outcomes.elsewhere(connection, who.id, row.kind, falls.day.isoformat(), _numbers(who))
    verdict = decide(
        touch,
        who,
        falls,
        replace(facts, elsewhere=got),
        rules.ways,
        rules.limits,
        now,
        tried=tuple(row.tried or ()),
        approval=row.approval,
        paused=bool(paused),
        anchor=anchor,
        exhausted=exhausted,
    )
    if verdict.reason == "paused" and paused:
        verdict = replace(verdict, reason=paused)
    return Weighed(row=row, touch=touch, person=who, occasion=falls, verdict=verdict)


def is_agents(row: TouchRow) -> bool:
    """Tell whether an agent wrote the words of a touch themselves."""
    return bool(row.text) and row.agent_id is not None


async def _exhausted(
    connection: Connection, rules: Rules, row: TouchRow, now: datetime
) -> dict[str, datetime]:
    """Name the channels whose day is full without this touch, and when they open again."""
    found = {}
    for name, way in rules.ways.items():
        if way.a_day is not None and not way.visited:
            opens = await touch_outcomes.opens_at(connection, name, way.a_day, now, row.id)
            if opens is not None:
                found[name] = opens
    return found


def _numbers(who: Person) -> dict[str, tuple[str, ...]]:
    numbers = {phone(one.address) for one in who.addresses} - {""}
    return {number: tuple(f"{scheme}:{number}" for scheme in PHONES) for number in numbers}


def _standing(touch: Touch, row: TouchRow, followed: Followed | None) -> Followed | None:
    """Say whether what a touch follows is still what it was: theirs, delivered, closed or unanswered."""
    if followed is None or followed.gone:
        return followed
    at: datetime | None = row.due_at
    if touch.start in ("delivered", "closed"):
        at = followed.at
    elif touch.start == "unanswered":
        at = followed.answered_at
    gone = at is None or followed.customer_id != row.customer_id
    return replace(followed, gone=gone)


def _falls(
    rules: Rules, touch: Touch, row: TouchRow, who: Person, anchor: Anchor | None, now: datetime
) -> Occasion | None:
    """Reckon the occasion anew: zones, rules of zones, birthdays and anchors move."""
    address = choose(touch, who, rules.ways, rules.limits, now, tuple(row.tried or ())).address
    way = None if address is None else rules.ways[address.channel]
    day = _birthday(rules, touch, row, who) if touch.start == "birthday" else None
    # What befell a while ago must not look expired only because it is late: `decide` says that.
    return occasion(touch, who, anchor, day, rules.limits, min(now, row.due_at), address, way)


def _birthday(rules: Rules, touch: Touch, row: TouchRow, who: Person) -> date | None:
    """Say on which day the birthday of the row's year is observed by what is known now."""
    if who.birthday is None:
        return None
    try:
        on = observed(who.birthday, int(row.period), who.feb29 or rules.limits.feb29)
    except ValueError:
        return None
    return on + timedelta(days=touch.days or 0)


async def _overdue(
    connection: Connection, touch: Touch, row: TouchRow, facts: Circumstances
) -> tuple[Anchor | None, Circumstances]:
    """Look at the customer's habit again: an order since the one that was the last is a purchase."""
    placed = [one for one in reversed(await orders.of(connection, row.customer_id)) if not one.cancelled_at]
    at = touch_overdue.instant([one.placed_at for one in placed], touch.overdue_factor)
    stands = Anchor(at=row.anchor_at or row.due_at, ref=row.anchor_ref)
    if not placed or f"order {placed[-1].number}" != row.anchor_ref:
        since = stands.at + timedelta(microseconds=1)  # whenever it was, it is behind what was followed
        return stands, replace(facts, anchor_gone=not placed, bought_at=since, returned=False)
    return Anchor(at=at or stands.at, ref=row.anchor_ref), replace(facts, returned=False)


def still_there(weighed: Weighed) -> str:
    """Say why a touch that was handed off must not go to its provider any more; nothing if it may."""
    verdict, address_id = weighed.verdict, weighed.row.address_id
    if verdict.state != "claimed":
        return verdict.reason or verdict.state
    choice = verdict.choice
    if choice is None or choice.address is None:
        return "no_channel"
    if choice.address.id == address_id:
        return ""
    passed = choice.passed_over.get(address_id or 0, "no_channel")
    return "" if passed == "another_chosen" else passed
