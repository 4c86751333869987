"""One touch at the moment of its decision, with everything that decides it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from routing.touch import Choice, Circumstances, Limits, Occasion, Person, State, Touch, Verdict, Way

LOOK: Final = timedelta(minutes=15)
"""How often a touch is looked at that waits for somebody, not for an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that one decision looks at: *anchor_at* is what a follow-up follows, *choice* where it would go.

    *exhausted* channels have sent as many as they may in a day, and open again at an instant.
    """

    touch: Touch
    person: Person
    occasion: Occasion
    facts: Circumstances
    ways: Mapping[str, Way]
    limits: Limits
    now: datetime
    choice: Choice
    anchor_at: datetime
    tried: Collection[int] = ()
    approval: str = ""
    paused: bool = False
    exhausted: Mapping[str, datetime] = field(default_factory=dict)


def look(case: Case, reason: str) -> Verdict:
    """Hold a touch and look again soon; once its time is over it ends for that reason."""
    until = case.occasion.valid_until
    if case.now >= until:
        return Verdict(state="expired", reason=reason)
    return Verdict(state="held", reason=reason, due_at=min(case.now + LOOK, until), choice=case.choice)


def wait(case: Case, state: State, reason: str, until: datetime) -> Verdict:
    """Hold or defer a touch until an instant; where that is too late it ends for that reason."""
    if until >= case.occasion.valid_until:
        return Verdict(state="expired", reason=reason, choice=case.choice)
    return Verdict(state=state, reason=reason, due_at=until, choice=case.choice)
