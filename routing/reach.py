"""Whether a touch may leave now, over what, or when to look again, or why never."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from routing import gates, leaving
from routing.case import Case
from routing.choosing import choose, lasts
from routing.segments import in_segment
from routing.touch import Anchor, Choice, Circumstances, Limits, Occasion, Person, Touch, Verdict, Way

__all__ = ["choose", "decide", "in_segment", "lasts"]

GATES: Final[tuple[Callable[[Case], Verdict | None], ...]] = (
    gates.planned,
    gates.somebody,
    gates.once,
    gates.consent,
    gates.anchor,
    gates.ours,
    gates.complaint,
    gates.conversation,
    gates.validity,
    leaving.hours,
    leaving.caps,
    leaving.channel,
    leaving.holdout,
)
"""In this order; the first that answers decides."""


def decide(
    touch: Touch,
    person: Person,
    occasion: Occasion,
    facts: Circumstances,
    ways: Mapping[str, Way],
    limits: Limits,
    now: datetime,
    *,
    tried: Collection[int] = (),
    approval: str = "",
    paused: bool = False,
    anchor: Anchor | None = None,
    exhausted: Mapping[str, datetime] | None = None,
    choice: Choice | None = None,
) -> Verdict:
    """Decide about one touch at *now*, from facts read in the transaction that acts on it.

    "claimed": hand it off now by `choice`. "deferred" and "held": look again at `due_at`, which is later
    than *now*. Any other state is its end, with a code of `routing.reasons`. *facts* leave this touch's
    own earlier tries out. *anchor* is what a follow-up follows; without it, its instant is taken as the
    due instant less the touch's days or time, which may be hours early and so cancels sooner. *exhausted*
    are the channels whose day is full, with the instants at which they open again. A *choice* that was
    made for *now* already, with the same *tried* and *exhausted*, is not made again.
    """
    before = touch.after if touch.after is not None else timedelta(days=touch.days or 0)
    case = Case(
        touch=touch,
        person=person,
        occasion=occasion,
        facts=facts,
        ways=ways,
        limits=limits,
        now=now,
        choice=choice or choose(touch, person, ways, limits, now, tried, exhausted or ()),
        anchor_at=anchor.at if anchor else occasion.due_at - before,
        tried=tried,
        approval=approval,
        paused=paused,
        exhausted=exhausted or {},
    )
    for gate in GATES:
        verdict = gate(case)
        if verdict is not None:
            return verdict
    return Verdict(state="claimed", choice=case.choice)
