"""The gates before the clock's: people, consent, what happened since, who holds it."""

from datetime import date
from typing import Final

from routing.caps import own_hour, same_day
from routing.case import Case, look, wait
from routing.choosing import CONSENT
from routing.segments import in_segment
from routing.touch import Limits, Person, State, Verdict

YEARLY: Final = ("birthday", "anniversary")
OF_ITSELF: Final = ("birthday", "once")
"""Touches that follow nothing the customer did."""


def planned(case: Case) -> Verdict | None:
    """Stop what is no longer planned, was refused by an agent, or is not due yet."""
    occasion = case.occasion
    if occasion.state != "planned" or occasion.reason:
        state: State = "suppressed" if occasion.state == "planned" else occasion.state
        return Verdict(state=state, reason=occasion.reason)
    if case.approval == "refused":
        return Verdict(state="cancelled", reason="approval_refused")
    if case.now < occasion.due_at:
        return Verdict(state="deferred", reason="not_due_yet", due_at=occasion.due_at, choice=case.choice)
    return None


def somebody(case: Case) -> Verdict | None:
    """Stop for people who are gone, joined with another, too young, or not meant."""
    person = case.person
    if person.merged_into is not None:
        return Verdict(state="cancelled", reason="merged_elsewhere")
    if reason := never(person, case.occasion.day, case.limits):
        return Verdict(state="suppressed", reason=reason)
    if not in_segment(case.touch, person, case.occasion.due_at):
        return Verdict(state="suppressed", reason="not_in_segment")
    return None


def never(person: Person, day: date, limits: Limits) -> str:
    """Say why a person gets no touch at all on *day*; nothing where they may."""
    if person.erased:
        return "suppressed_erased"
    if person.deceased:
        return "suppressed_deceased"
    years = _age(person, day)
    return "underage" if years is not None and years < limits.youngest else ""


def once(case: Case) -> Verdict | None:
    """Stop a second one for an occasion, on one local day, or within the cooldown of what comes yearly."""
    same, now = case.facts.same, case.now
    if case.facts.pending:
        return look(case, "already_sent_this_occasion")
    if case.facts.already:
        return Verdict(state="cancelled", reason="already_sent_this_occasion")
    if case.touch.start in YEARLY and any(now - one < case.limits.cooldown for one in same):
        return Verdict(state="suppressed", reason="cooldown_300_days")
    if any(same_day(one, now, case.occasion.where) for one in same):
        return Verdict(state="cancelled", reason="once_a_day")
    return None


def consent(case: Case) -> Verdict | None:
    """Stop where no address of the customer allows it."""
    choice = case.choice
    if choice.address is not None or choice.reason not in CONSENT:
        return None
    return Verdict(state="suppressed", reason=choice.reason, choice=choice)


def anchor(case: Case) -> Verdict | None:
    """Stop a follow-up when the customer wrote, bought or returned since, or an agent takes care of it."""
    touch, facts = case.touch, case.facts
    if touch.start in OF_ITSELF:
        return None
    if "returns" in touch.stops and facts.returned:
        return Verdict(state="cancelled", reason="order_returned")
    if "buys" in touch.stops and facts.bought_at is not None and facts.bought_at > case.anchor_at:
        return Verdict(state="cancelled", reason="bought_again")
    if "writes" in touch.stops and facts.said_at is not None and facts.said_at > case.anchor_at:
        return Verdict(state="cancelled", reason="customer_wrote_first")
    if facts.held_by_agent:
        return Verdict(state="cancelled", reason="taken_by_agent")
    return Verdict(state="cancelled", reason="anchor_gone") if facts.anchor_gone else None


def ours(case: Case) -> Verdict | None:
    """Wait while touches are paused, an agent has to approve, or an agent holds the customer."""
    if case.paused:
        return look(case, "paused")
    if case.touch.approve and case.approval != "given":
        late = case.now >= case.occasion.valid_until
        return look(case, "not_approved" if late else "awaiting_approval")
    kept = case.facts.held_by_agent or case.approval == "held"
    return look(case, "taken_by_agent") if kept else None


def complaint(case: Case) -> Verdict | None:
    """Wait while a complaint is open, and for a while after: a birthday two hours, a follow-up a day."""
    facts, limits = case.facts, case.limits
    since, ended = facts.complaint_since, facts.complaint_ended_at
    if since is not None and (ended is None or ended < since):
        return look(case, "open_complaint")
    if ended is None:
        return None
    if case.touch.start == "birthday":
        release = ended + limits.complaint_birthday
    else:
        release = ended + limits.complaint_follow_up
        if case.touch.at is not None:
            release = own_hour(release, case.touch, case.occasion)
    return wait(case, "held", "open_complaint", release) if case.now < release else None


def conversation(case: Case) -> Verdict | None:
    """Wait until nobody has said anything for a while in the conversation that is open."""
    facts = case.facts
    if not facts.open:
        return None
    if facts.last_said_at is None:
        return look(case, "open_conversation")
    release = facts.last_said_at + case.limits.released_after
    return wait(case, "held", "open_conversation", release) if case.now < release else None


def validity(case: Case) -> Verdict | None:
    """Stop what is too late."""
    return Verdict(state="expired", reason="expired") if case.now >= case.occasion.valid_until else None


def _age(person: Person, day: date) -> int | None:
    born = person.birthday
    if born is None or born.year is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
